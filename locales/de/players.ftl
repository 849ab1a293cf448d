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

profile-title = Profil
language-browsers = Wie mein Browser es wünscht
language-refused = Wähle eine der Sprachen aus der Liste.
user-name-refused-stays = Einen Benutzernamen kannst du ändern, aber nicht entfernen.
notice-saved-title = Gespeichert
notice-saved-body = Dein Profil ist auf dem neuesten Stand.

email-title = Deine E-Mail
email-verify-title = E-Mail bestätigen
email-refused-already-yours = Das ist schon deine Adresse. Gib eine andere ein.
notice-email-changed-title = Deine E-Mail ist bestätigt
notice-email-changed-body = Ab jetzt schreiben wir dorthin.
email-undo-title = Neue E-Mail zurücknehmen
email-undo-heading = Die neue E-Mail zurücknehmen?
email-undo-whose = Du bist hier als { $name } angemeldet, und { $name } bleibt angemeldet. Was du auf dieser Seite tust, betrifft das Konto, das diese Adresse vorher hatte.
email-undo-heading-dead = Hier gibt es nichts zurückzunehmen
email-undo-lead = Dein Konto kehrt zu { $email } zurück. Alle werden davon abgemeldet, und du wählst als Nächstes ein neues Passwort.
email-undo-submit = Meine E-Mail wiederherstellen
email-undo-keep = Die neue behalten
notice-email-restored-title = Deine E-Mail ist wiederhergestellt
notice-email-restored-body = Alle sind abgemeldet. Wer sie geändert hat, kennt vielleicht dein Passwort: Wähle jetzt ein neues.
notice-undo-unknown-title = Dieser Link gilt nicht mehr
notice-undo-unknown-body = Er wurde schon benutzt oder ist älter als sieben Tage. Es wurde nichts geändert. Ist dein Konto in Gefahr, wende dich an den Support.
notice-undo-taken-title = Diese Adresse gehört inzwischen zu einem anderen Konto
notice-undo-taken-body = Es wurde nichts geändert. Melde dich in jenem Konto an oder wende dich an den Support.

password-refused-current = Das ist nicht dein bisheriges Passwort.
notice-password-saved-title = Dein Passwort ist gespeichert
notice-password-saved-body = Überall sonst bist du abgemeldet.
password-remove = Passwort entfernen
password-remove-body = Dann kommst du nur noch mit Amazon oder einem Passkey hinein. Überall sonst wirst du abgemeldet. Du kannst jederzeit ein neues Passwort festlegen.
notice-password-removed-title = Dein Passwort ist entfernt
notice-password-removed-body = Ab jetzt meldest du dich mit Amazon oder einem Passkey an.
notice-last-way-is-password-title = Dein Passwort ist dein einziger Zugang
notice-last-way-is-password-body = Ohne es könntest du dich nicht mehr anmelden. Verknüpfe zuerst dein Amazon-Konto oder füge einen Passkey hinzu.
notice-password-and-name-title = Dein Passwort ist gespeichert
notice-password-and-name-body = Dein Benutzername für die Anmeldung damit ist { $name }. Im Profil kannst du einen anderen wählen. Überall sonst bist du abgemeldet.
notice-present-password-wrong-title = Es wurde nichts geändert
notice-present-password-wrong-body = Dein bisheriges Passwort stimmte nicht. Tippe es noch einmal oder lass dir per Mail ein neues einrichten.
password-user-name-hint = Damit meldest du dich an, weil dieses Konto noch keine E-Mail hat. 3 bis 32 Buchstaben, Ziffern, Punkte, Binde- oder Unterstriche.
password-remove-heading = Passwort entfernen?
password-remove-lead = Danach kannst du dich noch anmelden mit:
password-remains-amazon = deinem Amazon-Konto
password-remains-passkey = einem Passkey
password-keep = Passwort behalten
