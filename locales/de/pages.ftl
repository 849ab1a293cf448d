# Titel, Hinweise nach einer Weiterleitung und Fehlerseiten.

error-not-found-title = Diese Seite gibt es hier nicht
error-not-found-body = Vielleicht ist die Adresse vertippt, oder die Seite ist für jemand anderen.
error-not-allowed-title = So geht das hier nicht
error-not-allowed-body = Diese Seite lässt sich so nicht öffnen. Beginne noch einmal bei deinem Konto.
error-bad-request-title = Das konnten wir nicht lesen
error-bad-request-body = Etwas in der Anfrage fehlte, stand doppelt da oder war beschädigt. Es wurde nichts geändert. Geh zurück und versuch es noch einmal.
error-too-large-title = Das war zu viel auf einmal
error-too-large-body = Das Formular oder seine Adresse war länger, als wir annehmen. Es wurde nichts geändert.
error-csrf-title = Diese Seite ist zu alt
error-csrf-body = Das Formular wurde vor einer Weile oder in einem anderen Fenster geöffnet. Es wurde nichts geändert. Lade die Seite neu und versuch es noch einmal.
error-throttled-title = Zu viele Versuche
error-throttled-body = Warte bitte einen Moment und versuch es dann noch einmal. Es wurde nichts geändert.
error-busy-title = Einen Moment bitte
error-busy-body = Gerade ist mehr los als sonst. Es wurde nichts geändert. Versuch es in ein paar Sekunden noch einmal.
error-fault-title = Bei uns ist etwas schiefgegangen
error-fault-body = Du hast nichts falsch gemacht, und es wurde nichts geändert. Versuch es noch einmal; wenn es wieder passiert, nenn uns die Kennung unten.
error-attempt-unknown-title = Diese Anmeldung bei Amazon ist abgelaufen
error-attempt-unknown-body = Sie war schon abgeschlossen, hat zu lange gedauert oder begann in einem anderen Browser. Es wurde nichts geändert. Beginne hier neu.
error-way-home = Weiter
error-way-again = Noch einmal versuchen

# Hinweise nach einer Weiterleitung: was gerade geschehen ist.
notice-linked-title = Verknüpft
notice-linked-body = Dein Amazon-Konto ist ab jetzt mit diesem Spieler verknüpft.
notice-replaced-title = Ersetzt
notice-replaced-body = Das gewählte Amazon-Konto ist jetzt mit diesem Spieler verknüpft. Das vorige ist getrennt.
notice-registered-with-amazon-title = Willkommen
notice-registered-with-amazon-body = Dein Spieler ist angelegt, und dein Amazon-Konto ist damit verknüpft.
notice-registered-and-code-sent-title = Willkommen
notice-registered-and-code-sent-body = Dein Spieler ist angelegt, und dein Amazon-Konto ist damit verknüpft. Wir haben einen Code an deine Adresse geschickt: Gib ihn unter Profil, E-Mail ein, damit die Adresse zählt.
notice-unlinked-title = Getrennt
notice-unlinked-body = Wir haben Amazons Schlüssel gelöscht. Amazon selbst führt diese App weiter, bis du sie dort entfernst: amazon.com/ap/adam.
notice-already-yours-title = Schon verknüpft
notice-already-yours-body = Dieses Amazon-Konto ist schon mit deinem Spieler verknüpft. Alles bleibt, wie es ist.
notice-same-again-title = Amazon hat dasselbe Konto noch einmal geschickt
notice-same-again-body = Es ist immer noch das verknüpfte. Melde dich zuerst bei Amazon ab, wie Schritt 1 sagt, und versuch es dann noch einmal.
notice-reconnected-title = Wieder verknüpft
notice-reconnected-body = Die Verknüpfung funktioniert wieder. Es ist nichts verloren gegangen.
notice-declined-title = Es wurde nichts verknüpft
notice-declined-body = Du hast bei Amazon abgelehnt, das ist in Ordnung. Du kannst es jederzeit wieder versuchen.
notice-cancelled-title = Es wurde nichts verknüpft
notice-cancelled-body = Alles ist wie vorher.
notice-player-has-another-title = Ein anderes Amazon-Konto ist schon verknüpft
notice-player-has-another-body = Du bist angemeldet, und es wurde nichts verknüpft: Dieser Spieler hat ein anderes Amazon-Konto. Unten kannst du ein anderes verknüpfen.
notice-match-wrong-title = Das war nicht das Passwort
notice-match-wrong-body = Es wurde nichts verknüpft. Versuch es noch einmal, setz es per E-Mail zurück, oder mach ohne dieses Konto weiter.
notice-match-tries-title = Das war ein Versuch zu viel
notice-match-tries-body = Es wurde nichts verknüpft. Warte einen Moment und beginne noch einmal mit Amazon, oder setz dein Passwort zurück.

# Was aus einer Anmeldung bei Amazon wurde, die nicht wie erhofft endete.
outcome-way-back = Zurück
outcome-again = Noch einmal versuchen
outcome-sign-in-other = Login mit Amazon
outcome-ask-support = Support um Hilfe bitten
outcome-identity-taken-title = Dieses Amazon-Konto gehört zu einem anderen Spieler
outcome-identity-taken-body = Ein Amazon-Konto kann nur mit einem Spieler verknüpft sein, und dieses ist es schon. Es wurde nichts geändert. Wenn der andere Spieler auch deiner ist, melde dich dort mit Amazon an und trenne es zuerst.
outcome-player-has-another-title = Ein anderes Amazon-Konto ist schon verknüpft
outcome-player-has-another-body = Ein Spieler hat immer nur ein Amazon-Konto. Es wurde nichts geändert. Du kannst das neue an die Stelle des alten setzen.
outcome-wrong-identity-title = Das war ein anderes Amazon-Konto
outcome-wrong-identity-body = Um zu zeigen, dass du es bist, komm mit dem Amazon-Konto zurück, das mit diesem Spieler verknüpft ist. Es wurde nichts geändert.
outcome-account-disabled-title = Dieser Spieler kann sich nicht anmelden
outcome-account-disabled-body = Das Konto wurde gesperrt. Wenn du das für einen Irrtum hältst, frag den Support und nenn die Kennung unten.
outcome-scope-missing-title = Amazon hat uns zu wenig sehen lassen
outcome-scope-missing-body = Wir brauchen von Amazon deinen Namen und deine E-Mail-Adresse, um das richtige Konto zu verknüpfen, und eines davon war abgewählt. Es wurde nichts behalten. Versuch es noch einmal und lass beides ausgewählt.
outcome-amazon-unavailable-title = Amazon antwortet gerade nicht richtig
outcome-amazon-unavailable-body = Es wurde nichts geändert und nichts behalten. Versuch es gleich noch einmal; die Anmeldung mit Passwort funktioniert so lange.
outcome-amazon-misconfigured-title = Amazon antwortet gerade nicht richtig
outcome-amazon-misconfigured-body = Es wurde nichts geändert und nichts behalten. Wir wissen Bescheid. Versuch es später noch einmal; die Anmeldung mit Passwort funktioniert so lange.

amazon-nameless = Dein Amazon-Konto
