# Ein neues lokales Konto, und der Code in der Mail, der es anlegt.

register-have-one = Du hast schon ein Konto?
verify-heading = Sieh in deine Mails
verify-lead = Wir haben einen Code an { $email } geschickt. Gib ihn in diesem Browser ein.
