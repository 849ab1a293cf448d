# Wörter des Rahmens: Layouts, Felder, Knöpfe und Antworten, die viele Seiten teilen.

skip-to-content = Zum Inhalt springen
nav-label = Konto
nav-account = Verknüpfte Konten
nav-profile = Profil
nav-security = Sicherheit
privacy = Datenschutz
help = Hilfe
languages = Sprache

promise-1 = Ein Spieler.
promise-2 = Ein Amazon-Konto.
promise-3 = Sauber verknüpft.
promise-lead = Sieh, was mit deinem Spieler verknüpft ist. Verknüpfe, trenne, verknüpfe neu.

sign-in = Anmelden
sign-out = Abmelden
create-account = Konto anlegen
login-with-amazon = Login mit Amazon
or = oder
continue = Weiter
confirm = Bestätigen
cancel = Abbrechen
save = Speichern
save-password = Passwort speichern
send-code = Code senden
send-link = Link senden
new-code = Neuen Code senden
confirm-email = E-Mail bestätigen
forgot = Passwort vergessen?
start-over = Von vorn beginnen
back-to-sign-in = Zurück zur Anmeldung
optional = freiwillig
show = Zeigen
show-password = Passwort zeigen

errors-heading = Bitte sieh dir diese Punkte an
title-of-error = Fehler: { $title }
try-again-after = Versuch es noch einmal nach:
try-again-at = Versuch es noch einmal um
try-again-in = { $count ->
    [one] Versuch es in einer Sekunde noch einmal.
   *[other] Versuch es in { $count } Sekunden noch einmal.
}
error-reference = Wenn du um Hilfe bittest, nenne diese Kennung:

field-identifier = E-Mail oder Benutzername
field-password = Passwort
field-current-password = Bisheriges Passwort
field-new-password = Neues Passwort
field-remember = Angemeldet bleiben
field-display-name = Anzeigename
field-display-name-hint = Andere Spieler sehen ihn. Du kannst ihn jederzeit ändern.
field-email = E-Mail
field-new-email = Neue E-Mail
field-code = Sechsstelliger Code
field-code-hint = Er steht in der Mail allein in einer Zeile und gilt eine Stunde.

amazon-failing = Amazon ist gerade nicht erreichbar
amazon-failing-signed-out = Mit deinem Passwort kannst du dich anmelden. „Login mit Amazon“ führt dich vielleicht noch zu Amazon, aber der Rückweg klappt gerade nicht. Versuch es in ein paar Minuten noch einmal.
amazon-failing-signed-in = Amazons eigene Seite öffnet sich vielleicht noch, aber der Rückweg klappt gerade nicht. Dein Konto funktioniert wie gewohnt; versuch es in ein paar Minuten noch einmal.

pace-ago-moment = gerade eben
pace-ago-minutes = { $count ->
    [one] vor 1 Minute
   *[other] vor { $count } Minuten
}
pace-ago-hours = { $count ->
    [one] vor 1 Stunde
   *[other] vor { $count } Stunden
}
pace-ago-days = { $count ->
    [one] vor 1 Tag
   *[other] vor { $count } Tagen
}
pace-ago-months = { $count ->
    [one] vor 1 Monat
   *[other] vor { $count } Monaten
}
pace-ago-years = { $count ->
    [one] vor 1 Jahr
   *[other] vor { $count } Jahren
}
pace-in-moment = gleich
pace-in-minutes = { $count ->
    [one] in 1 Minute
   *[other] in { $count } Minuten
}
pace-in-hours = { $count ->
    [one] in 1 Stunde
   *[other] in { $count } Stunden
}
pace-in-days = { $count ->
    [one] in 1 Tag
   *[other] in { $count } Tagen
}
pace-in-months = { $count ->
    [one] in 1 Monat
   *[other] in { $count } Monaten
}
pace-in-years = { $count ->
    [one] in 1 Jahr
   *[other] in { $count } Jahren
}
