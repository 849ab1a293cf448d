# Die Mails, und die Entwicklungsseite mit denen, die gesendet worden wären.
#
# Eine Mail sagt, was geschehen ist, und was zu tun ist, wenn du es nicht warst. Ein Code steht allein auf
# einer Zeile. Was welche Mail füllt, steht in src/outbound/mail/message.rs.

mail-signature =
    -- { "" }
    { $site }
    { $portal }
mail-help = Hilfe: { $help }
mail-account-with-address = das Konto mit der Adresse { $address }
mail-account-without-address = ein Konto ohne Adresse
mail-from-browser = einem unbekannten Browser
mail-from-game = dem Spiel { $game }

mail-registration-code-subject = { $code } ist dein Code für { $site }
mail-registration-code-body =
    Hallo,

    hier ist der Code, der deine Adresse bestätigt und dein Konto bei { $site } anlegt:

    { $code }

    Gib ihn in dem Browser ein, in dem du dich registriert hast. Er gilt eine Stunde.

    Wenn du dich nicht registriert hast, ignoriere diese Mail. Ohne den Code geschieht nichts, und es entsteht kein Konto. Gib den Code niemandem, wer auch fragt.

mail-registration-taken-subject = Du hast schon ein Konto bei { $site }
mail-registration-taken-body =
    Hallo { $name },

    jemand, vielleicht du, wollte sich bei { $site } mit dieser Adresse registrieren. Sie gehört schon zu deinem Konto, deshalb wurde nichts geändert.

    Wenn du es warst, melde dich hier an:
    { $portal }/sign-in

    Wenn du dein Passwort nicht mehr weißt, wähle hier ein neues:
    { $portal }/forgot-password

    Wenn du es nicht warst, musst du nichts tun. Wer es auch war, hat nicht erfahren, dass es dieses Konto gibt.

mail-sign-in-code-subject = Dein Code zur Anmeldung bei { $site }
mail-sign-in-code-body =
    Hallo,

    in letzter Zeit gab es viele falsche Passwörter, deshalb bitten wir um einen weiteren Nachweis. Hier ist der Code zur Anmeldung bei { $site }:

    { $code }

    Er gilt eine Stunde, in dem Browser, in dem du dein Passwort eingegeben hast.

    Wenn du dich gerade nicht anmeldest, kennt jemand dein Passwort. Wähle hier ein neues:
    { $portal }/forgot-password
    Gib den Code niemandem, wer auch fragt.

mail-email-code-subject = { $code } bestätigt deine Adresse für { $site }
mail-email-code-body =
    Hallo,

    hier ist der Code, der diese Adresse in { $account } bei { $site } einträgt:

    { $code }

    Angefordert am { $when } von diesem Browser: { $browser }, Netz { $network }.

    Gib ihn in dem Browser ein, in dem du ihn angefordert hast. Er gilt eine Stunde.

    Wenn du ihn nicht angefordert hast, ignoriere diese Mail. Ohne den Code geschieht nichts. Gib den Code niemandem, wer auch fragt.

mail-email-taken-subject = Jemand wollte deine Adresse bei { $site } verwenden
mail-email-taken-body =
    Hallo { $name },

    jemand, vielleicht du, wollte diese Adresse in ein anderes Konto bei { $site } eintragen. Sie gehört zu deinem Konto, deshalb wurde nichts geändert.

    Wenn du es warst und die Adresse im anderen Konto haben willst, ändere sie zuerst in diesem:
    { $portal }/account/email

    Wenn du es nicht warst, musst du nichts tun. Wer es auch war, hat nicht erfahren, dass es dieses Konto gibt.

mail-email-restored-subject = Diese Adresse gehört nicht mehr zu deinem Konto bei { $site }
mail-email-restored-body =
    Hallo { $name },

    am { $when } hat jemand, der die Post von { $address } liest, der früheren Adresse deines Kontos bei { $site }, die Änderung der Adresse zurückgenommen. Diese Adresse gehört nicht mehr zum Konto, und alle wurden abgemeldet.

    Wenn du es warst, musst du nichts tun.

    Wenn du es nicht warst, liest jemand anderes die Post von { $address }. Melde dich mit deinem Passwort an, trag deine Adresse wieder ein, und bitte den Support um Hilfe, wenn das nicht geht:
    { $portal }/account/email

