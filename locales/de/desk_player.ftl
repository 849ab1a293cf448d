# Die Seite eines Spielers beim Support.

player-heading = Spieler
player-nameless = Spieler ohne Namen
player-is-disabled = Gesperrt
player-is-closing = Wird am { $day } gelöscht
player-on-this-page = Auf dieser Seite
player-beside = Über den Spieler
player-identity = Wer es ist
player-ways-in = Zugänge
player-actions = Aktionen
player-link = Amazon-Verknüpfung
player-former = Frühere Verknüpfungen
player-timeline = Was geschah
player-signed-in = Gerade angemeldet
player-devices = Geräte
player-mails = Mails
player-notes = Notizen des Supports
player-game = Spiel
player-only-newest = Nur die neuesten stehen hier.
player-id = Spieler-ID
player-none = Keiner
player-no-display-name = Keiner; ein Spiel brachte diesen Spieler ohne Namen
player-name-follows = Name bei Amazon
player-name-follows-amazon = Ändert auch den Anzeigenamen
player-no-email = Keine
player-email-confirmed = { $address }, bestätigt
player-email-unconfirmed = { $address }, nicht bestätigt
player-segments = Segmente
player-created = Spieler seit
player-disabled = Gesperrt seit
player-closes = Wird gelöscht
player-unmask-summary = Verdecktes ansehen
player-unmask = Alles zeigen
player-mask = Wieder verdecken
notice-player-unmasked-title = Auf dieser Seite ist nichts verdeckt
notice-player-unmasked-body = Dein Grund ist festgehalten. Jede andere Seite, und diese beim nächsten Mal, ist wieder verdeckt.

gist-way-disabled = Gesperrt seit { $day }: Niemand kommt herein.
gist-way-closing = Geschlossen: Das Konto wird am { $day } gelöscht. Bis dahin kann der Spieler sich anmelden und es behalten.
gist-way-password-and-amazon = Kommt mit Passwort oder mit Amazon herein.
gist-way-password-only = Kommt nur mit Passwort herein.
gist-way-amazon-only = Kommt nur mit Amazon herein.
gist-way-amazon-again = Kommt nur herein, wenn dasselbe Amazon-Konto wiederkommt.
gist-way-reset-only = Kommt nicht herein: Es gibt weder Passwort noch Verknüpfung. Mit einer Mail zum Zurücksetzen ließe sich ein Passwort setzen.
gist-way-device-only = Kommt im Browser nicht herein: Es gibt weder Passwort noch Verknüpfung. Ein Spiel lässt noch ein Gerät herein.
gist-way-nothing = Kommt nicht herein: Es gibt kein Passwort, keine Verknüpfung und kein Gerät.
gist-link-never = Es war nie ein Amazon-Konto verknüpft.
gist-link-ended = Seit { $day } ist kein Amazon-Konto verknüpft: { $cause ->
    [unlinked_by_player] Der Spieler hat es getrennt.
    [unlinked_by_support] Der Support hat es getrennt.
    [revoked_by_amazon] Uns wurde bei Amazon der Zugriff entzogen.
    [replaced] Ein anderes trat an seine Stelle.
   *[other] Es wurde gelöscht.
}
gist-link-works = Die Amazon-Verknüpfung geht.
gist-link-works-until = Die Amazon-Verknüpfung geht und endet { $pace }: Ein Spiel hat sie angelegt, und nichts erneuert sie.
gist-link-ran-out = Die Amazon-Verknüpfung hat seit { $day } kein gültiges Token: Ein Spiel hat sie angelegt, und nichts erneuert sie.
gist-link-failing = { $count ->
    [one] Die Amazon-Verknüpfung besteht, aber bei der letzten Prüfung kam von Amazon nichts.
   *[other] Die Amazon-Verknüpfung besteht, aber bei den letzten { $count } Prüfungen kam von Amazon nichts.
}
gist-link-held = Amazon sagt seit { $day }, dass uns der Zugriff entzogen wurde; die Bremse gegen Massenwiderruf hält die Verknüpfung.
gist-link-needs-reconnect = Der Spieler muss die Verknüpfung erneuern, seit { $day }: { $cause ->
    [scope_missing] Amazon lässt uns nicht mehr alles sehen, was sie braucht.
    [token_ended] Das Token, das ein Spiel uns gab, ist abgelaufen.
    [gone] Wir haben kein Token von Amazon mehr.
   *[other] Wir können nicht mehr lesen, was Amazon uns gab.
}
gist-link-revoked = Am { $day } wurde uns bei Amazon der Zugriff entzogen.

