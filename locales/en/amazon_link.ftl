# Linking one player with one Amazon account: the panel, its pages, and what came of a sign-in with Amazon.

account-heading = Linked accounts
account-lead-none = No Amazon account is linked to this player yet.
account-lead-active = Your Amazon account is linked to this player. Rewards you claim with it arrive here.
account-lead-needs-reconnect = The link needs to be reconnected. Link the same Amazon account again and everything carries on.
account-lead-revoked = Your Amazon account was linked to this player until access was removed at Amazon.

board-player = Your player account
board-amazon = Your Amazon account
board-amazon-before = The Amazon account linked before
board-came-back = You came back from Amazon as
detail-email = Email
detail-player-since = Player since
detail-amazon-email = Email at Amazon
detail-amazon-postal-code = Postal code at Amazon
detail-linked-on = Linked on
detail-checked = Last checked

state-none = Not linked
state-none-next = Amazon asks you once. We receive { $what }, never your Amazon password.
received-profile = your name, your email and an id
received-profile-postal-code = your name, your email, an id and, if you allow it, your postal code
received-id = an id
received-id-postal-code = an id and, if you allow it, your postal code
state-active = Linked
state-not-renewable = A game made this link and it cannot renew itself. Link the same account here to make it last.
state-needs-reconnect = Needs reconnecting
why-key-lost = Since { $day } we can no longer read what Amazon gave us for this link. That is our fault, not yours. Link the same Amazon account again and it works.
why-tokens-gone = Since { $day } we hold nothing that Amazon gave us for this link. Link the same Amazon account again and it works.
why-scope-missing = Since { $day } Amazon no longer lets us see all that this link needs. Link again and allow what Amazon asks you about.
why-token-ended = The access that a game gave us ended on { $day }. Link the same Amazon account here, and from then on it renews itself.
state-revoked = Access removed at Amazon
state-revoked-next = Link the same Amazon account again, or another. Your player is untouched.

link-amazon = Link Amazon account
link-different = Link a different account
unlink = Unlink
unlink-amazon = Unlink Amazon account
unlink-keep = Keep it linked
unlink-amazon-apps = Your apps at Amazon
confirm-with-amazon = Confirm with Amazon

ended-title = Amazon no longer lets us in
ended-body = Access was removed at Amazon on { $day }. We deleted the tokens; your player is untouched. Link again whenever you like, the same Amazon account or another.
ended-by-support-title = Support unlinked your Amazon account
ended-by-support-body = This happened on { $day }. You can link an Amazon account again whenever you like.
attempt-open-title = Did not come back from Amazon?
attempt-open-body = A sign-in with Amazon is still open. Finish it in the other tab, or simply start again here.

facts-label = Good to know
fact-purpose = What the link is for
fact-purpose-body = Signing in with Amazon, and delivering the rewards you claim there to { $player }.
fact-unlink = What happens when you unlink
fact-unlink-body = We delete Amazon’s tokens at once. What you already received stays yours. You can link again at any time.
fact-amazon-side = On Amazon’s side
fact-amazon-side-body = Amazon keeps its own list of apps. You can remove this one there too, under Login with Amazon.
fact-before = Before you start
fact-before-body = Check which Amazon account this browser is signed in to. We show it to you again before anything is linked.
fact-one = One to one
fact-one-body = A player has one Amazon account, and an Amazon account one player.
fact-received = What we receive
fact-received-body = We receive { $what }. The id is one that only we can use. Amazon’s password stays with Amazon.

start-heading = Link your Amazon account
start-heading-linked = Your Amazon account is linked
start-lead = Sign in with Amazon, look at both names, done.
start-lead-linked = Nothing is left to do here.
start-lead-offer = You come from { $host }. Link your Amazon account here, and you go back there to your offer.
start-lead-offer-linked = Nothing is left to do here. Go back to { $host } to your offer.
offer-sign-in = You come from { $host }. Sign in or create an account, link your Amazon account, and you go back there to your offer.
start-sign-in = Sign in or create an account. Then you link your Amazon account.
back-to = Back to { $host }