mail-email-changed-subject = Deine Adresse bei { $site } wurde geändert
mail-email-changed-body =
    Hallo { $name },

    am { $when } wurde die Adresse deines Kontos bei { $site } in { $address } geändert. Diese Adresse gehört nicht mehr dazu.

    Wenn du es warst, musst du nichts tun.

    Wenn du es nicht warst, hol die Adresse hier zurück:
    { $link }
    Wähle danach ein neues Passwort und sieh nach, wo du angemeldet bist.

mail-password-changed-subject = Dein Passwort bei { $site } wurde geändert
mail-password-changed-body =
    Hallo { $name },

    am { $when } wurde für dein Konto bei { $site } ein neues Passwort gespeichert, von: { $browser }, Netz { $network }.

    Wenn du es warst, musst du nichts tun.

    Wenn du es nicht warst, wähle sofort ein neues Passwort. Das beendet auch jede Sitzung:
    { $portal }/forgot-password

mail-sign-in-after-failures-subject = Eine Anmeldung bei { $site } nach vielen falschen Passwörtern
mail-sign-in-after-failures-body =
    Hallo { $name },

    am { $when } hat jemand das richtige Passwort für dein Konto bei { $site } eingegeben, nachdem viele Anmeldungen mit einem falschen abgelehnt worden waren. Es kam von: { $browser }, Netz { $network }.

    Wenn du es warst, musst du nichts tun.

    Wenn du es nicht warst, kennt jemand dein Passwort. Wähle sofort ein neues; das beendet auch jede Sitzung:
    { $portal }/forgot-password

mail-password-removed-subject = Dein Passwort bei { $site } wurde entfernt
mail-password-removed-body =
    Hallo { $name },

    am { $when } wurde das Passwort deines Kontos bei { $site } entfernt. Du meldest dich nun mit Amazon oder einem Passkey an.

    Wenn du es warst, musst du nichts tun.

    Wenn du es nicht warst, wähle sofort ein neues Passwort. Das beendet auch jede Sitzung:
    { $portal }/forgot-password

mail-two-step-on-subject = Anmeldung in zwei Schritten bei { $site } eingeschaltet
mail-two-step-on-body =
    Hallo { $name },

    am { $when } wurde für dein Konto bei { $site } die Anmeldung in zwei Schritten eingeschaltet, von: { $browser }, Netz { $network }. Wer sich anmeldet, braucht auch einen Code aus einer App.

    Wenn du es warst, bewahre deine Ersatzcodes gut auf. Sonst musst du nichts tun.

    Wenn du es nicht warst, wähle sofort ein neues Passwort und sag unserem Support Bescheid:
    { $portal }/forgot-password

mail-two-step-off-subject = Anmeldung in zwei Schritten bei { $site } ausgeschaltet
mail-two-step-off-body =
    Hallo { $name },

    am { $when } wurde für dein Konto bei { $site } die Anmeldung in zwei Schritten ausgeschaltet, von: { $browser }, Netz { $network }. Nach einem Code wird nicht mehr gefragt.

    Wenn du es warst, musst du nichts tun.

    Wenn du es nicht warst, wähle sofort ein neues Passwort. Das beendet auch jede Sitzung:
    { $portal }/forgot-password

mail-factor-recovery-link-subject = Du hast deinen zweiten Faktor bei { $site } verloren?
mail-factor-recovery-link-body =
    Hallo { $name },

    am { $when } hat sich jemand bei deinem Konto bei { $site } bis zum Code der Anmeldung in zwei Schritten angemeldet und gemeldet, dass der zweite Faktor verloren ist.

    Wenn du es warst, öffne diesen Link und beginne die Wartezeit. Er gilt nur kurz. Bevor die Wartezeit vorbei ist, wird nichts ausgeschaltet:
    { $link }

    Wenn du es nicht warst, öffne ihn nicht. Jemand kennt dein Passwort oder kommt in dein Amazon-Konto. Wähle sofort ein neues Passwort:
    { $portal }/forgot-password

