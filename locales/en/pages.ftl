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
error-attempt-unknown-title = This trip to Amazon is over
error-attempt-unknown-body = It was finished already, took too long, or began in another browser. Nothing was changed. Start again from here.
error-way-home = Continue
error-way-again = Try again
