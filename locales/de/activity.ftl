# Der eigene Verlauf eines Spielers: ein Satz für jede Art von Eintrag, die ein Spieler sieht.

nav-activity = Verlauf
activity-heading = Verlauf
activity-lead = Was in deinem Konto geschehen ist, das Neueste zuerst. Auch wenn unser Support etwas ansieht oder ändert, steht es hier.
activity-show = Zeigen
activity-all = Alles
activity-sign-ins = Anmeldungen
activity-amazon = Amazon
activity-account = Konto
activity-support = Support
activity-nothing = So etwas ist noch nicht geschehen.
activity-times = { $count }-mal an diesem Tag
activity-older = Ältere
activity-newest = Neueste
activity-unknown = Etwas kommt dir fremd vor?
activity-unknown-body = Ändere zuerst dein Passwort, dann melde dich überall sonst ab. Wer drin war, ist dann draußen.
activity-ask-support = Unseren Support fragen
security-activity = Verlauf
security-activity-body = Anmeldungen, Verknüpfungen und Änderungen, und was unser Support getan hat.
security-activity-show = Verlauf zeigen

activity-signed-in = Du hast dich angemeldet
activity-sign-in-refused = Eine Anmeldung wurde abgelehnt
activity-signed-out = Du hast dich abgemeldet
activity-session-ended = Du hast eine Sitzung aus der Ferne beendet
activity-signed-out-everywhere = Du hast dich überall sonst abgemeldet
activity-identity-confirmed = Du hast bestätigt, dass du es bist
activity-identity-refused = Jemand war als du angemeldet und konnte nicht bestätigen, du zu sein
activity-switched = Ein Spiel hat zwischen diesem und einem anderen Spieler gewechselt

activity-registered = Dein Konto wurde angelegt
activity-profile-changed = Du hast dein Profil geändert
activity-password-set = Du hast ein Passwort festgelegt
activity-password-changed = Du hast dein Passwort geändert
activity-password-removed = Du hast dein Passwort entfernt
activity-reset-asked = Jemand hat um einen Link für ein neues Passwort gebeten
activity-password-reset = Über einen gemailten Link wurde ein neues Passwort gewählt
activity-email-asked = Du wolltest deine E-Mail ändern
activity-email-changed = Du hast deine E-Mail geändert
activity-email-restored = Deine frühere E-Mail wurde wiederhergestellt
activity-device-added = Ein Gerät kommt jetzt von selbst hinein
activity-device-off = Ein Gerät wurde abgeschaltet
activity-claim-begun = Ein Gerät hat um einen Code gebeten, um aus diesem Spieler ein Konto zu machen
activity-claimed = Aus diesem Spieler wurde ein eigenes Konto

activity-link-code = Ein Spiel hat um einen Code gebeten, um Amazon zu verknüpfen
activity-linked = Ein Amazon-Konto wurde verknüpft
activity-link-replaced = Stattdessen wurde ein anderes Amazon-Konto verknüpft
activity-link-renewed = Die Verknüpfung mit Amazon wurde erneuert
activity-link-reconnected = Die Verknüpfung mit Amazon funktioniert wieder
activity-unlinked = Du hast dein Amazon-Konto gelöst
activity-unlinked-by-support = Unser Support hat dein Amazon-Konto gelöst
activity-link-revoked = Amazon hat die Verknüpfung beendet: Der Zugriff wurde dort entzogen
activity-needs-reconnect = Die Verknüpfung mit Amazon muss erneuert werden
activity-link-refused = Ein Weg zu Amazon endete ohne Verknüpfung
activity-token-handed-out = Das Spiel hat über deine Verknüpfung Zugriff bei Amazon bekommen

activity-viewed = Unser Support hat dein Konto angesehen
activity-unmasked = Unser Support hat deine vollständigen Kontaktdaten angesehen
activity-disabled = Unser Support hat dein Konto gesperrt
activity-enabled = Unser Support hat dein Konto wieder freigegeben
activity-noted = Unser Support hat eine Notiz zu deinem Konto geschrieben
activity-link-checked = Unser Support hat bei Amazon gefragt, ob deine Verknüpfung noch gilt
activity-sessions-ended = Unser Support hat dich überall abgemeldet
activity-reset-sent = Unser Support hat dir einen Link für ein neues Passwort geschickt
activity-record-read = Unser Support hat den Verlauf deines Kontos gelesen
activity-record-exported = Unser Support hat den Verlauf deines Kontos exportiert
