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
error-attempt-unknown-title = Dieser Weg zu Amazon ist zu Ende
error-attempt-unknown-body = Er war schon abgeschlossen, hat zu lange gedauert oder begann in einem anderen Browser. Es wurde nichts geändert. Beginne hier neu.
error-way-home = Weiter
error-way-again = Noch einmal versuchen
