# Hineinkommen, zeigen, dass du es noch bist, und die Liste der Orte, an denen du angemeldet bist.

welcome-heading = Willkommen bei { $site }
welcome-lead = Melde dich an, um zu sehen und zu ändern, was mit deinem Spieler verknüpft ist.

code-heading = Noch ein Schritt
code-lead = Es gab viele Anmeldungen, die nicht geklappt haben, deshalb fragen wir zusätzlich nach einem Code. War das Passwort richtig, haben wir ihn an die Adresse des Kontos geschickt.
code-without-address = Keine Mail da? Beginne von vorn und gib das Passwort noch einmal ein, dann schicken wir einen neuen Code. Ein Konto ohne E-Mail-Adresse bekommt keinen: Hat deines keine, beginne nach einer Minute von vorn.
notice-code-asked-title = Sieh in deine Mails
notice-code-asked-body = War das Passwort richtig, ist ein Code an { $email } unterwegs.

identity-heading = Bist du es noch?
identity-lead = Das ändert, wer in dein Konto kommt. Bestätige es bitte noch einmal, danach geht es weiter, wo du warst.
identity-to-delete = Um dieses Konto zu löschen, bestätige, dass du es bist. Danach beginnt die Löschung sofort.
identity-to-export = Um deine Daten herunterzuladen, bestätige, dass du es bist.
identity-to-set-password = Um ein Passwort festzulegen, bestätige, dass du es bist.
identity-to-remove-password = Um das Passwort zu entfernen, bestätige, dass du es bist. Danach wird das Passwort sofort entfernt.
identity-to-change-user-name = Um deinen Benutzernamen zu ändern, bestätige, dass du es bist.
identity-to-change-email = Um deine E-Mail-Adresse zu ändern, bestätige, dass du es bist.
identity-to-send-code = Um einen neuen Code zu bekommen, bestätige, dass du es bist. Danach schicken wir ihn sofort.
identity-to-link = Um ein Amazon-Konto zu verknüpfen, bestätige, dass du es bist.
identity-to-confirm-link = Um dieses Amazon-Konto zu bestätigen, zeig, dass du es bist.
identity-to-replace = Um ein anderes Amazon-Konto zu verknüpfen, bestätige, dass du es bist.
identity-to-unlink = Um dein Amazon-Konto zu trennen, bestätige, dass du es bist.
identity-to-unlink-named = Um { $amazon } zu trennen, bestätige, dass du es bist.
identity-to-end-session = Um die Sitzung zu beenden, bestätige, dass du es bist. Danach endet die Sitzung sofort.
identity-to-sign-out-everywhere = Um dich überall abzumelden, bestätige, dass du es bist. Danach enden alle anderen Sitzungen sofort.
identity-to-move-device = Um auf dem Gerät mit deinem Konto zu spielen, bestätige, dass du es bist.
identity-to-let-tv-in = Um auf dem Fernseher oder der Konsole als du zu spielen, bestätige, dass du es bist.
identity-to-change-devices = Um deine Geräte zu ändern, bestätige, dass du es bist.
identity-to-turn-on-two-step = Um die Anmeldung in zwei Schritten einzuschalten, bestätige, dass du es bist.
identity-to-turn-off-two-step = Um die Anmeldung in zwei Schritten auszuschalten, bestätige, dass du es bist.
identity-to-renew-codes = Um neue Ersatzcodes zu erstellen, bestätige, dass du es bist. Die früheren gelten danach sofort nicht mehr.

forgot-heading = Passwort vergessen?
forgot-lead = Sag uns, wer du bist. Gibt es das Konto, schicken wir einen Link an seine Adresse.
reset-heading = Wähle ein neues Passwort
reset-lead = Sobald es gespeichert ist, bist du überall abgemeldet und meldest dich damit an.

