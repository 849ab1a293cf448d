# Der Support: Anmeldung der Mitarbeitenden, wer dazugehört, und das Protokoll.

desk = Support
desk-nav = Support
desk-nav-home = Spieler
desk-nav-audit = Protokoll
desk-nav-staff = Team
desk-nav-recovery = Ersatzcodes
desk-heading = Spieler finden
desk-search = Spieler
desk-search-hint = Spieler-ID, Amazon-ID, E-Mail oder Benutzername, oder wie der Anzeigename beginnt.
desk-search-button = Suchen
desk-matters = Wartet auf jemanden
desk-no-matters = Nichts wartet.
desk-proposals = { $count ->
    [one] Eine Rollenänderung wartet auf einen zweiten Admin.
   *[other] { $count } Rollenänderungen warten auf einen zweiten Admin.
}
desk-recovery-low = { $count ->
    [0] Du hast keine Ersatzcodes mehr. Erzeuge neue, bevor du dein Telefon verlierst.
    [one] Du hast noch einen Ersatzcode. Erzeuge neue, bevor du dein Telefon verlierst.
   *[other] Du hast noch { $count } Ersatzcodes. Erzeuge neue, bevor du dein Telefon verlierst.
}

role-viewer = Einsicht
role-agent = Support
role-lead = Leitung
role-admin = Admin

field-reason = Grund
field-reason-hint = Eine Ticketnummer oder ein paar Worte. Er bleibt beim Eintrag.
reason-missing = Sag warum, in 4 bis 200 Zeichen.

staff-sign-in-heading = Anmeldung Support
staff-sign-in-lead = Nur für Mitarbeitende. Spieler melden sich auf ihrer eigenen Seite an.
notice-staff-wrong-title = Das passte nicht
notice-staff-wrong-body = Prüfe Adresse und Passwort. Wenn du noch nicht eingerichtet bist, frag einen Admin nach deinem Link.
staff-code-heading = Dein Code
staff-code-lead = Gib den Code ein, den deine App gerade zeigt.
staff-field-code = Code
staff-field-code-hint = Sechs Ziffern aus der App, oder einer deiner Ersatzcodes.
staff-field-code-next = Der nächste, den deine App zeigt: Jeder Code gilt einmal.
staff-code-refused = Gib die sechs Ziffern ein, die die App gerade zeigt.
notice-staff-code-wrong-title = Dieser Code ging nicht
notice-staff-code-wrong-body = Jeder Code gilt einmal. Warte auf den nächsten und gib ihn ein.
staff-confirm-lead = Was du vorhast, verändert etwas. Gib dein Passwort und einen neuen Code ein; danach geht es weiter, wo du warst.
staff-confirm-to = Gib dein Passwort und einen neuen Code ein, um mit „{ $button }“ fortzufahren. Danach geschieht es sofort.
notice-staff-not-proven-title = Das passte nicht
notice-staff-not-proven-body = Prüfe das Passwort und warte auf den nächsten Code: Jeder gilt einmal.

staff-enrol-heading = Willkommen im Support
staff-enrol-lead = Zweierlei macht { $email } zu deinem Zugang: eine App auf deinem Telefon und ein Passwort.
staff-enrol-app = Mit deiner App scannen
staff-enrol-app-body = Jede App für Einmalcodes geht.
staff-enrol-qr = QR-Code mit dem Geheimnis für deine App
staff-enrol-by-hand = Stattdessen eintippen
staff-enrol-choose = Passwort wählen
staff-enrol-password-hint = Mindestens { $min } Zeichen. Ein eigener Satz lässt sich gut merken.
staff-enrol-code-hint = Die sechs Ziffern, die die App gerade zeigt.
staff-enrol-submit = Fertig
staff-enrol-whose = Er ist für { $email }. Du bist hier als { $name } angemeldet. Mit dem Abschließen wird { $name } in diesem Browser abgemeldet, und du wirst als { $email } angemeldet.
notice-staff-enrol-dead-title = Dieser Link geht nicht
notice-staff-enrol-dead-body = Er ist benutzt, zu alt, oder es gibt einen neueren. Frag einen Admin nach einem neuen.
staff-recovery-heading = Ersatzcodes
staff-recovery-lead = Wenn das Telefon weg ist, lässt dich jeder davon einmal herein, zusammen mit deinem Passwort.
staff-recovery-left = { $count ->
    [0] Du hast keinen mehr.
    [one] Du hast noch einen.
   *[other] Du hast noch { $count }.
}
staff-recovery-renew = Neue Codes erstellen
staff-recovery-once = Drucke sie aus oder leg sie in einen Passwortmanager. Sie werden nicht noch einmal gezeigt, und ältere gelten nicht mehr.
staff-recovery-done = Ich habe sie aufbewahrt

