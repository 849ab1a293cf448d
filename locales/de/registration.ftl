# Ein neues lokales Konto, und der Code in der Mail, der es anlegt.

register-have-one = Du hast schon ein Konto?
verify-heading = Sieh in deine Mails
verify-lead = Wir haben eine Nachricht an { $email } geschickt. Gib ihren Code in diesem Browser ein.
verify-other-address = Nicht deine Adresse?

notice-registered-title = Dein Konto ist bereit
notice-registered-body = Deine Adresse ist bestätigt und du bist angemeldet. Verknüpfe als Nächstes dein Amazon-Konto.
notice-registration-gone-title = Diese Registrierung ist vorbei
notice-registration-gone-body = Sie wurde schon abgeschlossen, oder ihre Stunde ist um. Hier ist daraus kein Konto entstanden. Fülle das Formular noch einmal aus oder melde dich an.