security-heading = Sicherheit
security-lead = Wie du dich anmeldest und wo du angemeldet bist.
security-password = Passwort
security-password-body = Damit meldest du dich mit E-Mail oder Benutzername an.
security-password-since = Festgelegt am
security-password-none = Du hast kein Passwort. Du meldest dich mit Amazon oder einem Passkey an.
security-password-change = Passwort ändern
security-password-set = Passwort festlegen
security-sessions = Wo du angemeldet bist
security-sessions-body = Beende, was du nicht erkennst, und ändere danach dein Passwort.
security-signed-in = Angemeldet
security-last-seen = Zuletzt gesehen
security-this-one = Dieser Browser
security-end = Sitzung beenden
security-everywhere = Überall abmelden

welcome-title = Willkommen
identifier-missing = Gib deine E-Mail oder deinen Benutzernamen ein.
password-missing = Gib dein Passwort ein.
notice-password-wrong-title = Das ist nicht dein Passwort
notice-password-wrong-body = Es wurde nichts geändert. Tippe es noch einmal oder bestätige auf andere Weise.

notice-sign-in-wrong-title = Das passte nicht
notice-sign-in-wrong-body = Prüfe Name und Passwort und versuche es noch einmal. Bist du bisher nur mit Amazon hereingekommen, dann nimm Amazon. Stimmt beides, ist das Konto vielleicht gesperrt.
notice-password-breached-title = Wähle ein anderes Passwort
notice-password-breached-body = Dein Passwort steht in einer Liste von Passwörtern, die anderswo gestohlen wurden. Solche Listen werden überall durchprobiert. Du bist angemeldet; wähle jetzt ein neues, auch überall sonst, wo du dieses benutzt.
password-breached-way = Anderes Passwort wählen
notice-password-breached-waiting-title = Wähle ein anderes Passwort, sobald du angemeldet bist
notice-password-breached-waiting-body = Dein Passwort steht in einer Liste von Passwörtern, die anderswo gestohlen wurden. Solche Listen werden überall durchprobiert. Gib erst den Code ein; wähle danach unter Sicherheit ein neues Passwort.
notice-sign-in-code-over-title = Dieser Code gilt nicht mehr
notice-sign-in-code-over-body = Er ist benutzt, zu alt, war zu oft falsch, oder es gibt einen neueren. Beginne von vorn, dann bekommst du einen neuen.
notice-signed-out-title = Du bist abgemeldet
notice-signed-out-body = Bis zum nächsten Mal.

identity-no-way = Du hast noch kein Passwort und kein Amazon-Konto, das für dich bürgen könnte. Lege mit einem Link, den wir dir schicken, ein Passwort fest und komm dann wieder.
identity-by-mail = Link per Mail bekommen

notice-reset-asked-title = Sieh in deine Mails
notice-reset-asked-body = Gibt es ein Konto mit einer Adresse, ist ein Link unterwegs. Er gilt einmal und nur kurz; nur der neueste zählt.
notice-password-reset-title = Dein neues Passwort ist gespeichert
notice-password-reset-body = Du bist überall abgemeldet. Melde dich jetzt damit an; dann zeigen wir dir, was dein Konto noch öffnet.
reset-whose = Er ist für das Konto mit der Adresse { $email }. Du bist hier als { $name } angemeldet. Mit dem Speichern des Passworts wird { $name } in diesem Browser abgemeldet, und du meldest dich bei { $email } an.
notice-reset-dead-title = Dieser Link gilt nicht mehr
notice-reset-dead-body = Er ist benutzt, zu alt, oder es gibt einen neueren.
reset-new-link = Neuen Link bekommen

access-heading = Was dein Konto öffnet
access-lead = Außer deinem Passwort und deinem Postfach lässt nur dies jemanden hinein oder spielt als du. Entferne, was du nicht erkennst oder nicht mehr benutzt.
access-nothing = Nichts anderes öffnet dein Konto.
access-amazon = Amazon-Konto
access-amazon-body = Wer dieses Amazon-Konto hat, kann sich als du anmelden.
access-amazon-revoked = Unser Zugriff wurde bei Amazon entfernt, aber wer sich mit diesem Amazon-Konto anmeldet, kommt wieder hinein.
access-amazon-unnamed = ein Amazon-Konto
access-amazon-remove = Trennen
access-games = Sitzungen von Spielen
access-games-body = Spiele, die gerade als du angemeldet sind.
access-browsers = Angemeldete Browser
access-mail-amazon = - Amazon-Konto { $amazon }: Es kann sich als du anmelden
access-mail-device = - Gerät { $device }: Es kommt ohne Passwort in { $game }
access-mail-more = - Geräte, die hier nicht genannt sind: { $count }

