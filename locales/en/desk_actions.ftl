# What staff do for a player, and the brake on the desk's home page.

actions-none = Your role can view players but not change anything.
action-told = The player is told by mail that support did this, not why and not who.
action-untold = There is no proven address, so the player is not told by mail. It stands in the account’s own history.
action-told-by-itself = The mail says that support sent it.

action-check-link = Check with Amazon now
action-check-link-body = Amazon is asked whether the link still holds. If Amazon says that access has ended, its tokens are deleted, and the link ends unless it is the only way in.
action-unlink-amazon = Unlink Amazon account
action-unlink-amazon-body = The link and its tokens are deleted, and every session that Amazon opened ends. The player still gets in with the password.
action-unlink-amazon-recovery = This is the only way in. The link and its tokens are deleted, every session that Amazon opened ends, and the player gets a link by mail to choose a password.
action-unlink-amazon-last = This is the only way in, and there is no proven address to mail another one to. Ask the player to sign in with Amazon and to set a password, or to add an address.
action-unlink-amazon-disabled = This is the only way in, and the account is disabled, so a link to choose a password would open nothing. Enable the account first.
action-end-sessions = End sessions
action-end-sessions-body = { $count ->
    [one] The one session there is ends now. The player signs in again.
   *[other] All { $count } sessions end now, of browsers and of games. The player signs in again.
}
action-send-reset = Send password reset
action-send-reset-body = The player gets a link to the proven address, and chooses a password with it, a first one as well. An older link stops working.
action-send-reset-no-address = There is no proven address to send a link to.
action-send-reset-disabled = The account is disabled, so a link to choose a password would open nothing. Enable the account first.
action-send-reset-closing = The account is closed. Its player asks for a new password on our page, signs in with it and keeps the account.
action-enable-closing = The account is closed, because its player wants it deleted. Only its player can keep it, by signing in.
action-note = Add note
action-note-body = For whoever helps next. The player may read it in an export of the account’s data.
action-note-field = Note
action-note-unfit = Write a note of at most 2,000 characters, as plain text.
action-disable = Disable account
action-disable-body = Every session ends, of browsers and of games, and nobody gets in until the account is enabled again. Nothing is deleted.
action-enable = Enable account
action-enable-body = The player gets in again, by the same ways as before.

action-prove = Confirm that it is you
notice-support-prove-first-title = Confirm that it is you first
notice-support-prove-first-body = This note is too long to wait meanwhile, so it stands here still. Confirm in another tab, then press the button again.

notice-support-check-active-title = The link holds
notice-support-check-active-body = Amazon was asked just now, and renewed its tokens.
notice-support-check-reconnect-title = The player has to link again
notice-support-check-reconnect-body = Amazon has not ended the link, but what we hold of it no longer works. Linking the same Amazon account once more mends it.
notice-support-check-revoked-title = Amazon has ended the link
notice-support-check-revoked-body = The player, or Amazon, has withdrawn access. Its tokens are deleted. The player can link again.
notice-support-check-unasked-title = There is nothing to ask Amazon with
notice-support-check-unasked-body = This link came from a game, without the means to renew it. It works until its token ends.
notice-support-check-later-title = Amazon does not answer now
notice-support-check-later-body = Nothing was changed. Try again in { $name } seconds.
notice-support-unlinked-title = Unlinked
notice-support-unlinked-body = The Amazon account is no longer linked, and the sessions that it opened have ended.
notice-support-unlinked-recovery-title = Unlinked, and a way back is in the mail
notice-support-unlinked-recovery-body = The Amazon account is no longer linked. The player has a mail with a link to choose a password.
notice-support-ended-sessions-title = Signed out everywhere
notice-support-ended-sessions-body = Sessions ended: { $name }.
notice-support-sent-reset-title = The link is in the mail
notice-support-sent-reset-body = It works once and soon expires. An older one no longer works.
notice-support-disabled-title = Disabled
notice-support-disabled-body = Every session has ended, and nobody gets in.
notice-support-enabled-title = Enabled
notice-support-enabled-body = The player gets in again.
notice-support-noted-title = Noted
notice-support-noted-body = The note stands with the others.

notice-support-changed-title = Something changed meanwhile
notice-support-changed-body = Nothing was done just now. The page shows how things stand; decide again.
notice-support-changed-by-title = { notice-support-changed-title }
notice-support-changed-by-body = Nothing was done just now. This was last done by { $who }, on { $when }. The page shows how things stand; decide again.
notice-support-last-method-title = This is the only way in
notice-support-last-method-body = There is no proven address to mail another one to, so the link stays. Ask the player to set a password, or to add an address.
notice-support-no-address-title = There is no proven address
notice-support-no-address-body = Nothing was sent.
notice-support-is-disabled-title = The account is disabled
notice-support-is-disabled-body = Nothing was done: a link to choose a password would open nothing. Enable the account first.
notice-support-no-way-in-title = Nothing would let the player in
notice-support-no-way-in-body = There is no password, no Amazon account, no device and no address. The device that opened this account opens another one now.
notice-support-reset-throttled-title = Enough letters for now
notice-support-reset-throttled-body = Three links within an hour have gone to this account. The newest one works; ask the player to look for it.

brake-heading = The brake is on
brake-body = Amazon refused { $refused } of { $refreshes } renewals within ten minutes. Until the brake is released, no link ends by Amazon’s word.
brake-since = On since
brake-advice = Look at the client at Amazon first: if it was changed or deleted there, every link would end. Release the brake only if so many players really did withdraw.
brake-release = Release the brake
notice-brake-released-title = The brake is off
notice-brake-released-body = Links that it held are asked about again within twenty minutes, and end if Amazon still refuses them.
notice-brake-changed-title = The brake is not as it was
notice-brake-changed-body = Nothing was done. The page shows how things stand.
notice-brake-changed-off-title = { notice-brake-changed-title }
notice-brake-changed-off-body = Nothing was done: the brake is off. It was released by { $who }, on { $when }.

letter-about-support-unlinked = Support unlinked Amazon
letter-about-support-unlinked-recovery = Support unlinked Amazon, with a link to choose a password
letter-about-support-checked-link = Support checked the link
letter-about-support-ended-sessions = Support ended the sessions
letter-about-support-sent-reset = Link to choose a password, from support
letter-about-support-disabled = Support disabled the account
letter-about-support-enabled = Support enabled the account
letter-about-support-wrote-note = Support wrote a note