way-password = Passwort
way-password-set = Gesetzt; zuletzt geändert
way-password-unusable = Gesetzt, aber ohne Benutzername oder Adresse dazu; zuletzt geändert
way-password-removed = Keines; entfernt
way-password-none = Keines
way-second-factor = Zweiter Faktor
way-second-factor-on = Eingeschaltet seit
way-second-factor-off = Ausgeschaltet
way-lost = Wenn es verloren ist
way-lost-reset = Ein Zurücksetzen kann an { $address } gehen
way-lost-disabled = Kein Zurücksetzen, solange der Spieler gesperrt ist
way-lost-nothing = Keine Adresse, an die eine Mail gehen könnte
way-amazon = Amazon
way-amazon-none = Keine Verknüpfung
way-amazon-active = Ja
way-amazon-needs-reconnect = Ja, und die Anmeldung erneuert die Verknüpfung
way-amazon-revoked = Nur wieder dasselbe Amazon-Konto
way-devices = Geräte
way-devices-count = { $count ->
    [0] Keine
    [one] Eines kommt von selbst herein, nur in sein Spiel
   *[other] { $count } kommen von selbst herein, nur in ihre Spiele
}

link-board-player = Spieler hier
link-board-amazon = Amazon-Konto
link-nameless = Ohne Namen
link-none-name = Keines verknüpft
link-none = Nicht verknüpft
link-none-amazon-side = Amazons eigene Liste der Apps zeigt uns vielleicht noch. Über eine Verknüpfung hier sagt das nichts.
link-games-none = Spiele hören: nicht verknüpft.
link-games-active = Spiele hören: verknüpft.
link-games-needs-reconnect = Spiele hören: verknüpft, aber sie bekommen keinen Zugriff, bis der Spieler neu verknüpft.
link-games-revoked = Spiele hören: nicht verknüpft.
link-why-held = Amazon sagt, der Zugriff sei entzogen. Das hieß es bei so vielen auf einmal, dass die Bremse Verknüpfungen hält, bis ihr entscheidet.
link-why-not-renewable = Ein Spiel hat sein Token übergeben. Wenn es endet, verknüpft der Spieler dasselbe Konto auf unserer Seite, damit es hält.
link-why-needs-reconnect = Seit { $day }. { $cause ->
    [scope_missing] Amazon lässt uns nicht mehr alles sehen, was die Verknüpfung braucht. Der Spieler verknüpft neu und erlaubt, was Amazon fragt.
    [token_ended] Das Token, das ein Spiel uns gab, ist abgelaufen. Der Spieler verknüpft dasselbe Konto auf unserer Seite.
    [gone] Wir haben kein Token von Amazon mehr: Das Konto war eine Zeit lang geschlossen, eine Sicherung wurde zurückgespielt, oder eine Antwort von Amazon mit neuen Tokens ging verloren. Der Spieler verknüpft dasselbe Konto noch einmal.
   *[other] Wir können nicht mehr lesen, was Amazon uns gab; das liegt an uns. Der Spieler verknüpft dasselbe Konto noch einmal.
}
link-why-revoked = Seit { $day }. Der Spieler oder Amazon hat uns den Zugriff entzogen. Dasselbe Amazon-Konto öffnet diesen Spieler weiterhin, und der Spieler darf ein anderes verknüpfen.
link-amazon-id = Amazon-ID
link-amazon-email = E-Mail bei Amazon
link-amazon-email-none = Uns nicht gesagt
link-amazon-postal-code = Postleitzahl bei Amazon
link-linked = Verknüpft seit
link-made-by = Verknüpft von
link-made-by-browser = Dem Spieler, im Browser
link-made-by-new-player = Einem Spiel, und aus dem Amazon-Konto wurde dieser Spieler
link-made-by-game-token = Einem Spiel, für einen Spieler, den es schon gab
link-made-by-game-code = Einem Code, den ein Spiel zeigte
link-confirmed = Öffnet einen Browser seit
link-confirmed-not = Nicht bestätigt: Es öffnet keinen Browser und beweist nichts
link-state-since = In diesem Zustand seit
link-checked = Zuletzt geprüft
link-next-check = Nächste Prüfung
link-next-check-none = Keine; es gibt nichts, womit wir prüfen könnten
link-failures = Prüfungen ohne Antwort
link-failures-count = { $count ->
    [one] 1 nacheinander
   *[other] { $count } nacheinander
}
link-retry = Nicht wieder gefragt vor
link-held = Von der Bremse gehalten seit
token-access = Zugriffstoken
token-access-until = Gilt bis
token-access-ended = Abgelaufen
token-none = Keines
token-refresh = Erneuerungstoken
token-refresh-held = Vorhanden
token-from = Token kamen
token-from-code-grant = Von Amazon, auf unserer Seite oder mit dem Code eines Geräts
token-from-handed-over = Von einem Spiel oder der App eines Telefons
token-client = Ausgestellt für
token-client-web = Den Web-Client dieses Portals
token-client-device = Den Client dieses Portals für Fernseher und Konsolen
token-client-other = Eine andere App: { $client }
token-version = Nummer der Erneuerung
token-scopes = Erlaubt

former-none = Keine Verknüpfung ist beendet worden.
former-ended = Beendet
former-why = Warum
former-by = Von
former-linked = Verknüpft
former-unlinked-by-player = Der Spieler hat sie getrennt
former-unlinked-by-support = Der Support hat sie getrennt
former-replaced = Eine andere trat an ihre Stelle
former-revoked-by-amazon = Zugriff bei Amazon entzogen
former-erased = Gelöscht
former-hint = Welche Amazon-Konten das waren, bewahren wir nicht auf. Suche nach der Amazon-ID, die der Spieler vorliest, um zu sehen, wer sie jetzt hat.