mail-factor-recovery-runs-subject = Die Anmeldung in zwei Schritten bei { $site } wird ausgeschaltet
mail-factor-recovery-runs-body =
    Hallo { $name },

    ab { $day } kann die Anmeldung in zwei Schritten deines Kontos bei { $site } ausschalten, wer dein Passwort kennt oder in dein Amazon-Konto kommt. Jemand hat gemeldet, dass der zweite Faktor verloren ist, und die Wartezeit mit einem Link aus einer E-Mail an dich begonnen.

    Wenn du es warst, warte ab. Melde dich danach hier noch einmal an:
    { $portal }/sign-in

    Wenn du es nicht warst, brich es jetzt ab:
    { $link }

    Wähle danach ein neues Passwort, für dein Konto und für dein Postfach:
    { $portal }/forgot-password

    Diese E-Mail bekommst du jeden Tag, bis die Wartezeit vorbei ist.

mail-factor-recovery-due-subject = Die Anmeldung in zwei Schritten bei { $site } lässt sich jetzt ausschalten
mail-factor-recovery-due-body =
    Hallo { $name },

    die Wartezeit für deinen verlorenen zweiten Faktor bei { $site } ist vorbei. Melde dich an, sag, dass der zweite Faktor verloren ist, und schalte die Anmeldung in zwei Schritten aus. Das geht zwei Wochen lang:
    { $portal }/sign-in

    Wenn du das nicht wolltest, brich es jetzt ab und wähle ein neues Passwort:
    { $link }

mail-factor-recovery-cancelled-subject = Die Anmeldung in zwei Schritten bei { $site } bleibt eingeschaltet
mail-factor-recovery-cancelled-body =
    Hallo { $name },

    am { $when } hat jemand, der bei deinem Konto bei { $site } angemeldet ist oder deine E-Mails liest, das Ausschalten abgebrochen. Die Anmeldung in zwei Schritten bleibt eingeschaltet.

    Wenn nicht du sie ausschalten wolltest, kennt jemand dein Passwort oder kommt in dein Amazon-Konto. Wähle ein neues Passwort:
    { $portal }/forgot-password

mail-recovery-codes-renewed-subject = Neue Ersatzcodes für { $site }
mail-recovery-codes-renewed-body =
    Hallo { $name },

    am { $when } wurden für dein Konto bei { $site } neue Ersatzcodes erstellt, von: { $browser }, Netz { $network }. Die früheren gelten nicht mehr.

    Wenn du es warst, musst du nichts tun.

    Wenn du es nicht warst, wähle sofort ein neues Passwort. Das beendet auch jede Sitzung:
    { $portal }/forgot-password

mail-recovery-code-used-subject = Ein Ersatzcode wurde bei { $site } benutzt
mail-recovery-code-used-body =
    Hallo { $name },

    am { $when } wurde einer deiner Ersatzcodes für dein Konto bei { $site } benutzt, von: { $browser }, Netz { $network }. Er gilt nicht noch einmal.

    Wenn du es warst, siehst du hier, wie viele du noch hast, und kannst neue erstellen:
    { $portal }/account/two-step

    Wenn du es nicht warst, wähle sofort ein neues Passwort. Das beendet auch jede Sitzung:
    { $portal }/forgot-password

mail-password-reset-subject = Dein Passwort bei { $site } wurde zurückgesetzt
mail-password-reset-body =
    Hallo,

    am { $when } wurde das Passwort deines Kontos bei { $site } über einen Link zurückgesetzt, den wir dir geschickt hatten. Jede Sitzung wurde beendet.

    { $open ->
        [yes]
            Dies öffnet das Konto weiterhin:
            { $list }

            Entferne hier, was nicht deins ist:
       *[no] Nichts anderes öffnet das Konto. Was es öffnet, steht immer hier:
    }
    { $portal }/account/security/access

    Wenn du das nicht warst, kann jemand deine Mails lesen. Sichere zuerst dein Postfach und wähle dann hier ein neues Passwort:
    { $portal }/forgot-password

