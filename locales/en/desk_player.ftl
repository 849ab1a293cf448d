# A player's page at the desk.

player-heading = Player
player-nameless = Player without a name
player-is-disabled = Disabled
player-is-closing = Closing on { $day }
player-on-this-page = On this page
player-beside = About the player
player-identity = Who it is
player-ways-in = Ways in
player-actions = Actions
player-link = Amazon link
player-former = Former links
player-timeline = What happened
player-signed-in = Signed in now
player-devices = Devices
player-mails = Mails
player-notes = Staff notes
player-game = Game
player-only-newest = Only the newest are shown.
player-id = Player id
player-none = None
player-no-display-name = None; a game brought this player without one
player-name-follows = Name at Amazon
player-name-follows-amazon = Changes the display name, too
player-no-email = None
player-email-confirmed = { $address }, confirmed
player-email-unconfirmed = { $address }, not confirmed
player-segments = Segments
player-created = Player since
player-disabled = Disabled since
player-closes = To be deleted
player-unmask-summary = See what is masked
player-unmask = Show everything
player-mask = Mask again
notice-player-unmasked-title = Nothing is masked on this page
notice-player-unmasked-body = Your reason is on record. Any other page, and this one when you come back, is masked again.

gist-way-disabled = Disabled since { $day }: nobody can sign in.
gist-way-closing = Closed: the account is deleted on { $day }. Until then its player can sign in and keep it.
gist-way-password-and-amazon = Can sign in with a password or with Amazon.
gist-way-password-only = Can sign in with a password only.
gist-way-amazon-only = Can sign in with Amazon only.
gist-way-amazon-again = Can sign in only by coming back with the same Amazon account.
gist-way-reset-only = Cannot sign in: there is neither a password nor a link. A mailed reset would let the player set a password.
gist-way-device-only = Cannot sign in in a browser: there is neither a password nor a link. A game still lets a device in.
gist-way-nothing = Cannot sign in: there is no password, no link and no device.
gist-link-never = No Amazon account was ever linked.
gist-link-ended = No Amazon account is linked since { $day }: { $cause ->
    [unlinked_by_player] the player unlinked it.
    [unlinked_by_support] support unlinked it.
    [revoked_by_amazon] our access was removed at Amazon.
    [replaced] another took its place.
   *[other] it was erased.
}
gist-link-works = The Amazon link works.
gist-link-works-until = The Amazon link works and ends { $pace }: a game made it, and nothing renews it.
gist-link-ran-out = The Amazon link has no working token since { $day }: a game made it, and nothing renews it.
gist-link-failing = { $count ->
    [one] The Amazon link stands, but Amazon gave nothing at the last check.
   *[other] The Amazon link stands, but Amazon gave nothing at the last { $count } checks.
}
gist-link-held = Amazon says since { $day } that our access was removed; the brake on mass revocation keeps the link.
gist-link-needs-reconnect = The link needs the player to reconnect since { $day }: { $cause ->
    [scope_missing] Amazon no longer lets us see all that it needs.
    [token_ended] the token that a game gave us has ended.
    [gone] we hold no token of Amazon’s any more.
   *[other] we can no longer read what Amazon gave us.
}
gist-link-revoked = Our access was removed at Amazon on { $day }.

way-password = Password
way-password-set = Set; last changed
way-password-unusable = Set, but there is no user name or address to type with it; last changed
way-password-removed = None; removed
way-password-none = None
way-second-factor = Second factor
way-second-factor-on = On since
way-second-factor-off = Off
way-lost = If it is lost
way-lost-reset = A reset can be mailed to { $address }
way-lost-disabled = No reset while the player is disabled
way-lost-nothing = No address to mail a reset to
way-amazon = Amazon
way-amazon-none = No link
way-amazon-active = Yes
way-amazon-needs-reconnect = Yes, and signing in reconnects the link
way-amazon-revoked = Only the same Amazon account again
way-devices = Devices
way-devices-count = { $count ->
    [0] None
    [one] One gets in by itself, in its game only
   *[other] { $count } get in by themselves, in their games only
}

