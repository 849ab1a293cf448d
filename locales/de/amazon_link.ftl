# Ein Spieler und ein Amazon-Konto: die Tafel, ihre Seiten, und was aus einer Anmeldung bei Amazon wurde.

account-heading = Verknüpfte Konten
account-lead-none = Mit diesem Spieler ist noch kein Amazon-Konto verknüpft.
account-lead-active = Dein Amazon-Konto ist mit diesem Spieler verknüpft. Belohnungen, die du damit abholst, kommen hier an.
account-lead-needs-reconnect = Die Verknüpfung muss erneuert werden. Verknüpfe dasselbe Amazon-Konto noch einmal, dann geht alles weiter.
account-lead-revoked = Dein Amazon-Konto war mit diesem Spieler verknüpft, bis der Zugriff bei Amazon entfernt wurde.

board-player = Dein Spielerkonto
board-amazon = Dein Amazon-Konto
board-amazon-before = Das zuvor verknüpfte Amazon-Konto
board-came-back = Von Amazon zurück als
detail-email = E-Mail
detail-player-since = Spieler seit
detail-amazon-email = E-Mail bei Amazon
detail-amazon-postal-code = Postleitzahl bei Amazon
detail-linked-on = Verknüpft am
detail-checked = Zuletzt geprüft

state-none = Nicht verknüpft
state-none-next = Amazon fragt dich einmal. Wir erhalten { $what }, nie dein Amazon-Passwort.
received-profile = deinen Namen, deine E-Mail und eine Kennung
received-profile-postal-code = deinen Namen, deine E-Mail, eine Kennung und, wenn du es erlaubst, deine Postleitzahl
received-id = eine Kennung
received-id-postal-code = eine Kennung und, wenn du es erlaubst, deine Postleitzahl
state-active = Verknüpft
state-not-renewable = Ein Spiel hat diese Verknüpfung angelegt, und sie kann sich nicht selbst erneuern. Verknüpfe dasselbe Konto hier, damit sie hält.
state-needs-reconnect = Muss erneuert werden
why-key-lost = Seit dem { $day } können wir nicht mehr lesen, was Amazon uns für diese Verknüpfung gab. Das liegt an uns, nicht an dir. Verknüpfe dasselbe Amazon-Konto noch einmal, dann geht es wieder.
why-tokens-gone = Seit { $day } haben wir nichts mehr, was Amazon uns für diese Verknüpfung gab. Verknüpfe dasselbe Amazon-Konto noch einmal, dann geht es wieder.
why-scope-missing = Seit dem { $day } lässt Amazon uns nicht mehr alles sehen, was diese Verknüpfung braucht. Verknüpfe noch einmal und erlaube, wonach Amazon dich fragt.
why-token-ended = Der Zugang, den ein Spiel uns gab, endete am { $day }. Verknüpfe dasselbe Amazon-Konto hier, dann erneuert es sich von selbst.
state-revoked = Zugriff bei Amazon entfernt
state-revoked-next = Verknüpfe dasselbe Amazon-Konto wieder oder ein anderes. Dein Spieler ist unberührt.

link-amazon = Amazon-Konto verknüpfen
link-different = Anderes Konto verknüpfen
unlink = Trennen
unlink-amazon = Amazon-Konto trennen
unlink-keep = Verknüpft lassen
unlink-amazon-apps = Deine Apps bei Amazon
confirm-with-amazon = Mit Amazon bestätigen

ended-title = Amazon lässt uns nicht mehr ein
ended-body = Am { $day } wurde der Zugriff bei Amazon entfernt. Wir haben die Tokens gelöscht, dein Spieler ist unberührt. Verknüpfe wieder, wann du magst, dasselbe Amazon-Konto oder ein anderes.
ended-by-support-title = Der Support hat dein Amazon-Konto getrennt
ended-by-support-body = Das war am { $day }. Du kannst jederzeit wieder ein Amazon-Konto verknüpfen.
attempt-open-title = Nicht von Amazon zurückgekommen?
attempt-open-body = Eine Anmeldung bei Amazon ist noch offen. Schließe sie im anderen Tab ab oder beginne hier einfach neu.