timeline-groups = Eingrenzen
timeline-in-audit = Im Protokoll
timeline-nothing = Nichts dieser Art.
group-everything = Alles
group-sign-ins = Anmeldungen
group-link = Amazon-Verknüpfung
group-account = Konto
group-devices = Geräte
group-support = Support

signed-in-none = Kein Browser und kein Spiel ist angemeldet.
signed-in-no-game = Kein Spiel ist angemeldet.
signed-in-no-browser = Kein Browser ist angemeldet.
signed-in-where = Wo
signed-in-how = Wie
signed-in-last-seen = Zuletzt benutzt
signed-in-since = Angemeldet

devices-none-known = Kein Gerät kommt von selbst herein.
devices-which = Gerät
devices-known-since = Seit
devices-last-used = Zuletzt benutzt
devices-standing = Kommt herein
devices-switched-on = Ja
devices-switched-off = Gesperrt

mails-none = Keine in den letzten 30 Tagen.
mails-kept = Was gemailt wurde, wissen wir 30 Tage lang.
mails-about = Worüber
mails-to = An
mails-written = Geschrieben
mails-came-of-it = Was daraus wurde
letter-sent = Gesendet
letter-failed = { $count ->
    [one] Aufgegeben nach einem Versuch
   *[other] Aufgegeben nach { $count } Versuchen
}
letter-waiting = { $count ->
    [0] Wartet
    [one] Wartet nach einem Versuch
   *[other] Wartet nach { $count } Versuchen
}
letter-about-registration-code = Code zum Abschluss der Registrierung
letter-about-registration-taken = Jemand wollte diese Adresse registrieren
letter-about-sign-in-code = Code zur Anmeldung
letter-about-email-code = Code zur Bestätigung einer Adresse
letter-about-email-taken = Jemand wollte diese Adresse benutzen
letter-about-email-restored = Die Änderung der Adresse wurde zurückgenommen
letter-about-email-changed = Die Adresse hat sich geändert
letter-about-password-changed = Das Passwort hat sich geändert
letter-about-sign-in-after-failures = Eine Anmeldung nach vielen falschen Passwörtern
letter-about-password-removed = Das Passwort wurde entfernt
letter-about-two-step-on = Der zweite Faktor wurde eingeschaltet
letter-about-two-step-off = Der zweite Faktor wurde ausgeschaltet
letter-about-factor-recovery-link = Link, der die Wartezeit für einen verlorenen zweiten Faktor beginnt
letter-about-factor-recovery-runs = Die Wartezeit für einen verlorenen zweiten Faktor läuft
letter-about-factor-recovery-due = Die Wartezeit für einen verlorenen zweiten Faktor ist vorbei
letter-about-factor-recovery-cancelled = Die Wartezeit für einen verlorenen zweiten Faktor wurde abgebrochen
letter-about-recovery-codes-renewed = Neue Ersatzcodes wurden erstellt
letter-about-recovery-code-used = Ein Ersatzcode wurde benutzt
letter-about-password-reset = Das Passwort wurde zurückgesetzt
letter-about-password-reset-link = Link zum Zurücksetzen des Passworts
letter-about-amazon-linked = Amazon wurde verknüpft
letter-about-amazon-linked-by-code = An die Amazon-Adresse: Amazon wurde per Code verknüpft
letter-about-amazon-replaced = Ein anderes Amazon-Konto wurde verknüpft
letter-about-link-code = Ein Code, um die Verknüpfung eines Spiels zu bestätigen
letter-about-amazon-confirmed = Die Verknüpfung eines Spiels wurde bestätigt
letter-about-amazon-denied = Wer das Amazon-Konto hat, lehnte die Verknüpfung eines Spiels ab
letter-about-amazon-unlinked = Amazon wurde getrennt
letter-about-amazon-revoked = Zugriff bei Amazon entzogen
letter-about-device-added = Ein Gerät kam herein
letter-about-signed-in-by-code = Ein Fernseher wurde per Code hereingelassen
letter-about-data-exported = Die Daten wurden heruntergeladen
letter-about-account-erased = Das Konto wurde gelöscht
letter-about-account-closing = Das Konto ist geschlossen, und wann es gelöscht wird
letter-about-account-kept = Das Konto wurde behalten

notes-none = Niemand hat etwas aufgeschrieben.
notes-unreadable = Diese Notiz lässt sich nicht mehr lesen.
gist-way-passkey = Kommt mit einem Passkey herein. Die anderen Wege stehen unten.
way-passkeys = Passkeys
way-passkeys-some = Mindestens einer
way-passkeys-none = Keine
letter-about-passkey-added = Ein Passkey wurde hinzugefügt
letter-about-passkey-removed = Ein Passkey wurde entfernt
letter-about-passkey-copy-suspected = Es gibt vielleicht eine Kopie eines Passkeys
