# Warum eine Eingabe nicht angenommen wurde, wo immer sie steht: ein Satz, der sagt, was zu tun ist.

refused-name-empty = Gib einen Anzeigenamen ein.
refused-name-too-long = Wähle einen Namen mit höchstens 32 Buchstaben.
refused-name-character = Dieser Name enthält ein Zeichen, das man nicht sieht oder das nicht erlaubt ist. Gib ihn ohne dieses Zeichen ein.
refused-name-marks = Dieser Name hat zu viele Zeichen über oder unter einem Buchstaben. Erlaubt sind drei.
refused-name-scripts = Dieser Name mischt Buchstaben, die nicht zusammengehören. Bleib bei einer Schrift.
refused-name-reserved = Dieser Name sieht nach unserem Team aus. Wähle einen anderen.

refused-email-empty = Gib deine E-Mail-Adresse ein.
refused-email-too-long = Diese Adresse ist länger, als eine Adresse sein kann. Sieh nach Tippfehlern.
refused-email-local-part = Diese Adresse hat vor dem @ mehr als 64 Zeichen. Nimm eine andere Adresse.
refused-email-shape = Das ist keine E-Mail-Adresse. Sie sollte aussehen wie name@example.com.
refused-email-letters = Vor dem @ können wir nur einfache Buchstaben anschreiben. Nimm eine andere Adresse.

refused-password-too-short = Nimm mindestens { $min } Zeichen. Ein paar Wörter hintereinander sind gut.
refused-password-too-long = Nimm höchstens { $max } Zeichen.
refused-password-character = Dieses Passwort enthält ein Zeichen, das nicht jedes Gerät eingeben kann. Lass es weg.
refused-password-common = Dieses Passwort oder das Wort, aus dem es gemacht ist, gehört zu denen, die zuerst geraten werden. Wähle ein anderes.
refused-password-repetitive = Dieses Passwort wiederholt sich. Wähle eines mit mehr Abwechslung.
refused-password-sequence = Dieses Passwort ist eine Reihe benachbarter Tasten oder Buchstaben. Wähle ein anderes.
refused-password-context = Dieses Passwort besteht aus deinem Namen, deiner Adresse oder dem Namen dieses Orts. Wähle etwas, das niemand nachschlagen kann.
refused-password-breached = Dieses Passwort steht in einer Liste von Passwörtern, die anderswo gestohlen wurden. Wähle eins, das du sonst nirgends benutzt hast: ein paar Wörter hintereinander genügen.

refused-code-shape = Gib die sechs Ziffern aus der Mail ein.

notice-code-wrong-title = Das ist nicht der Code
notice-code-wrong-body = Vergleiche die Ziffern mit der neuesten Mail und versuche es noch einmal.
notice-code-expired-title = Dieser Code ist zu alt
notice-code-expired-body = Fordere einen neuen an und nimm diesen.
notice-too-many-tries-title = Zu viele falsche Codes
notice-too-many-tries-body = Dieser Code gilt nicht mehr. Fordere einen neuen an und nimm diesen.
notice-code-sent-title = Ein neuer Code ist unterwegs
notice-code-sent-body = Der vorige gilt nicht mehr.
notice-throttled-title = Zu viele Versuche
notice-throttled-body = Es wurde nichts geändert.

refused-user-name-too-short = Nimm mindestens 3 Zeichen.
refused-user-name-too-long = Nimm höchstens 32 Zeichen.
refused-user-name-character = Nimm nur Buchstaben von A bis Z, Ziffern, Punkte, Binde- und Unterstriche.
refused-user-name-taken = Dieser Benutzername ist vergeben. Wähle einen anderen.