facts-label = Gut zu wissen
fact-purpose = Wofür die Verknüpfung da ist
fact-purpose-body = Für die Anmeldung mit Amazon und für die Belohnungen, die du dort für { $player } abholst.
fact-unlink = Was beim Trennen geschieht
fact-unlink-body = Wir löschen Amazons Tokens sofort. Was du schon erhalten hast, bleibt dein. Du kannst jederzeit neu verknüpfen.
fact-amazon-side = Auf Amazons Seite
fact-amazon-side-body = Amazon führt eine eigene Liste von Apps. Auch dort kannst du diese entfernen, unter „Login mit Amazon“.
fact-before = Bevor du beginnst
fact-before-body = Sieh nach, mit welchem Amazon-Konto dieser Browser angemeldet ist. Wir zeigen es dir noch einmal, bevor etwas verknüpft wird.
fact-one = Eins zu eins
fact-one-body = Ein Spieler hat ein Amazon-Konto, und ein Amazon-Konto einen Spieler.
fact-received = Was wir erhalten
fact-received-body = Wir erhalten { $what }. Die Kennung können nur wir nutzen. Amazons Passwort bleibt bei Amazon.

start-heading = Verknüpfe dein Amazon-Konto
start-heading-linked = Dein Amazon-Konto ist verknüpft
start-lead = Bei Amazon anmelden, beide Namen ansehen, fertig.
start-lead-linked = Hier ist nichts mehr zu tun.
start-lead-offer = Du kommst von { $host }. Verknüpfe hier dein Amazon-Konto, dann geht es dorthin zurück, zu deinem Angebot.
start-lead-offer-linked = Hier ist nichts mehr zu tun. Geh zurück zu { $host }, zu deinem Angebot.
offer-sign-in = Du kommst von { $host }. Melde dich an oder leg ein Konto an und verknüpfe dein Amazon-Konto, dann geht es dorthin zurück, zu deinem Angebot.
start-sign-in = Melde dich an oder leg ein Konto an. Danach verknüpfst du dein Amazon-Konto.
back-to = Zurück zu { $host }

confirm-heading = Diese beiden verknüpfen?
confirm-lead = Noch ist nichts verknüpft. Sieh dir erst beide Namen an.
confirm-link = Dieses Konto verknüpfen
confirm-different = Anderes Amazon-Konto nehmen
confirm-replaces = Das ersetzt das jetzt verknüpfte Konto
confirm-replaces-body = { $amazon } wird im selben Schritt getrennt. Dazwischen geht nichts verloren.

replace-heading = Anderes Konto verknüpfen
replace-lead = { $amazon } ist jetzt verknüpft und bleibt es, bis du ein anderes bestätigst.
replace-step-1 = Melde dich bei Amazon ab
replace-step-1-body = Amazon erinnert sich an dich und würde dasselbe Konto zurückschicken. Melde dich dort zuerst ab, in diesem Browser.
replace-sign-out-link = Amazon in neuem Tab öffnen
replace-step-2 = Melde dich mit dem anderen Konto an
replace-step-2-body = Komm auf diese Seite zurück und geh weiter. Amazon fragt dann, welches Konto du möchtest.
replace-step-3 = Sieh dir beide Namen an
replace-step-3-body = Wir zeigen das neue Konto neben deinem Spieler. Erst dann geht das alte.

unlink-heading = Dieses Amazon-Konto trennen?
unlink-lead = { $amazon } ist mit { $player } verknüpft.
unlink-step-1 = Wir löschen Amazons Tokens
unlink-step-1-body = Sofort und endgültig. Die Anmeldung mit Amazon öffnet diesen Spieler dann nicht mehr.
unlink-step-2 = Was du erhalten hast, bleibt dein
unlink-step-2-body = Dein Spieler, sein Fortschritt und jede angekommene Belohnung bleiben, wie sie sind.
unlink-step-3 = Amazon führt eine eigene Liste
unlink-step-3-body = Diese App bleibt bei Amazon aufgeführt, bis du sie dort entfernst.
last-method-title = Amazon ist dein einziger Zugang
last-method-body = Ohne ihn könntest du dich nicht mehr anmelden. Lege zuerst ein Passwort fest: Danach kommst du auf diese Seite zurück und trennst hier. Ein Passkey genügt auch.
last-method-way = Passwort festlegen