mail-password-reset-link-subject = Wähle ein neues Passwort für { $site }
mail-password-reset-link-body =
    Hallo,

    jemand, hoffentlich du, hat bei { $site } ein neues Passwort angefordert. Wähle es hier:
    { $portal }/reset-password?token={ $token }

    Der Link gilt einmal und läuft bald ab; nur der neueste zählt. Sobald das neue Passwort gespeichert ist, endet jede Sitzung.

    Wenn du das nicht warst, ignoriere diese Mail. Dein Passwort bleibt, wie es ist.

mail-amazon-linked-subject = Ein Amazon-Konto wurde bei { $site } verknüpft
mail-amazon-linked-body =
    Hallo { $name },

    am { $when } wurde ein Amazon-Konto mit deinem Konto bei { $site } verknüpft: { $amazon }. Man kann sich ab jetzt damit anmelden.

    Wenn du es warst, musst du nichts tun.

    Wenn du es nicht warst, trenne es und wähle ein neues Passwort:
    { $portal }/account
    { $portal }/account/password

mail-amazon-linked-by-code-subject = Dein Amazon-Konto wurde bei { $site } verknüpft
mail-amazon-linked-by-code-body =
    Hallo,

    am { $when } hat jemand, der im Amazon-Konto mit dieser Adresse angemeldet war, einen Code eingegeben, den ein Fernseher oder eine Konsole zeigte. Seitdem ist dieses Amazon-Konto mit einem Spieler bei { $site } verknüpft.

    Wenn du es warst, musst du nichts tun.

    Wenn du es nicht warst oder dir jemand den Code geschickt hat, mach es hier binnen sieben Tagen rückgängig. Du musst dich dafür nicht anmelden:
    { $link }

mail-amazon-replaced-subject = Dein verknüpftes Amazon-Konto bei { $site } wurde ersetzt
mail-amazon-replaced-body =
    Hallo { $name },

    am { $when } wurde das Amazon-Konto ersetzt, das mit deinem Konto bei { $site } verknüpft ist.

    Bis dahin verknüpft: { $former }
    Seitdem verknüpft: { $amazon }

    Anmelden kann man sich nur noch mit dem neuen.

    Wenn du es warst, musst du nichts tun.

    Wenn du es nicht warst, trenne es und wähle ein neues Passwort:
    { $portal }/account
    { $portal }/account/password

mail-link-code-subject = Dein Code, um dein Amazon-Konto bei { $site } zu bestätigen
mail-link-code-body =
    Hallo { $name },

    jemand meldet sich bei { $site } mit diesem Amazon-Konto an, das ein Spiel mit deinem Spieler verknüpft hat: { $amazon }. Wenn du es bist, bestätigt dieser Code, dass der Spieler deiner ist:

    { $code }

    Er gilt zehn Minuten, in dem Browser, der ihn verlangt hat.

    Wenn du es nicht bist, gib den Code niemandem. Melde dich an und trenne das Amazon-Konto:
    { $portal }/account

mail-amazon-confirmed-subject = Dein Amazon-Konto wurde bei { $site } bestätigt
mail-amazon-confirmed-body =
    Hallo { $name },

    am { $when } wurde das Amazon-Konto bestätigt, das ein Spiel mit deinem Konto bei { $site } verknüpft hatte: { $amazon }. Man kann sich ab jetzt auch im Browser damit anmelden.

    Wenn du es warst, musst du nichts tun.

    Wenn du es nicht warst, trenne es und wähle ein neues Passwort:
    { $portal }/account
    { $portal }/account/password

mail-amazon-denied-subject = Die Verknüpfung eines Spiels wurde bei { $site } abgelehnt
mail-amazon-denied-body =
    Hallo { $name },

    ein Spiel hatte dieses Amazon-Konto mit deinem Konto bei { $site } verknüpft: { $amazon }. Am { $when } sagte, wer dieses Amazon-Konto hat, dass es ein anderer war. Die Verknüpfung ist weg, und niemand wurde angemeldet.

    Wenn du sie nicht selbst hergestellt hast, nutzt vielleicht jemand dein Spiel. Wähle ein neues Passwort, das meldet alle anderen ab:
    { $portal }/account/password