confirm-heading = Link these two?
confirm-lead = Nothing is linked yet. Look at both names first.
confirm-link = Link this account
confirm-different = Use a different Amazon account
confirm-replaces = This replaces the account linked now
confirm-replaces-body = { $amazon } is unlinked in the same step. Nothing is lost in between.

replace-heading = Link a different account
replace-lead = { $amazon } is linked now and stays linked until you confirm another.
replace-step-1 = Sign out at Amazon
replace-step-1-body = Amazon remembers who you are and would send the same account back. Sign out there first, in this browser.
replace-sign-out-link = Open Amazon in a new tab
replace-step-2 = Sign in with the other account
replace-step-2-body = Come back to this page and go on. Amazon then asks which account you want.
replace-step-3 = Look at both names
replace-step-3-body = We show the new account beside your player. Only then does the old one go.

unlink-heading = Unlink this Amazon account?
unlink-lead = { $amazon } is linked to { $player }.
unlink-step-1 = We delete Amazon’s tokens
unlink-step-1-body = At once, and for good. Signing in with Amazon no longer opens this player.
unlink-step-2 = What you received stays yours
unlink-step-2-body = Your player, its progress and every reward that arrived stay as they are.
unlink-step-3 = Amazon keeps its own list
unlink-step-3-body = This app stays listed at Amazon until you remove it there.
last-method-title = Amazon is your only way in
last-method-body = Without it you could not sign in any more. Set a password first: you then come back to this page and unlink here. A passkey will do as well.
last-method-way = Set a password

game-link-heading = Is this player yours?
game-link-lead = A game linked { $amazon } to this player. It has not opened a browser yet, so we ask once.
game-link-player = The player that it would open
game-link-server = A game’s server
game-link-place = Where the game ran
game-link-only-yours-title = Only go on if you linked them yourself
game-link-only-yours-body = If somebody sent you a code or asked you to sign in at Amazon for them, choose “This was not me”.
game-link-mine = This is mine
game-link-mine-by-code = This is mine, with the code
game-link-password-hint = The password of this player. We ask for it this one time.
game-link-code-hint = Mailed to { $email }.
game-link-send-code = Send a code to { $email }
game-link-not-me = This was not me
game-link-not-me-hint = That unlinks your Amazon account from this player. Nobody is signed in.
game-link-neither = If you have neither the password nor the mail, our support team can help. Quote the reference below.
unconfirmed-title = A game linked this Amazon account
unconfirmed-body = { $amazon } does not open your player in a browser before you say that it is yours. If it is not, unlink it.
unconfirmed-mine = This Amazon account is mine

email-offer-title = Amazon has another email address for you
email-offer-body = Your address at Amazon is now { $email }. Use it here too? We mail it a code first, and nothing changes before you have entered it.
email-offer-use = Use this address
email-offer-decline = No thanks

match-heading = You may already have an account
match-lead = An account here uses { $email }. Enter its password to link it to your Amazon account.
match-link = Link and sign in
match-not-mine = This is not my account

amazon-register-heading = Almost there
amazon-register-lead = Amazon told us who you are. Check what your new player will be called.
amazon-register-email-hint = For messages about your account. We send a code before it counts.

link-undo-title = Unlink this Amazon account
link-undo-heading = Unlink this Amazon account?
link-undo-heading-dead = Nothing to undo here
link-undo-lead = It was linked to a player here by a code that a TV or console showed. After this it belongs to no player here, and nobody signs in with it there. The player is told.
link-undo-submit = Unlink it
link-undo-whose = You are signed in here as { $name }, and { $name } stays signed in. What you do on this page concerns the player to whom the code linked the Amazon account.
link-undo-keep = Keep it linked
notice-link-undone-title = The Amazon account is unlinked
notice-link-undone-body = It belongs to no player here any more. Never enter a code that somebody sent you. To take back at Amazon what you allowed there, open the list of apps in your Amazon account.
notice-link-undo-unknown-title = This link does not work any more
notice-link-undo-unknown-body = It was used, it is older than seven days, or the Amazon account was unlinked already. Nothing was changed.