link-board-player = Player here
link-board-amazon = Amazon account
link-nameless = Without a name
link-none-name = None linked
link-none = Not linked
link-none-amazon-side = Amazon’s own list of apps may still show us. That says nothing about a link here.
link-games-none = Games are told: not linked.
link-games-active = Games are told: linked.
link-games-needs-reconnect = Games are told: linked, but they get no access until the player links again.
link-games-revoked = Games are told: not linked.
link-why-held = Amazon says that access was removed. So many said so at once that the brake keeps links from ending until staff decide.
link-why-not-renewable = A game handed its token over. When that ends, the player links the same account on our page to make it last.
link-why-needs-reconnect = Since { $day }. { $cause ->
    [scope_missing] Amazon no longer lets us see all that this link needs. The player links again and allows what Amazon asks.
    [token_ended] The token that a game gave us has ended. The player links the same account on our page.
    [gone] We hold no token of Amazon’s any more: the account was closed for a while, a backup was put back, or an answer of Amazon’s with new tokens was lost. The player links the same account again.
   *[other] We can no longer read what Amazon gave us; that is our fault. The player links the same account again.
}
link-why-revoked = Since { $day }. The player, or Amazon, removed our access. The same Amazon account still opens this player, and the player may link another.
link-amazon-id = Amazon id
link-amazon-email = Email at Amazon
link-amazon-email-none = Not told to us
link-amazon-postal-code = Postal code at Amazon
link-linked = Linked since
link-made-by = Linked by
link-made-by-browser = The player, in a browser
link-made-by-new-player = A game, and the Amazon account made this player
link-made-by-game-token = A game, for a player who was there already
link-made-by-game-code = A code that a game showed
link-confirmed = Opens a browser since
link-confirmed-not = Not confirmed: it opens no browser and proves nothing
link-state-since = In this state since
link-checked = Last checked
link-next-check = Next check
link-next-check-none = None; there is nothing to check with
link-failures = Checks without an answer
link-failures-count = { $count ->
    [one] 1 in a row
   *[other] { $count } in a row
}
link-retry = Not asked again before
link-held = Held by the brake since
token-access = Access token
token-access-until = Works until
token-access-ended = Ended
token-none = None
token-refresh = Refresh token
token-refresh-held = Held
token-from = Tokens came
token-from-code-grant = From Amazon, to our page or to a device’s code
token-from-handed-over = From a game or a phone’s app
token-client = Made for
token-client-web = This portal’s web client
token-client-device = This portal’s client for TVs and consoles
token-client-other = Another app: { $client }
token-version = Renewal number
token-scopes = Allows

former-none = No link has ended.
former-ended = Ended
former-why = Why
former-by = By
former-linked = Linked
former-unlinked-by-player = The player unlinked it
former-unlinked-by-support = Support unlinked it
former-replaced = Another took its place
former-revoked-by-amazon = Access was removed at Amazon
former-erased = Erased
former-hint = Which Amazon accounts these were is not kept. Search for the Amazon id the player reads out to see who has it now.

timeline-groups = Narrow to
timeline-in-audit = In the audit
timeline-nothing = Nothing of this kind.
group-everything = Everything
group-sign-ins = Sign-ins
group-link = Amazon link
group-account = Account
group-devices = Devices
group-support = Staff

signed-in-none = No browser and no game is signed in.
signed-in-no-game = No game is signed in.
signed-in-no-browser = No browser is signed in.
signed-in-where = Where
signed-in-how = How
signed-in-last-seen = Last used
signed-in-since = Signed in

devices-none-known = No device gets in by itself.
devices-which = Device
devices-known-since = Since
devices-last-used = Last used
devices-standing = Gets in
devices-switched-on = Yes
devices-switched-off = Disabled

mails-none = None in the last 30 days.
mails-kept = What was mailed is known for 30 days.
mails-about = About
mails-to = To
mails-written = Written
mails-came-of-it = What came of it
letter-sent = Sent
letter-failed = { $count ->
    [one] Given up after one try
   *[other] Given up after { $count } tries
}
letter-waiting = { $count ->
    [0] Waiting
    [one] Waiting after one try
   *[other] Waiting after { $count } tries
}
letter-about-registration-code = Code to finish registering
letter-about-registration-taken = Somebody tried to register this address
letter-about-sign-in-code = Code for signing in
letter-about-email-code = Code to confirm an address
letter-about-email-taken = Somebody tried to use this address
letter-about-email-restored = The change of address was undone
letter-about-email-changed = The address has changed
letter-about-password-changed = The password has changed
letter-about-sign-in-after-failures = A sign-in after many wrong passwords
letter-about-password-removed = The password was removed
letter-about-two-step-on = The second factor was turned on
letter-about-two-step-off = The second factor was turned off
letter-about-factor-recovery-link = Link that begins the wait for a lost second factor
letter-about-factor-recovery-runs = The wait for a lost second factor runs
letter-about-factor-recovery-due = The wait for a lost second factor is over
letter-about-factor-recovery-cancelled = The wait for a lost second factor was cancelled
letter-about-recovery-codes-renewed = New recovery codes were made
letter-about-recovery-code-used = A recovery code was used
letter-about-password-reset = The password was reset
letter-about-password-reset-link = Link to reset the password
letter-about-amazon-linked = Amazon was linked
letter-about-amazon-linked-by-code = To the Amazon address: Amazon was linked by a code
letter-about-amazon-replaced = Another Amazon account was linked
letter-about-link-code = A code to confirm the link of a game
letter-about-amazon-confirmed = The link of a game was confirmed
letter-about-amazon-denied = The owner of the Amazon account refused the link of a game
letter-about-amazon-unlinked = Amazon was unlinked
letter-about-amazon-revoked = Access was removed at Amazon
letter-about-device-added = A device got in
letter-about-signed-in-by-code = A TV was let in by a code
letter-about-data-exported = The data was downloaded
letter-about-account-erased = The account was deleted
letter-about-account-closing = The account was closed, and when it is deleted
letter-about-account-kept = The account was kept

notes-none = Nobody has written anything down.
notes-unreadable = This note can no longer be read.
gist-way-passkey = Can sign in with a passkey. The other ways are below.
way-passkeys = Passkeys
way-passkeys-some = At least one
way-passkeys-none = None
letter-about-passkey-added = A passkey was added
letter-about-passkey-removed = A passkey was removed
letter-about-passkey-copy-suspected = There may be a copy of a passkey
