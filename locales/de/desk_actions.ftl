# Was der Support für einen Spieler tut, und die Bremse auf der Startseite des Supports.

actions-none = Deine Rolle kann Spieler ansehen, aber nichts ändern.
action-told = Der Spieler erfährt per Mail, dass der Support das getan hat, nicht warum und nicht wer.
action-untold = Es gibt keine bestätigte Adresse, deshalb erfährt der Spieler es nicht per Mail. Es steht im eigenen Verlauf des Kontos.
action-told-by-itself = In der Mail steht, dass der Support sie geschickt hat.

action-check-link = Jetzt bei Amazon prüfen
action-check-link-body = Amazon wird gefragt, ob die Verknüpfung noch gilt. Sagt Amazon, dass der Zugriff beendet ist, werden ihre Tokens gelöscht, und die Verknüpfung endet, wenn sie nicht der einzige Weg hinein ist.
action-unlink-amazon = Amazon-Konto trennen
action-unlink-amazon-body = Die Verknüpfung und ihre Tokens werden gelöscht, und jede Sitzung endet, die Amazon geöffnet hat. Mit dem Passwort kommt der Spieler weiter hinein.
action-unlink-amazon-recovery = Das ist der einzige Weg hinein. Die Verknüpfung und ihre Tokens werden gelöscht, jede Sitzung endet, die Amazon geöffnet hat, und der Spieler bekommt per Mail einen Link, um ein Passwort zu wählen.
action-unlink-amazon-last = Das ist der einzige Weg hinein, und es gibt keine bestätigte Adresse für einen anderen. Bitte den Spieler, sich mit Amazon anzumelden und ein Passwort zu setzen oder eine Adresse anzugeben.
action-unlink-amazon-disabled = Das ist der einzige Weg hinein, und das Konto ist gesperrt; ein Link zur Passwortwahl würde nichts öffnen. Gib das Konto zuerst frei.
action-end-sessions = Sitzungen beenden
action-end-sessions-body = { $count ->
    [one] Die eine Sitzung endet jetzt. Der Spieler meldet sich neu an.
   *[other] Alle { $count } Sitzungen enden jetzt, in Browsern und in Spielen. Der Spieler meldet sich neu an.
}
action-send-reset = Link für neues Passwort senden
action-send-reset-body = Der Spieler bekommt einen Link an die bestätigte Adresse und wählt damit ein Passwort, auch ein erstes. Ein älterer Link gilt nicht mehr.
action-send-reset-no-address = Es gibt keine bestätigte Adresse für einen Link.
action-send-reset-disabled = Das Konto ist gesperrt; ein Link zur Passwortwahl würde nichts öffnen. Gib das Konto zuerst frei.
action-send-reset-closing = Das Konto ist geschlossen. Der Spieler fordert auf unserer Seite ein neues Passwort an, meldet sich damit an und behält das Konto.
action-enable-closing = Das Konto ist geschlossen, weil der Spieler es löschen will. Nur er kann es behalten, indem er sich anmeldet.
action-note = Notiz hinzufügen
action-note-body = Für alle, die als Nächstes helfen. Der Spieler kann sie in einem Auszug seiner Daten lesen.
action-note-field = Notiz
action-note-unfit = Schreib eine Notiz mit höchstens 2.000 Zeichen, als einfachen Text.
action-disable = Konto sperren
action-disable-body = Jede Sitzung endet, in Browsern und in Spielen, und niemand kommt hinein, bis das Konto wieder freigegeben ist. Gelöscht wird nichts.
action-enable = Konto freigeben
action-enable-body = Der Spieler kommt wieder hinein, auf denselben Wegen wie zuvor.

action-prove = Bestätigen, dass du es bist
notice-support-prove-first-title = Bestätige zuerst, dass du es bist
notice-support-prove-first-body = Diese Notiz ist zu lang, um so lange zu warten; sie steht deshalb noch hier. Bestätige in einem anderen Tab und drück dann noch einmal auf den Knopf.

