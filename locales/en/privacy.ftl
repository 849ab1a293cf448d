# What is kept about people, and why. One chapter a kind of data; a test holds the list against the schema.

privacy-heading = Privacy
privacy-lead = What { $site } keeps about you, what for, and for how long.

privacy-player = Your account
privacy-player-body = Your display name, the user name if you chose one, your email address and when you confirmed it, your language, when you joined, and whether your name follows Amazon’s. Your password only as a hash that is encrypted as well; nobody can read it, and we keep when it last changed. If support has to close an account, we note when.
privacy-player-kept = Kept while the account exists.
privacy-amazon = Your Amazon account
privacy-amazon-body = While one is linked: the id that Amazon gave you for this app, your name and email address there, what you allowed, the state of the link and its dates. Amazon’s tokens are encrypted. We never see your Amazon password.
privacy-amazon-kept = Removed at once when you unlink. If access is removed at Amazon and it was your only way in, the id stays, without tokens, so that you can come back.
privacy-former = Earlier links
privacy-former-body = That there was a link, from when to when, who ended it and why. The Amazon id only as a keyed hash, so that support can find the account you ask about.
privacy-former-kept = Kept while the account exists.
privacy-session = Where you are signed in
privacy-session-body = For each browser: its kind (such as “Firefox on Linux”), the neighbourhood of its network address, how and when you signed in, when you last proved that it is you and when it was last used. You see the list under Security and can end each one.
privacy-session-kept = Removed when you sign out, or when its time is over.
privacy-trip = Trips to Amazon
privacy-trip-body = From the moment you leave for Amazon until you are back: what the trip is for, which browser began it, where it leads and, encrypted, what Amazon told us.
privacy-trip-kept = Ten minutes.
privacy-pending = Codes and links in mails
privacy-pending-body = What waits for you to answer a mail: a registration with its name, address and password hash, a new address, a way back to your earlier address, a new password, a code at sign-in. Codes and links only as hashes, with the number of tries.
privacy-pending-kept = Up to an hour; the way back to an earlier address seven days.
privacy-mail = Mails to you
privacy-mail-body = To whom, when and about what we wrote, and whether it left. The text is encrypted and removed once the mail has been sent.
privacy-mail-kept = 30 days.
privacy-guess = Protection against guessing
privacy-guess-body = How often somebody tried, counted under keyed hashes of accounts, addresses and networks. The counters tell nobody’s name.
privacy-guess-kept = Up to a day.
privacy-record = Record of what happened
privacy-record-body = What was done to your account, when, by whom, and from which neighbourhood of the network: signing in, changes, links, and whatever support did. No names, addresses or passwords stand in it.
privacy-record-kept = It cannot be changed or removed by anybody while it is needed to protect accounts.
privacy-cookie = Cookies
privacy-cookie-body = Only what the pages need, encrypted or signed: your session, a random number that protects forms, messages for the next page, a trip that is interrupted, whether this browser signed in before, and the language you chose. None of them follows you elsewhere.
privacy-cookie-kept = From minutes to a year; leaving out all of them only signs you out.
privacy-not = What we do not do
privacy-not-body = No advertising, no analytics, nothing from other sites on these pages. Your full network address is not stored with your account.
