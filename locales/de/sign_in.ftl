# Hineinkommen, zeigen, dass du es noch bist, und die Liste der Orte, an denen du angemeldet bist.

welcome-heading = Willkommen bei { $site }
welcome-lead = Melde dich an, um zu sehen und zu ändern, was mit deinem Spieler verknüpft ist.

code-heading = Noch ein Schritt
code-lead = Gib den Code ein, um die Anmeldung abzuschließen.

identity-heading = Bist du es noch?
identity-lead = Das ändert, wer in dein Konto kommt. Bestätige es bitte noch einmal, danach geht es weiter, wo du warst.

forgot-heading = Passwort vergessen?
forgot-lead = Sag uns, wer du bist. Gibt es das Konto, schicken wir einen Link an seine Adresse.
reset-heading = Wähle ein neues Passwort
reset-lead = Sobald es gespeichert ist, bist du überall sonst abgemeldet.

security-heading = Sicherheit
security-lead = Dein Passwort, und wo du angemeldet bist.
security-password = Passwort
security-password-body = Ein zweiter Zugang neben Amazon.
security-password-since = Festgelegt am
security-password-none = Du hast kein Passwort. Amazon ist dein Zugang.
security-password-change = Passwort ändern
security-password-set = Passwort festlegen
security-sessions = Wo du angemeldet bist
security-sessions-body = Beende, was du nicht erkennst, und ändere danach dein Passwort.
security-signed-in = Angemeldet
security-last-seen = Zuletzt gesehen
security-this-one = Dieser Browser
security-end = Sitzung beenden
security-everywhere = Überall abmelden