mail-amazon-unlinked-subject = Dein Amazon-Konto wurde bei { $site } getrennt
mail-amazon-unlinked-body =
    Hallo { $name },

    am { $when } wurde dieses Amazon-Konto von deinem Konto bei { $site } getrennt: { $amazon }. Man kann sich nicht mehr damit anmelden.

    Bei Amazon selbst stehen wir vielleicht noch unter den Apps, die du erlaubt hast. Dort kannst du uns entfernen:
    { $apps }

    Wenn du es nicht warst, wähle ein neues Passwort und verknüpfe dein Amazon-Konto dann wieder:
    { $portal }/account/password
    { $portal }/account

mail-amazon-revoked-subject = Amazon hat die Verknüpfung mit { $site } beendet
mail-amazon-revoked-body =
    Hallo { $name },

    am { $when } hat uns Amazon mitgeteilt, dass der Zugriff auf dieses Amazon-Konto beendet ist: { $amazon }. Das geschieht, wenn du uns bei Amazon aus deinen Apps entfernst. Die Verknüpfung mit deinem Konto bei { $site } ist vorbei, und wir haben ihren Zugriff gelöscht.

    Wenn du das wolltest, musst du nichts tun.

    Wenn nicht, verknüpfe es hier wieder:
    { $portal }/account

outbox-heading = Postausgang
outbox-lead = Nur in der Entwicklung: Mails, die gesendet worden wären, die neueste zuerst.
outbox-empty = Noch wurde nichts gesendet.

mail-device-added-subject = Ein Gerät kommt in dein Konto bei { $site }
mail-device-added-body =
    Hallo { $name },

    am { $when } hat sich ein Gerät ohne Passwort bei deinem Spieler bei { $site } angemeldet: { $device }. Es darf das wieder tun, aber nur zum Spielen.

    Ist es deins, musst du nichts tun.

    Ist es das nicht, sperre es hier:
    { $portal }/account/devices

mail-signed-in-by-code-subject = Ein Fernseher oder eine Konsole ist in deinem Konto bei { $site } angemeldet
mail-signed-in-by-code-body =
    Hallo { $name },

    am { $when } hat jemand, der in deinem Konto bei { $site } angemeldet war, einen Fernseher oder eine Konsole per Code hereingelassen: { $device }, im Netz { $network }. Das Gerät darf als du spielen, aber nicht ändern, wie du dich anmeldest.

    Wenn du es warst, musst du nichts tun.

    Wenn du es nicht warst oder dir jemand den Code geschickt hat, melde das Gerät hier ab und wähle ein neues Passwort:
    { $portal }/account/security
    { $portal }/account/password

mail-data-exported-subject = Deine Daten wurden bei { $site } geholt
mail-data-exported-body =
    Hallo { $name },

    am { $when } wurde eine Datei mit allem geholt, was { $site } über dich hat. Kein Passwort und kein Code steht darin, aber sie sagt viel über dich.

    Wenn du es warst, bewahre die Datei gut auf.

    Wenn du es nicht warst, wähle ein neues Passwort und beende dann die Sitzungen, die du nicht kennst:
    { $portal }/account/password
    { $portal }/account/security

mail-account-closing-subject = Dein Konto bei { $site } ist geschlossen
mail-account-closing-body =
    Hallo { $name },

    am { $when } hast du uns gebeten, dein Konto bei { $site } zu löschen. Es ist jetzt geschlossen und wird am { $day } gelöscht, mit allem, was wir über dich wissen.

    Wenn du es behalten willst, oder wenn du es nicht warst, melde dich vor diesem Tag an und drücke „Mein Konto behalten“:
    { $portal }/sign-in

    Wenn du es nicht warst, wähle auch ein neues Passwort:
    { $portal }/forgot-password