staff-heading = Team
staff-everybody = Alle
staff-person = Person
staff-role = Rolle
staff-role-new = Neue Rolle
staff-standing = Stand
staff-since = Seit
staff-you = (du)
staff-active = Aktiv
staff-invited = Noch nicht eingerichtet
staff-disabled = Gesperrt
staff-proposals = Wartet auf einen zweiten Admin
staff-proposed-by = Vorgeschlagen von
staff-decide = Entscheiden
staff-approve = Zustimmen
staff-withdraw = Zurücknehmen
staff-change = Jemanden ändern
staff-change-body = Eine neue Rolle gilt, sobald ein anderer Admin zustimmt, und beendet die Sitzungen der Person. Sperren gilt sofort. Neue Leute kommen über die Kommandozeile dazu.
staff-nobody-else = Sonst ist niemand da.
staff-propose = Rolle vorschlagen
staff-disable = Sperren
staff-missing = Wähle eine Person.
staff-role-missing = Wähle eine Rolle.
notice-staff-proposed-title = Vorgeschlagen
notice-staff-proposed-body = Ein anderer Admin kann hier zustimmen, innerhalb von sieben Tagen.
notice-staff-role-changed-title = Die Rolle ist geändert
notice-staff-role-changed-body = Sie gilt ab jetzt, und die Sitzungen der Person sind beendet.
notice-staff-withdrawn-title = Zurückgenommen
notice-staff-withdrawn-body = Die Rolle bleibt, wie sie ist.
notice-staff-disabled-title = Gesperrt
notice-staff-disabled-body = Die Sitzungen der Person sind beendet. Zurück kommt sie nur über die Kommandozeile.
notice-staff-changed-meanwhile-title = Inzwischen hat sich etwas geändert
notice-staff-changed-meanwhile-body = Nichts ist geschehen. Sieh dir die Liste an, wie sie jetzt ist, und entscheide neu.
notice-staff-needs-another-title = Dafür braucht es jemand anderen
notice-staff-needs-another-body = Wer vorschlägt, kann nicht zustimmen, und niemand entscheidet über sich selbst. Frag einen anderen Admin.
notice-staff-last-admin-title = Das ist der letzte Admin
notice-staff-last-admin-body = Füge erst einen weiteren Admin hinzu. Die Rolle des letzten ändert sich nur über die Kommandozeile.

audit-heading = Protokoll
audit-export = Als CSV ausgeben
audit-kind = Was
audit-any-kind = Alles
audit-actor = Wer
audit-any-actor = Alle
audit-player = Spieler
audit-from = Von
audit-until = Bis
audit-narrow = Zeigen
audit-everything = Alles zeigen
audit-nothing = So einen Eintrag gibt es nicht.
audit-not-understood = Danach lässt sich nicht suchen.
audit-time = Wann
audit-what = Was
audit-who = Wer
audit-more = Grund, Einzelheiten, Kennung
audit-older = Ältere
audit-newest = Neueste
actor-player = Spieler
actor-visitor = Besucher
actor-support = Team
actor-amazon = Amazon
actor-system = System
actor-operator = Kommandozeile
actor-service = Spielserver

search-found = { $count ->
    [one] Ein Spieler
   *[other] { $count } Spieler
}
search-found-first = { $count ->
    [one] Der erste Spieler
   *[other] Die ersten { $count } Spieler
}
search-found-more = { $count ->
    [one] Noch ein Spieler
   *[other] Noch { $count } Spieler
}
search-nobody = Niemand gefunden
search-nobody-body = Frag nach etwas anderem, das der Spieler angeben kann, und vergleiche es Buchstabe für Buchstabe.
search-no-more = Danach kommt niemand mehr
search-capped = Mehr Anzeigenamen beginnen so. Tippe mehr vom Namen, oder frag nach etwas Genauem.
search-too-short = Tippe einen Anzeigenamen oder seine ersten 3 Zeichen, oder eine ganze ID, E-Mail-Adresse oder einen ganzen Benutzernamen.
search-too-long = Tippe höchstens { $most } Zeichen.
search-nameless = Kein Anzeigename
search-disabled = Gesperrt seit
search-link-none = Keine Verknüpfung
search-link-active = Verknüpfung aktiv seit
search-link-needs-reconnect = Verknüpfung zu erneuern seit
search-link-revoked = Verknüpfung entzogen seit
search-because = Gefunden über
search-until = bis
search-player-since = Spieler seit
search-first = Erste Seite
search-next = Nächste Seite
search-by-player-id = Spieler-ID
search-by-amazon-id = Amazon-ID
search-by-former-amazon-id = Amazon-ID einer früheren Verknüpfung
search-by-email = E-Mail
search-by-user-name = Benutzername
search-by-display-name = Anzeigename
search-hint-player-id = Alle 36 Zeichen.
search-hint-amazon-id = Beginnt mit amzn1.account, Großbuchstaben zählen. Auch eine beendete Verknüpfung wird damit gefunden.
search-hint-email = Die ganze Adresse, die hier bestätigt wurde. Eine Adresse, die nur Amazon hat, wird nicht durchsucht.
search-hint-user-name = Der ganze Name, wie er beim Anmelden getippt wird.
search-hint-display-name = Wie er beginnt, mit mindestens 3 Zeichen (2 auf Chinesisch, Japanisch und Koreanisch), oder ein kürzerer Name im Ganzen.
notice-staff-searches-title = Deine Suchen sind vorerst aufgebraucht
notice-staff-searches-body = Du hast innerhalb einer Stunde sehr viele Spieler gesucht, und der Betreiber weiß davon.
notice-staff-looks-title = Du kannst vorerst keine Spieler mehr ansehen
notice-staff-looks-body = Du hast innerhalb einer Stunde sehr viele Spieler angesehen, und der Betreiber weiß davon.
