# Titles, notices after a redirect, and error pages.

error-not-found-title = This page is not here
error-not-found-body = The address may be mistyped, or the page may be for somebody else.
error-not-allowed-title = That does not work here
error-not-allowed-body = This page cannot be opened that way. Start again from your account.
error-bad-request-title = We could not read that
error-bad-request-body = Something in the request was missing, doubled or damaged. Nothing was changed. Go back and try again.
error-too-large-title = That was too much at once
error-too-large-body = The form or its address was longer than we accept. Nothing was changed.
error-csrf-title = This page is too old
error-csrf-body = The form was opened a while ago or in another window. Nothing was changed. Reload the page and try again.
error-throttled-title = Too many tries
error-throttled-body = Please wait a little, then try again. Nothing was changed.
error-busy-title = One moment, please
error-busy-body = We are busier than usual. Nothing was changed. Try again in a few seconds.
error-fault-title = Something went wrong on our side
error-fault-body = Nothing you did caused this, and nothing was changed. Try again; if it happens once more, tell us the reference below.
error-attempt-unknown-title = This sign-in with Amazon has expired
error-attempt-unknown-body = It was finished already, took too long, or began in another browser. Nothing was changed. Start again from here.
error-way-home = Continue
error-way-again = Try again

# Notices after a redirect: what was just done.
notice-linked-title = Linked
notice-linked-body = Your Amazon account is linked to this player from now on.
notice-replaced-title = Replaced
notice-replaced-body = The Amazon account you chose is linked to this player. The one before is unlinked.
notice-registered-with-amazon-title = Welcome
notice-registered-with-amazon-body = Your player is made, and your Amazon account is linked to it.
notice-registered-and-code-sent-title = Welcome
notice-registered-and-code-sent-body = Your player is made, and your Amazon account is linked to it. We mailed a code to your address: enter it under Profile, Email, to make the address count.
notice-unlinked-title = Unlinked
notice-unlinked-body = We deleted Amazon’s tokens. Amazon itself still lists this app until you remove it there, at amazon.com/ap/adam.
notice-already-yours-title = Already linked
notice-already-yours-body = This Amazon account is linked to your player already. Everything stays as it is.
notice-same-again-title = Amazon sent the same account again
notice-same-again-body = It is still the one that is linked. Sign out at Amazon first, as step 1 says, then try again.
notice-reconnected-title = Reconnected
notice-reconnected-body = The link works again. Nothing was lost meanwhile.
notice-declined-title = Nothing was linked
notice-declined-body = You said no at Amazon, and that is fine. You can try again whenever you like.
notice-cancelled-title = Nothing was linked
notice-cancelled-body = Everything is as it was before.
notice-player-has-another-title = Another Amazon account is linked already
notice-player-has-another-body = You are signed in, and nothing was linked: this player has another Amazon account. You can link a different account below.
notice-match-wrong-title = That was not the password
notice-match-wrong-body = Nothing was linked. Try again, reset it by mail, or go on without this account.
notice-match-tries-title = That was one try too many
notice-match-tries-body = Nothing was linked. Wait a little, then begin again with Amazon, or reset your password.

# What came of a sign-in with Amazon that did not end as hoped.
outcome-way-back = Back
outcome-again = Try again
outcome-sign-in-other = Login with Amazon
outcome-ask-support = Ask support for help
outcome-identity-taken-title = This Amazon account belongs to another player
outcome-identity-taken-body = An Amazon account can be linked to one player only, and this one already is. Nothing was changed. If that other player is yours, sign in to it with Amazon and unlink there first.
outcome-player-has-another-title = Another Amazon account is linked already
outcome-player-has-another-body = A player has one Amazon account at a time. Nothing was changed. You can put the new one in place of the old one.
outcome-wrong-identity-title = That was a different Amazon account
outcome-wrong-identity-body = To show that it is you, come back with the Amazon account that is linked to this player. Nothing was changed.
outcome-account-disabled-title = This player cannot sign in
outcome-account-disabled-body = The account was disabled. If you think that is a mistake, ask support and quote the reference below.
outcome-scope-missing-title = Amazon did not let us see enough
outcome-scope-missing-body = We need your name and email from Amazon to link the right account, and one of them was unticked. Nothing was kept. Try again and leave both ticked.
outcome-amazon-unavailable-title = Amazon is not answering properly
outcome-amazon-unavailable-body = Nothing was changed and nothing was kept. Try again in a moment; signing in with a password works meanwhile.
outcome-amazon-misconfigured-title = Amazon is not answering properly
outcome-amazon-misconfigured-body = Nothing was changed and nothing was kept. We have been told about it. Try again later; signing in with a password works meanwhile.

amazon-nameless = Your Amazon account