notice-support-check-active-title = Die Verknüpfung gilt
notice-support-check-active-body = Amazon wurde gerade gefragt und hat ihre Tokens erneuert.
notice-support-check-reconnect-title = Der Spieler muss neu verknüpfen
notice-support-check-reconnect-body = Amazon hat die Verknüpfung nicht beendet, aber was wir davon haben, gilt nicht mehr. Wenn der Spieler dasselbe Amazon-Konto noch einmal verknüpft, ist das behoben.
notice-support-check-revoked-title = Amazon hat die Verknüpfung beendet
notice-support-check-revoked-body = Der Spieler oder Amazon hat den Zugriff entzogen. Die Tokens sind gelöscht. Der Spieler kann neu verknüpfen.
notice-support-check-unasked-title = Damit lässt sich Amazon nicht fragen
notice-support-check-unasked-body = Diese Verknüpfung kam aus einem Spiel, ohne die Mittel, sie zu erneuern. Sie gilt, bis ihr Token endet.
notice-support-check-later-title = Amazon antwortet gerade nicht
notice-support-check-later-body = Nichts wurde geändert. Versuch es in { $name } Sekunden noch einmal.
notice-support-unlinked-title = Getrennt
notice-support-unlinked-body = Das Amazon-Konto ist nicht mehr verknüpft, und die Sitzungen, die es geöffnet hat, sind beendet.
notice-support-unlinked-recovery-title = Getrennt, und ein Weg zurück ist unterwegs
notice-support-unlinked-recovery-body = Das Amazon-Konto ist nicht mehr verknüpft. Der Spieler hat eine Mail mit einem Link, um ein Passwort zu wählen.
notice-support-ended-sessions-title = Überall abgemeldet
notice-support-ended-sessions-body = Beendete Sitzungen: { $name }.
notice-support-sent-reset-title = Der Link ist unterwegs
notice-support-sent-reset-body = Er gilt einmal und läuft bald ab. Ein älterer gilt nicht mehr.
notice-support-disabled-title = Gesperrt
notice-support-disabled-body = Jede Sitzung ist beendet, und niemand kommt hinein.
notice-support-enabled-title = Freigegeben
notice-support-enabled-body = Der Spieler kommt wieder hinein.
notice-support-noted-title = Notiert
notice-support-noted-body = Die Notiz steht bei den anderen.

notice-support-changed-title = Inzwischen hat sich etwas geändert
notice-support-changed-body = Eben ist nichts geschehen. Die Seite zeigt, wie es jetzt ist; entscheide neu.
notice-support-changed-by-title = { notice-support-changed-title }
notice-support-changed-by-body = Eben ist nichts geschehen. Zuletzt hat das { $who } getan, am { $when }. Die Seite zeigt, wie es jetzt ist; entscheide neu.
notice-support-last-method-title = Das ist der einzige Weg hinein
notice-support-last-method-body = Es gibt keine bestätigte Adresse für einen anderen, deshalb bleibt die Verknüpfung. Bitte den Spieler, ein Passwort zu setzen oder eine Adresse anzugeben.
notice-support-no-address-title = Es gibt keine bestätigte Adresse
notice-support-no-address-body = Nichts wurde gesendet.
notice-support-is-disabled-title = Das Konto ist gesperrt
notice-support-is-disabled-body = Nichts ist geschehen: Ein Link zur Passwortwahl würde nichts öffnen. Gib das Konto zuerst frei.
notice-support-no-way-in-title = Nichts würde den Spieler hineinlassen
notice-support-no-way-in-body = Es gibt kein Passwort, kein Amazon-Konto, kein Gerät und keine Adresse. Das Gerät, das dieses Konto geöffnet hat, öffnet jetzt ein anderes.
notice-support-reset-throttled-title = Genug Mails für jetzt
notice-support-reset-throttled-body = In einer Stunde sind drei Links an dieses Konto gegangen. Der neueste gilt; bitte den Spieler, danach zu suchen.

brake-heading = Die Bremse ist gezogen
brake-body = Amazon hat { $refused } von { $refreshes } Erneuerungen innerhalb von zehn Minuten abgelehnt. Bis die Bremse gelöst ist, endet keine Verknüpfung auf Amazons Wort.
brake-since = Gezogen seit
brake-advice = Sieh zuerst nach dem Client bei Amazon: Wenn er dort geändert oder gelöscht wurde, würde jede Verknüpfung enden. Löse die Bremse nur, wenn wirklich so viele Spieler den Zugriff entzogen haben.
brake-release = Bremse lösen
notice-brake-released-title = Die Bremse ist gelöst
notice-brake-released-body = Nach Verknüpfungen, die sie gehalten hat, wird innerhalb von zwanzig Minuten neu gefragt; sie enden, wenn Amazon sie weiter ablehnt.
notice-brake-changed-title = Die Bremse ist nicht mehr, wie sie war
notice-brake-changed-body = Nichts ist geschehen. Die Seite zeigt, wie es jetzt ist.
notice-brake-changed-off-title = { notice-brake-changed-title }
notice-brake-changed-off-body = Nichts ist geschehen: Die Bremse ist gelöst. Das war { $who }, am { $when }.

letter-about-support-unlinked = Support hat Amazon getrennt
letter-about-support-unlinked-recovery = Support hat Amazon getrennt, mit Link zur Passwortwahl
letter-about-support-checked-link = Support hat die Verknüpfung geprüft
letter-about-support-ended-sessions = Support hat die Sitzungen beendet
letter-about-support-sent-reset = Link zur Passwortwahl, vom Support
letter-about-support-disabled = Support hat das Konto gesperrt
letter-about-support-enabled = Support hat das Konto freigegeben
letter-about-support-wrote-note = Support hat eine Notiz geschrieben
