# Geräte, auf denen Spiele laufen: einen Code eingeben, einen Spieler übernehmen, und die Liste der Geräte.

activate-heading = Gib den Code ein
activate-lead = Ein Spiel zeigt einen Code auf deinem Fernseher, deiner Konsole oder deinem Telefon. Gib ihn hier ein und sieh, wofür er ist, bevor etwas geschieht.
activate-code = Code auf dem Bildschirm
activate-code-hint = Acht Buchstaben, zum Beispiel WDJB-MJHT.
activate-wrong = Prüfe die Buchstaben auf dem Bildschirm.
notice-activate-wrong-title = Dieser Code führt nirgendwohin
notice-activate-wrong-body = Er ist vertippt, benutzt, zu alt oder war zu oft falsch. Sieh auf den Bildschirm oder lass dir im Spiel einen neuen geben.

claim-heading = Ist das dein Gerät?
claim-lead = Ein Spiel hat um diesen Code gebeten. Noch ist nichts geschehen.
claim-device-unnamed = Ein Gerät ohne Namen
claim-player-unnamed = Ein Spieler ohne Namen
claim-game = Spiel
claim-place = Von wo gefragt wurde
claim-asked = Gefragt
claim-player-since = Spielt seit
claim-only-yours-title = Mach nur weiter, wenn du den Code selbst auf diesem Gerät siehst
claim-only-yours-body = Hat dir jemand den Code geschickt, will er in dein Konto. Wähle dann „Das ist nicht mein Gerät“.
claim-account = Mach daraus dein Konto
claim-submit = Konto anlegen
claim-have-account = Möchtest du mit einem Konto spielen, das du schon hast?
claim-move = Auf diesem Gerät als { $name } spielen
claim-move-body = Von jetzt an öffnet dieses Gerät { $name }. Nichts öffnet mehr { $player }; was dort gespielt wurde, bleibt zurück.
claim-sign-out = Um { $player } zu behalten und daraus ein eigenes Konto zu machen, melde dich zuerst ab und gib den Code in diesem Browser noch einmal ein.
claim-not-mine = Das ist nicht mein Gerät
notice-claim-cancelled-title = Es ist nichts geschehen
notice-claim-cancelled-body = Der Code führt nirgendwohin mehr. Gib nie einen Code ein, den dir jemand geschickt hat.
notice-claim-over-title = Dieser Code gilt nicht mehr
notice-claim-over-body = Er ist benutzt oder zu alt. Lass dir im Spiel einen neuen geben und gib ihn hier ein.
notice-claimed-title = Das Konto gehört dir
notice-claimed-body = Das Gerät bleibt angemeldet. Füge als Nächstes deine E-Mail hinzu, damit wir dich wieder hereinlassen können, wenn du das Passwort vergisst.
notice-device-moved-title = Das Gerät öffnet jetzt deinen Spieler
notice-device-moved-body = Zeigt das Spiel noch den anderen Spieler, schließe es und starte es neu.

devices-heading = Geräte
devices-lead = Diese Geräte kommen von selbst zu deinem Spieler, ohne Passwort. Sperre, was du nicht mehr benutzt.
devices-none = Kein Gerät kommt von selbst hinein.
devices-since = Seit
devices-off = Sperren
devices-activate = Einen Code eingeben, den ein Spiel zeigt
notice-device-off-title = Das Gerät ist gesperrt
notice-device-off-body = Es kommt nicht mehr von selbst hinein, und seine Spiele sind abgemeldet.
security-devices = Geräte
security-devices-body = Konsolen, Fernseher und Telefone, die ohne Passwort hineinkommen.
security-devices-show = Geräte zeigen
