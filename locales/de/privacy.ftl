# Was über Menschen aufbewahrt wird, und warum. Ein Kapitel je Art von Daten; ein Test hält die Liste gegen das Schema.

privacy-heading = Datenschutz
privacy-lead = Was { $site } über dich aufbewahrt, wozu und wie lange.

privacy-player = Dein Konto
privacy-player-body = Dein Anzeigename, der Benutzername, falls du einen gewählt hast, deine E-Mail-Adresse und wann du sie bestätigt hast, deine Sprache, seit wann es dich hier gibt und ob dein Name dem bei Amazon folgt. Dein Passwort nur als Hash, der zusätzlich verschlüsselt ist; niemand kann es lesen, und wir merken uns, wann es zuletzt geändert wurde. Muss der Support ein Konto schließen, halten wir fest, wann.
privacy-player-kept = Solange das Konto besteht.
privacy-amazon = Dein Amazon-Konto
privacy-amazon-body = Solange eines verknüpft ist: die Kennung, die Amazon dir für diese App gibt, dein Name und deine E-Mail-Adresse dort, was du erlaubt hast, der Zustand der Verknüpfung und ihre Daten. Amazons Tokens sind verschlüsselt. Dein Amazon-Passwort sehen wir nie.
privacy-amazon-kept = Wird sofort entfernt, wenn du die Verknüpfung löst. Wird der Zugriff bei Amazon entfernt und war er dein einziger Zugang, bleibt die Kennung ohne Tokens stehen, damit du zurückkommen kannst.
privacy-former = Frühere Verknüpfungen
privacy-former-body = Dass es eine Verknüpfung gab, von wann bis wann, wer sie beendet hat und warum. Die Kennung bei Amazon nur als verschlüsselter Hash, damit der Support das Konto findet, nach dem du fragst.
privacy-former-kept = Solange das Konto besteht.
privacy-session = Wo du angemeldet bist
privacy-session-body = Für jeden Browser: seine Art (etwa „Firefox auf Linux“), die Umgebung seiner Netzadresse, wie und wann du dich angemeldet hast, wann du es zuletzt bestätigt hast und wann er zuletzt benutzt wurde. Du siehst die Liste unter Sicherheit und kannst jede Anmeldung beenden.
privacy-session-kept = Wird entfernt, wenn du dich abmeldest oder ihre Zeit um ist.
privacy-trip = Wege zu Amazon
privacy-trip-body = Von dem Moment, in dem du zu Amazon gehst, bis du zurück bist: wozu der Weg dient, welcher Browser ihn begonnen hat, wohin er führt und, verschlüsselt, was Amazon uns gesagt hat.
privacy-trip-kept = Zehn Minuten.
privacy-pending = Codes und Links in Mails
privacy-pending-body = Was darauf wartet, dass du eine Mail beantwortest: eine Registrierung mit Name, Adresse und Passwort-Hash, eine neue Adresse, ein Rückweg zu deiner früheren Adresse, ein neues Passwort, ein Code bei der Anmeldung. Codes und Links nur als Hash, mit der Zahl der Versuche.
privacy-pending-kept = Bis zu einer Stunde; der Rückweg zu einer früheren Adresse sieben Tage.
privacy-mail = Mails an dich
privacy-mail-body = An wen, wann und worüber wir geschrieben haben und ob die Mail hinausging. Der Text ist verschlüsselt und wird entfernt, sobald die Mail gesendet ist.
privacy-mail-kept = 30 Tage.
privacy-guess = Schutz vor dem Erraten
privacy-guess-body = Wie oft jemand etwas versucht hat, gezählt unter verschlüsselten Hashes von Konten, Adressen und Netzen. Die Zähler verraten niemandes Namen.
privacy-guess-kept = Bis zu einem Tag.
privacy-record = Aufzeichnung dessen, was geschah
privacy-record-body = Was mit deinem Konto geschah, wann, durch wen und aus welcher Umgebung des Netzes: Anmeldungen, Änderungen, Verknüpfungen und alles, was der Support getan hat. Namen, Adressen und Passwörter stehen nicht darin.
privacy-record-kept = Niemand kann sie ändern oder entfernen, solange sie zum Schutz der Konten gebraucht wird.
privacy-cookie = Cookies
privacy-cookie-body = Nur was die Seiten brauchen, verschlüsselt oder signiert: deine Anmeldung, eine Zufallszahl, die Formulare schützt, Nachrichten für die nächste Seite, ein unterbrochener Weg, ob dieser Browser schon einmal angemeldet war, und die Sprache, die du gewählt hast. Keines folgt dir anderswohin.
privacy-cookie-kept = Von Minuten bis zu einem Jahr; löschst du alle, bist du nur abgemeldet.
privacy-not = Was wir nicht tun
privacy-not-body = Keine Werbung, keine Auswertung, nichts von anderen Seiten. Deine vollständige Netzadresse wird nicht bei deinem Konto gespeichert.