game-link-heading = Ist das dein Spieler?
game-link-lead = Ein Spiel hat { $amazon } mit diesem Spieler verknüpft. Im Browser wurde er damit noch nie geöffnet, deshalb fragen wir einmal nach.
game-link-player = Der Spieler, der sich öffnen würde
game-link-server = Der Server eines Spiels
game-link-place = Wo das Spiel lief
game-link-only-yours-title = Mach nur weiter, wenn du selbst verknüpft hast
game-link-only-yours-body = Wenn dir jemand einen Code geschickt hat oder du dich für jemanden bei Amazon anmelden solltest, wähle „Das war ich nicht“.
game-link-mine = Das ist meiner
game-link-mine-by-code = Das ist meiner, mit dem Code
game-link-password-hint = Das Passwort dieses Spielers. Wir fragen nur dieses eine Mal danach.
game-link-code-hint = Gesendet an { $email }.
game-link-send-code = Einen Code an { $email } senden
game-link-not-me = Das war ich nicht
game-link-not-me-hint = Das trennt dein Amazon-Konto von diesem Spieler. Niemand wird angemeldet.
game-link-neither = Wenn du weder das Passwort noch die E-Mail hast, kann dir unser Support helfen. Nenne die Referenz unten.
unconfirmed-title = Ein Spiel hat dieses Amazon-Konto verknüpft
unconfirmed-body = { $amazon } öffnet deinen Spieler im Browser erst, wenn du sagst, dass es deins ist. Wenn nicht, trenne es.
unconfirmed-mine = Dieses Amazon-Konto ist meins

email-offer-title = Bei Amazon hast du jetzt eine andere E-Mail-Adresse
email-offer-body = Deine Adresse bei Amazon ist jetzt { $email }. Willst du sie auch hier nutzen? Wir schicken ihr erst einen Code, und bis du ihn eingegeben hast, bleibt alles, wie es ist.
email-offer-use = Diese Adresse nutzen
email-offer-decline = Nein danke

match-heading = Vielleicht hast du schon ein Konto
match-lead = Ein Konto hier nutzt { $email }. Gib sein Passwort ein, um es mit deinem Amazon-Konto zu verknüpfen.
match-link = Verknüpfen und anmelden
match-not-mine = Das ist nicht mein Konto

amazon-register-heading = Fast geschafft
amazon-register-lead = Amazon hat uns gesagt, wer du bist. Sieh nach, wie dein neuer Spieler heißen soll.
amazon-register-email-hint = Für Nachrichten zu deinem Konto. Bevor sie zählt, senden wir einen Code.

link-undo-title = Dieses Amazon-Konto trennen
link-undo-heading = Dieses Amazon-Konto trennen?
link-undo-heading-dead = Hier gibt es nichts rückgängig zu machen
link-undo-lead = Es wurde durch einen Code, den ein Fernseher oder eine Konsole zeigte, mit einem Spieler hier verknüpft. Danach gehört es hier zu keinem Spieler mehr, und niemand meldet sich dort damit an. Der Spieler wird benachrichtigt.
link-undo-submit = Trennen
link-undo-whose = Du bist hier als { $name } angemeldet, und { $name } bleibt angemeldet. Was du auf dieser Seite tust, betrifft den Spieler, mit dem der Code das Amazon-Konto verknüpft hat.
link-undo-keep = Verknüpft lassen
notice-link-undone-title = Das Amazon-Konto ist getrennt
notice-link-undone-body = Es gehört hier zu keinem Spieler mehr. Gib nie einen Code ein, den dir jemand geschickt hat. Was du bei Amazon erlaubt hast, nimmst du dort in der Liste der Apps deines Amazon-Kontos zurück.
notice-link-undo-unknown-title = Dieser Link gilt nicht mehr
notice-link-undo-unknown-body = Er wurde schon benutzt, ist älter als sieben Tage, oder das Amazon-Konto ist schon getrennt. Es wurde nichts geändert.
