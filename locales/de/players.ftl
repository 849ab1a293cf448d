# Das Spielerkonto: Namen, Adresse, Passwort.

profile-heading = Profil
profile-shown = Wie du erscheinst
profile-shown-body = Namen und Sprache. Nichts davon ändert, wie du dich anmeldest.
profile-email-body = Für Nachrichten zu deinem Konto und für ein neues Passwort. Andere Spieler sehen sie nie.
profile-email-none = Noch keine Adresse.
profile-email-add = E-Mail hinzufügen
profile-email-change = E-Mail ändern
field-sync = Meinen Namen von Amazon übernehmen
field-sync-hint = Er folgt, wenn du ihn dort änderst.
field-user-name = Benutzername
field-user-name-hint = Zum Anmelden. 3 bis 32 Buchstaben, Ziffern, Punkte, Binde- oder Unterstriche.
field-language = Sprache

email-heading = Deine E-Mail
email-lead = Sie lautet { $email } und bleibt so, bis die neue bestätigt ist.
email-lead-none = Füge eine Adresse hinzu, damit du wieder hineinkommst, wenn etwas schiefgeht.

password-heading = Passwort ändern
password-heading-first = Passwort festlegen
password-lead = Lang ist besser als kompliziert. Ein paar Wörter hintereinander genügen.
password-hint = Mindestens { $min } Zeichen.