mail-account-kept-subject = Dein Konto bei { $site } bleibt
mail-account-kept-body =
    Hallo { $name },

    am { $when } hat sich jemand in deinem Konto bei { $site } angemeldet und es behalten. Es wird nicht gelöscht.

    Wenn du das nicht warst, wähle ein neues Passwort und lösche das Konto dann noch einmal:
    { $portal }/forgot-password
    { $portal }/account/data

mail-account-erased-subject = Dein Konto bei { $site } wurde gelöscht
mail-account-erased-body =
    Hallo { $name },

    am { $when } wurde dein Konto bei { $site } gelöscht, mit allem, was wir über dich wussten. Es lässt sich nicht zurückholen. Das ist unsere letzte Mail dazu.

    War es verknüpft, stehen wir bei Amazon vielleicht noch unter den Apps, die du erlaubt hast. Dort kannst du uns entfernen:
    { $apps }

    Wenn du es nicht gelöscht hast, sag es uns und wähle ein neues Passwort für dieses Postfach: Wer es war, konnte in dein Konto.

    Du bist jederzeit wieder willkommen:
    { $portal }/register

    Das ist die Quittung mit der Zahl der gelöschten Einträge. Nur wir können sie bestätigen. Bewahre sie auf, falls du einmal zeigen willst, dass wir deine Daten gelöscht haben:
    { $receipt }

mail-support-unlinked-subject = Der Support hat dein Amazon-Konto bei { $site } getrennt
mail-support-unlinked-body =
    Hallo { $name },

    am { $when } hat der Support dieses Amazon-Konto von deinem Konto bei { $site } getrennt: { $amazon }. Man kann sich nicht mehr damit anmelden, und wo du damit angemeldet warst, bist du abgemeldet.

    Du kannst jederzeit wieder ein Amazon-Konto verknüpfen:
    { $portal }/account

    Was der Support an deinem Konto tut, steht hier:
    { $portal }/account/activity

    Wenn du nicht darum gebeten hast, melde dich beim Support.

mail-support-unlinked-recovery-subject = Der Support hat dein Amazon-Konto bei { $site } getrennt
mail-support-unlinked-recovery-body =
    Hallo { $name },

    am { $when } hat der Support dieses Amazon-Konto von deinem Konto bei { $site } getrennt: { $amazon }. Es war dein einziger Weg hinein, wähle deshalb jetzt ein Passwort:
    { $portal }/reset-password?token={ $token }

    Der Link gilt einmal und läuft bald ab. Wenn es zu spät ist, fordere mit dieser Adresse einen neuen an:
    { $portal }/forgot-password

    Melde dich danach mit dieser Adresse und deinem Passwort an. Du kannst jederzeit wieder ein Amazon-Konto verknüpfen.

    Wenn du nicht darum gebeten hast, melde dich beim Support.

mail-support-checked-link-subject = Der Support hat deine Amazon-Verknüpfung bei { $site } geprüft
mail-support-checked-link-body =
    Hallo { $name },

    am { $when } hat der Support geprüft, ob das Amazon-Konto, das mit deinem Konto bei { $site } verknüpft ist, noch funktioniert. { $outcome ->
        [active] Amazon hat es bestätigt. Du musst nichts tun.
        [revoked] Amazon hat geantwortet, dass der Zugriff beendet ist; es gilt deshalb nicht mehr als verknüpft. Hier kannst du es wieder verknüpfen:
            { $portal }/account
        [needs_reconnect] Es muss neu verknüpft werden, bevor es wieder funktioniert. Das geht hier:
            { $portal }/account
       *[unasked] Nichts wurde geändert. Du musst nichts tun.
    }

    Was der Support an deinem Konto tut, steht hier:
    { $portal }/account/activity

    Wenn du nicht darum gebeten hast, melde dich beim Support.

mail-support-ended-sessions-subject = Der Support hat dich bei { $site } überall abgemeldet
mail-support-ended-sessions-body =
    Hallo { $name },

    am { $when } hat der Support alle Sitzungen deines Kontos bei { $site } beendet, in Browsern und in Spielen. Melde dich wieder an, wo du es brauchst:
    { $portal }/sign-in

    Was der Support an deinem Konto tut, steht hier:
    { $portal }/account/activity

    Wenn du nicht darum gebeten hast, melde dich beim Support.

