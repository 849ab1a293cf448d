# Was ein Spieler mitnimmt, und wie ein Spieler geht.

nav-data = Daten

data-heading = Deine Daten
data-lead = Alles, was wir über dich haben, gehört dir: Nimm es mit oder lass es löschen.

data-take = Mitnehmen
data-take-body = Eine Datei in JSON: Text, den jeder Editor öffnet und andere Programme lesen können.
data-in-it = Darin steht:
data-in-account = dein Konto: Namen, E-Mail-Adresse, Sprache, Gruppen, in die ein Spiel dich gesteckt hat, was ein Spiel bei deinem Spieler ablegt, und wann es angelegt wurde
data-in-amazon = deine Verknüpfung mit Amazon: Kennung, Name und E-Mail dort, was du erlaubt hast, Zustand und Daten; und wann frühere Verknüpfungen begannen und endeten
data-in-places = die Browser, Spiele und Geräte, in denen du angemeldet bist, und Codes, die gerade offen sind
data-in-mails = welche Mails wir dir geschickt haben, wann und an welche Adresse
data-in-history = das Protokoll dessen, was mit deinem Konto geschah, auch was der Support tat und warum
data-in-notes = was unser Support über dich notiert hat
data-not-in-it = Nicht darin: dein Passwort, Codes und Amazons Tokens, denn wer die Datei hätte, käme damit hinein; Namen unserer Leute; und alles über andere.
data-download = Meine Daten herunterladen
data-take-mail = Bewahre die Datei gut auf. Wir schreiben dir, dass sie geholt wurde, falls du es nicht warst.
data-take-care = Bewahre die Datei gut auf: Sie sagt viel über dich.
notice-data-ready-title = Danke, du bist es
notice-data-ready-body = Du kannst deine Daten jetzt herunterladen.

data-kept = Wie lange wir sie behalten
data-kept-all = Alles, Art für Art
data-kept-account = Dein Konto und deine Verknüpfung: solange du willst.
data-kept-places = Wo du angemeldet bist: bis du dich abmeldest oder die Zeit vorbei ist.
data-kept-mails = Welche Mails wir geschickt haben: 30 Tage.
data-record-days = { $count ->
    [one] Das Protokoll dessen, was geschah: einen Tag.
   *[other] Das Protokoll dessen, was geschah: { $count } Tage.
}
data-backup-days = { $count ->
    [one] Sicherungen: Was hier weg ist, ist dort binnen eines Tages weg.
   *[other] Sicherungen: Was hier weg ist, ist dort binnen { $count } Tagen weg.
}

data-go = Für immer gehen
data-go-body = Du kannst dein Konto mit allem darin löschen. Wir zeigen dir vorher, was verschwindet und was bleibt.
data-delete = Mein Konto löschen

