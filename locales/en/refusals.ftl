# Why something typed was not accepted, wherever it is typed: one sentence that says what to do.

refused-name-empty = Enter a display name.
refused-name-too-long = Choose a name of at most 32 letters.
refused-name-character = This name has a character that cannot be seen or is not allowed. Type it again without.
refused-name-marks = This name has too many marks on one letter. Use at most three.
refused-name-scripts = This name mixes letters that are not written together. Use one alphabet.
refused-name-reserved = This name looks like one of our staff. Choose another.

refused-email-empty = Enter your email address.
refused-email-too-long = This address is longer than an address can be. Check it for typing errors.
refused-email-local-part = This address is longer than 64 characters before the @. Use another address.
refused-email-shape = This is not an email address. It should look like name@example.com.
refused-email-letters = We can only write to addresses in plain letters before the @. Use another address.

refused-password-too-short = Use at least { $min } characters. A few words in a row are fine.
refused-password-too-long = Use at most { $max } characters.
refused-password-character = This password has a character that not every device can type. Leave it out.
refused-password-common = This password, or the word it is made from, is among those that are guessed first. Choose another.
refused-password-repetitive = This password repeats itself. Choose one with more variety.
refused-password-sequence = This password is a row of neighbouring keys or letters. Choose another.
refused-password-context = This password is made of your name, your address or the name of this place. Choose something nobody can look up.
refused-password-breached = This password is in a list of passwords stolen elsewhere. Choose one that you have used nowhere else: a few words in a row are fine.

refused-code-shape = Enter the six digits from the mail.

notice-code-wrong-title = That is not the code
notice-code-wrong-body = Check the digits in the newest mail and try again.
notice-code-expired-title = This code is too old
notice-code-expired-body = Ask for a new one and use that.
notice-too-many-tries-title = Too many wrong codes
notice-too-many-tries-body = This code no longer works. Ask for a new one and use that.
notice-code-sent-title = A new code is on its way
notice-code-sent-body = The one before no longer works.
notice-throttled-title = Too many tries
notice-throttled-body = Nothing was changed.

refused-user-name-too-short = Use at least 3 characters.
refused-user-name-too-long = Use at most 32 characters.
refused-user-name-character = Use letters from A to Z, digits, dots, dashes and underscores only.
refused-user-name-taken = This user name is taken. Choose another.