notice-session-ended-title = Diese Sitzung ist beendet
notice-session-ended-body = Hast du sie nicht erkannt, dann ändere als Nächstes dein Passwort.
notice-signed-out-everywhere-title = Du bist überall sonst abgemeldet
notice-signed-out-everywhere-body = Nur dieser Browser ist noch angemeldet.
security-with-password = Mit Passwort
security-with-amazon = Mit Amazon
security-with-registration = Bei der Registrierung
security-with-device = Mit einem Gerät
security-with-passkey = Mit einem Passkey
security-game = Spiel
security-network = Netz
security-unknown-browser = Unbekannter Browser
security-recovery = Wiederherstellung
security-recovery-body = Wie du wieder hineinkommst, wenn sonst nichts geht.
security-recovery-email = Mit einem Link an deine bestätigte E-Mail wählst du ein neues Passwort.
security-recovery-none = Du hast keine bestätigte E-Mail, also könnte dich niemand wieder hereinlassen. Füge eine hinzu.
check-up = Überblick
check-up-body = Wie sicher dein Konto ist, und was als Nächstes zu tun ist.
check-up-ways = { $count ->
    [0] Du kannst dich nicht noch einmal anmelden.
    [one] Du kannst dich auf eine Art anmelden. Fällt sie weg, hast du keine andere.
   *[other] Du kannst dich auf { $count } Arten anmelden.
}
check-up-email = Deine E-Mail ist bestätigt.
check-up-email-none = Du hast keine bestätigte E-Mail.
check-up-well = Alles ist in Ordnung. Du musst nichts tun.
check-up-next-enter-code = Als Nächstes: Gib den Code ein, den wir an deine neue Adresse geschickt haben.
check-up-next-add-email = Als Nächstes: Füge eine E-Mail hinzu, damit du wieder hineinkommst, wenn du dein Passwort verlierst.
check-up-next-second-way = Als Nächstes: Richte eine zweite Art ein, dich anzumelden.
check-up-add-passkey = Passkey hinzufügen
check-up-renew-codes = Neue Ersatzcodes erstellen
security-everywhere-body = Das beendet alle Sitzungen außer der in diesem Browser.
reset-waits-title = Ein Link für ein neues Passwort wurde verschickt
reset-waits-body = Wer ihn in deinem Postfach öffnet, kann bis { $until } ein neues Passwort wählen. Wenn du nicht darum gebeten hast, musst du nichts tun, außer jemand anders liest deine E-Mails: Änderst du dein Passwort, gilt der Link nicht mehr.
reset-waits-way = Passwort ändern
link-by-code-waits-title = Ein Fernseher oder eine Konsole will dein Amazon-Konto verknüpfen
link-by-code-waits-body = Dort wird ein Code gezeigt und bis { $until } gewartet. Wenn du das nicht begonnen hast, gib bei Amazon keinen Code ein. „Überall abmelden“ beendet es.
forgot-mailbox = Amazon-Konto oder Postfach verloren?
forgot-mailbox-body = Mit dem Link wählst du auch ein erstes Passwort und kommst damit ohne dein Amazon-Konto hinein. Hast du dein Postfach verloren, melde dich mit Passwort, Amazon oder einem Passkey an und trage unter Profil deine neue E-Mail ein.
forgot-mailbox-support = Hast du nichts davon, frage unseren Support.
forgot-mailbox-no-support = Hier ist kein Support angegeben. Hast du nichts davon, kann dich niemand hineinlassen.