data-delete-heading = Dein Konto löschen
data-delete-lead = { $player } und alles, was wir über dich wissen, werden sofort gelöscht. Niemand kann sie zurückholen, auch wir nicht.
data-delete-lead-nameless = Dein Spieler und alles, was wir über dich wissen, werden sofort gelöscht. Niemand kann sie zurückholen, auch wir nicht.
data-delete-goes = Was verschwindet
data-delete-goes-account = Dein Konto mit Namen, E-Mail-Adresse, Benutzername und Passwort.
data-delete-goes-ways = Jeder Ort, an dem du angemeldet bist, jeder Passkey, jedes Gerät, das von selbst hineinkommt, und alle offenen Codes und Links.
data-delete-goes-amazon = Deine Verknüpfung mit Amazon samt Tokens und was wir von früheren behalten haben.
data-delete-goes-rest = Die Mails an dich, die Notizen des Supports und der Schlüssel zu allem Persönlichen im Protokoll.
data-delete-again = Danach kannst du jederzeit wiederkommen, mit derselben E-Mail, demselben Benutzernamen oder demselben Amazon-Konto. Du fängst dann neu an und bekommst nichts von diesem Konto.
data-delete-stays = Was bleibt, und warum
data-delete-record-days = { $count ->
    [one] Dass mit diesem Konto etwas geschah, unter seiner Zufallskennung und ohne etwas über dich: einen Tag, damit sich Missbrauch finden lässt.
   *[other] Dass mit diesem Konto etwas geschah, unter seiner Zufallskennung und ohne etwas über dich: { $count } Tage, damit sich Missbrauch finden lässt.
}
data-delete-games = Spiele erfahren, dass es diesen Spieler nicht mehr gibt. Was sie selbst behalten, müssen sie selbst löschen; frag sie.
data-delete-backup-days = { $count ->
    [one] In Sicherungen stehen deine Daten noch; binnen eines Tages sind sie auch dort weg.
   *[other] In Sicherungen stehen deine Daten noch; binnen { $count } Tagen sind sie auch dort weg.
}
data-delete-mail = Eine letzte Mail sagt dir, dass es geschehen ist. In ihr steht eine Quittung mit der Zahl der gelöschten Einträge.
data-delete-before = Bevor du gehst
data-delete-before-take = Lade deine Daten herunter, wenn du sie behalten willst.
data-delete-now = Jetzt löschen
data-delete-confirm = Tippe { $word }, um dein Konto zu löschen
data-delete-confirm-hint = Damit es niemand aus Versehen tut.
data-delete-word = LÖSCHEN
data-delete-wrong = Tippe das Wort { $word }, wenn du dein Konto löschen willst.
data-delete-keep = Mein Konto behalten
data-delete-lead-closes = { $player } und alles, was wir über dich wissen, werden gelöscht, wenn die Frist unten vorbei ist. Danach kann niemand sie zurückholen, auch wir nicht.
data-delete-lead-closes-nameless = Dein Spieler und alles, was wir über dich wissen, werden gelöscht, wenn die Frist unten vorbei ist. Danach kann niemand sie zurückholen, auch wir nicht.
data-delete-closes = { $count ->
    [one] Zuerst wird dein Konto geschlossen: Du bist überall abgemeldet, und Spiele lassen niemanden hinein. Einen Tag lang kannst du dich hier anmelden und es behalten.
   *[other] Zuerst wird dein Konto geschlossen: Du bist überall abgemeldet, und Spiele lassen niemanden hinein. { $count } Tage lang kannst du dich hier anmelden und es behalten.
}

keep-heading = Dein Konto ist geschlossen
keep-lead = Es wird am { $day } gelöscht, mit allem, was wir über dich wissen. Bis dahin kannst du es behalten.
keep-body = Wenn du es behältst, bist du sofort angemeldet. Ein verknüpftes Amazon-Konto bleibt deins; verknüpfe es noch einmal, damit es wieder funktioniert.
keep-erase = Jetzt löschen
keep-erase-body = Wenn du nicht warten willst, lösche es jetzt. Danach kann es niemand zurückholen, auch wir nicht.
notice-account-kept-title = Dein Konto bleibt
notice-account-kept-body = Es wird nicht gelöscht. War es mit Amazon verknüpft, verknüpfe dasselbe Konto noch einmal.

closing-heading = Dein Konto ist geschlossen
closing-lead = { $count ->
    [one] Du bist überall abgemeldet. Alles, was wir über dich wissen, wird in einem Tag gelöscht.
   *[other] Du bist überall abgemeldet. Alles, was wir über dich wissen, wird in { $count } Tagen gelöscht.
}
closing-keep = Bis dahin kannst du es dir anders überlegen: Melde dich hier an wie immer und drücke „Mein Konto behalten“.
closing-mail = Wir haben dir gemailt, an welchem Tag das ist und wie du dein Konto behältst.

goodbye-heading = Dein Konto ist gelöscht
goodbye-lead = Du bist überall abgemeldet, und was wir über dich wussten, ist weg.
goodbye-mail = Hatte dein Konto eine E-Mail-Adresse, ist eine letzte Mail dorthin unterwegs.
goodbye-amazon = War es verknüpft, stehen wir bei Amazon vielleicht noch unter den Apps, die du erlaubt hast. Dort kannst du uns entfernen:
goodbye-again = Danke fürs Mitspielen. Du bist jederzeit wieder willkommen.
goodbye-home = Zur Startseite