mail-support-sent-reset-subject = Wähle ein neues Passwort für { $site }
mail-support-sent-reset-body =
    Hallo { $name },

    am { $when } hat dir der Support diesen Link geschickt. Damit wählst du ein Passwort für dein Konto bei { $site }:
    { $portal }/reset-password?token={ $token }

    Der Link gilt einmal und läuft bald ab; nur der neueste zählt. Sobald das neue Passwort gespeichert ist, endet jede Sitzung. Melde dich danach mit dieser Adresse und deinem Passwort an, auch wenn du bisher keines hattest. Niemand sonst braucht den Link: Der Support wird nie danach fragen.

    Wenn du nicht darum gebeten hast, beachte den Link nicht und melde dich beim Support. Solange du ihn nicht benutzt, ändert sich nichts.

mail-support-disabled-subject = Der Support hat dein Konto bei { $site } gesperrt
mail-support-disabled-body =
    Hallo { $name },

    am { $when } hat der Support dein Konto bei { $site } gesperrt. Jede Sitzung ist beendet, und niemand kann sich anmelden. Gelöscht wurde nichts.

    Wenn du wissen willst, warum, oder es für einen Fehler hältst, melde dich beim Support.

mail-support-enabled-subject = Der Support hat dein Konto bei { $site } wieder freigegeben
mail-support-enabled-body =
    Hallo { $name },

    am { $when } hat der Support dein Konto bei { $site } wieder freigegeben. Du kannst dich anmelden wie zuvor:
    { $portal }/sign-in

    Wenn du Fragen hast, melde dich beim Support.

mail-support-wrote-note-subject = Der Support hat eine Notiz zu deinem Konto bei { $site } geschrieben
mail-support-wrote-note-body =
    Hallo { $name },

    am { $when } hat der Support eine Notiz zu deinem Konto bei { $site } geschrieben, für alle, die dir als Nächstes helfen. Sie ändert nichts. Du kannst sie in der Datei lesen, die du hier bekommst:
    { $portal }/account/data

    Was der Support an deinem Konto tut, steht hier:
    { $portal }/account/activity

    Wenn du nicht mit dem Support gesprochen hast, frag, worum es in der Notiz geht.

mail-passkey-added-subject = Deinem Konto bei { $site } wurde ein Passkey hinzugefügt

mail-passkey-added-body =
    Hallo { $name },

    am { $when } wurde deinem Konto bei { $site } der Passkey { $passkey } hinzugefügt, von: { $browser }, Netz { $network }.

    Wenn du es warst, musst du nichts tun.

    Wenn du es nicht warst, wähle sofort ein neues Passwort und entferne dann den Passkey:
    { $portal }/forgot-password
    { $portal }/account/passkeys

mail-passkey-removed-subject = Von deinem Konto bei { $site } wurde ein Passkey entfernt

mail-passkey-removed-body =
    Hallo { $name },

    am { $when } wurde der Passkey { $passkey } von deinem Konto bei { $site } entfernt. Niemand kann sich mehr damit anmelden.

    Wenn du es warst, musst du nichts tun.

    Wenn du es nicht warst, wähle sofort ein neues Passwort. Das beendet auch jede Sitzung:
    { $portal }/forgot-password

mail-passkey-copy-suspected-subject = Eine Anmeldung mit deinem Passkey bei { $site } wurde abgelehnt

mail-passkey-copy-suspected-body =
    Hallo { $name },

    am { $when } hat jemand den Passkey { $passkey } für dein Konto bei { $site } benutzt, von: { $browser }, Netz { $network }. Wir haben das abgelehnt: Vielleicht gibt es eine Kopie dieses Passkeys, oder das Gerät, das ihn aufhebt, zählt falsch.

    Melde dich anders an, entferne den Passkey und füge einen neuen hinzu:
    { $portal }/account/passkeys
