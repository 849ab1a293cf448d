# What a player takes along, and how a player goes.

nav-data = Data

data-heading = Your data
data-lead = Everything we have about you is yours: take it with you, or have it deleted.

data-take = Take it with you
data-take-body = One file in JSON: text that any editor opens and other programs can read.
data-in-it = In it:
data-in-account = your account: names, email address, language, groups a game put you in, what a game keeps with your player, and when it was created
data-in-amazon = your Amazon link: id, name and email there, what you allowed, its state and dates; and when earlier links began and ended
data-in-places = the browsers, games and devices where you are signed in, and codes that are open just now
data-in-mails = which mails we sent you, when, and to which address
data-in-history = the record of what happened on your account, with what support did and why
data-in-notes = what our support wrote down about you
data-not-in-it = Not in it: your password, codes and Amazon’s tokens, because whoever had the file could get in with them; names of our staff; and anything about other people.
data-download = Download my data
data-take-mail = Keep the file safe. We mail you that it was taken, in case it was not you.
data-take-care = Keep the file safe: it says a lot about you.
notice-data-ready-title = Thank you, it is you
notice-data-ready-body = You can download your data now.

data-kept = How long we keep it
data-kept-all = All of it, kind by kind
data-kept-account = Your account and your link: as long as you want them.
data-kept-places = Where you are signed in: until you sign out, or its time is over.
data-kept-mails = Which mails we sent: 30 days.
data-record-days = { $count ->
    [one] The record of what happened: one day.
   *[other] The record of what happened: { $count } days.
}
data-backup-days = { $count ->
    [one] Backups: what is gone here is gone from them within one day.
   *[other] Backups: what is gone here is gone from them within { $count } days.
}

data-go = Leave for good
data-go-body = You can delete your account with everything in it. We show you first what goes and what stays.
data-delete = Delete my account

data-delete-heading = Delete your account
data-delete-lead = { $player } and everything we know about you are deleted at once. Nobody can bring them back, not even us.
data-delete-lead-nameless = Your player and everything we know about you are deleted at once. Nobody can bring them back, not even us.
data-delete-goes = What goes
data-delete-goes-account = Your account with its names, email address, user name and password.
data-delete-goes-ways = Every place where you are signed in, every passkey, every device that gets in by itself, and every open code and link.
data-delete-goes-amazon = Your Amazon link with its tokens, and what we kept of earlier links.
data-delete-goes-rest = The mails we sent you, what support wrote down, and the key that opens what is personal in the record.
data-delete-again = After that you can come back at any time, with the same email, user name or Amazon account. You then start anew and get nothing of this account.
data-delete-stays = What stays, and why
data-delete-record-days = { $count ->
    [one] That something happened on this account, under its random id and without anything about you: one day, so that misuse can be found.
   *[other] That something happened on this account, under its random id and without anything about you: { $count } days, so that misuse can be found.
}
data-delete-games = Games are told that this player is gone. What they keep themselves is theirs to delete; ask them.
data-delete-backup-days = { $count ->
    [one] Backups still hold your data; it is gone from them within one day.
   *[other] Backups still hold your data; it is gone from them within { $count } days.
}
data-delete-mail = One last mail tells you that it is done. It holds a receipt with the number of entries that were deleted.
data-delete-before = Before you go
data-delete-before-take = Download your data, if you want to keep it.
data-delete-now = Delete it now
data-delete-confirm = Type { $word } to delete your account
data-delete-confirm-hint = So that nobody does it by accident.
data-delete-word = DELETE
data-delete-wrong = Type the word { $word } if you want to delete your account.
data-delete-keep = Keep my account
data-delete-lead-closes = { $player } and everything we know about you are deleted when the time below is over. After that nobody can bring them back, not even us.
data-delete-lead-closes-nameless = Your player and everything we know about you are deleted when the time below is over. After that nobody can bring them back, not even us.
data-delete-closes = { $count ->
    [one] First your account closes: you are signed out everywhere, and games let nobody in. For one day you can sign in here and keep it.
   *[other] First your account closes: you are signed out everywhere, and games let nobody in. For { $count } days you can sign in here and keep it.
}

keep-heading = Your account closes
keep-lead = It is deleted on { $day }, with everything we know about you. Until then you can keep it.
keep-body = If you keep it, you are signed in at once. A linked Amazon account stays yours; link it again so that it works.
keep-erase = Erase now
keep-erase-body = If you do not want to wait, erase it now. Nobody can bring it back after that, not even us.
notice-account-kept-title = Your account stays
notice-account-kept-body = It will not be deleted. If it was linked to Amazon, link the same account again.

closing-heading = Your account is closed
closing-lead = { $count ->
    [one] You are signed out everywhere. Everything we know about you is deleted in one day.
   *[other] You are signed out everywhere. Everything we know about you is deleted in { $count } days.
}
closing-keep = Until then you can change your mind: sign in here as always and press “Keep my account”.
closing-mail = We have mailed you on which day that is, and how to keep your account.

goodbye-heading = Your account is deleted
goodbye-lead = You are signed out everywhere, and what we knew about you is gone.
goodbye-mail = If your account had an email address, a last mail is on its way to it.
goodbye-amazon = If it was linked, Amazon itself may still list us among the apps you allowed. You can remove us there:
goodbye-again = Thank you for playing. You are welcome back at any time.
goodbye-home = To the start page
