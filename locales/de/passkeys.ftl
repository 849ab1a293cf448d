# Passkeys: die Liste, einen hinzufügen, sich damit anmelden, und was ein Skript sagt.

passkeys-heading = Passkeys
passkeys-lead = Mit einem Passkey meldest du dich mit Fingerabdruck, Gesicht oder der PIN deines Geräts an, ohne Passwort.
passkeys-none = Du hast noch keinen Passkey.
passkeys-since = Hinzugefügt am
passkeys-last-used = Zuletzt benutzt
passkeys-never-used = Noch nicht benutzt
passkeys-backed-up = Dein Passwortmanager hat eine Kopie, du kannst ihn also auch auf deinen anderen Geräten benutzen.
passkeys-one-device = Nur auf einem Gerät. Verlierst du das Gerät, ist der Passkey weg.
passkeys-rename = Umbenennen
passkeys-remove = Entfernen
passkeys-add = Passkey hinzufügen
passkeys-back = Zurück zu Sicherheit
passkeys-impossible = Passkeys brauchen eine Webadresse mit Namen, und dieses Portal hat keinen. Melde dich an wie bisher.
field-passkey-name = Name des Passkeys
passkey-name-hint = Zum Beispiel der Name deines Telefons. Nur du siehst ihn.
passkey-nameless = Gib einen Namen ein, den man lesen kann.

passkey-add-heading = Passkey hinzufügen
passkey-add-lead = Dein Browser fragt, wo er ihn speichern soll: auf diesem Gerät, auf deinem Telefon oder auf einem Sicherheitsschlüssel.
passkey-create = Passkey erstellen

sign-in-with-passkey = Mit einem Passkey anmelden
confirm-with-passkey = Mit einem Passkey bestätigen

passkey-needs = Passkeys brauchen JavaScript in deinem Browser. Ohne JavaScript nimm einen der anderen Wege.
passkey-unsupported = Dieser Browser kann keine Passkeys benutzen. Nimm einen der anderen Wege oder einen anderen Browser.
passkey-cancelled = Es ist nichts geschehen: Es wurde abgebrochen oder hat zu lange gedauert. Versuche es noch einmal oder nimm einen der anderen Wege.
passkey-already = Dieses Gerät hat schon einen Passkey für dein Konto. Einen zweiten brauchst du hier nicht.
passkey-failed = Das hat nicht geklappt. Lade diese Seite neu oder nimm einen der anderen Wege.

security-passkeys = Passkeys
security-passkeys-body = Damit meldest du dich mit Fingerabdruck, Gesicht oder PIN an.
security-passkeys-show = Passkeys zeigen
identity-to-add-passkey = Um einen Passkey hinzuzufügen, bestätige, dass du es bist.
identity-to-remove-passkey = Um den Passkey zu entfernen, bestätige, dass du es bist. Danach wird der Passkey sofort entfernt.

notice-passkey-added-title = Dein Passkey wurde hinzugefügt
notice-passkey-added-body = Ab jetzt kannst du dich mit { $name } anmelden.
notice-passkey-renamed-title = Dein Passkey wurde umbenannt
notice-passkey-renamed-body = Den neuen Namen zeigt nur diese Liste.
notice-passkey-removed-title = Der Passkey wurde entfernt
notice-passkey-removed-body = Niemand kann sich mehr damit anmelden. Manche Geräte bieten ihn noch an: Lösche ihn auch dort.
notice-passkey-needs-script-title = Passkeys brauchen JavaScript
notice-passkey-needs-script-body = Schalte JavaScript in deinem Browser ein oder nimm einen der anderen Wege.
notice-passkey-already-there-title = Dieser Passkey wird schon benutzt
notice-passkey-already-there-body = Er gehört zu einem Konto hier. Es wurde nichts geändert.
notice-passkeys-too-many-title = Für einen weiteren Passkey ist kein Platz
notice-passkeys-too-many-body = Ein Konto kann 20 haben. Entferne einen, den du nicht mehr benutzt, und füge dann diesen hinzu.
notice-passkey-not-added-title = Der Passkey wurde nicht hinzugefügt
notice-passkey-not-added-body = Was dein Browser geschickt hat, konnten wir nicht annehmen, oder es hat länger als fünf Minuten gedauert. Versuche es noch einmal.
notice-passkey-unknown-title = Diesen Passkey kennen wir nicht
notice-passkey-unknown-body = Er wurde entfernt oder gehört zu einer anderen Seite. Nimm einen anderen oder einen der anderen Wege.
notice-passkey-too-late-title = Das hat zu lange gedauert
notice-passkey-too-late-body = Benutze den Passkey noch einmal. Du hast fünf Minuten Zeit, und es muss derselbe Browser sein.
notice-passkey-refused-title = Der Passkey wurde nicht angenommen
notice-passkey-refused-body = Versuch es noch einmal oder nimm einen der anderen Wege. Hilft das nicht, ist das Konto vielleicht gesperrt.
notice-passkey-may-be-copied-title = Der Passkey wurde nicht angenommen
notice-passkey-may-be-copied-body = Vielleicht gibt es eine Kopie davon. Melde dich anders an, entferne diesen Passkey und füge einen neuen hinzu.
notice-last-way-is-passkey-title = Dieser Passkey ist dein einziger Zugang
notice-last-way-is-passkey-body = Ohne ihn könntest du dich nicht mehr anmelden. Lege zuerst ein Passwort fest, verknüpfe dein Amazon-Konto oder füge einen anderen Passkey hinzu.

access-passkeys-body = Wer das Gerät oder den Passwortmanager mit diesem Passkey hat, kann sich als du anmelden.
access-mail-passkey = - Passkey { $passkey }: Er kann sich als du anmelden
game-link-passkey = Du hast einen Passkey: Melde dich damit an und drücke auf deiner Kontoseite „Dieses Amazon-Konto ist meins“.
