# What happened, as staff read it: a sentence for each kind of record. A sentence may choose by who did it and by closed words
# of the record; without them it names the kind.

event-player-account-registered = { $with ->
    [email] Created the account, with an address
    [amazon] Created the account, with Amazon
    [device] Created the account, by a device
   *[other] Created the account
}{ $door ->
    [game] , in a game
   *[other] {""}
}
event-player-session-started = { $with ->
    [password] Signed in with password
    [amazon] Signed in with Amazon
    [registration] Signed in after registering
    [device] Let in by a device
    [code] Let in by a code on a TV
   *[other] Signed in
}{ $door ->
    [game] , in a game
   *[other] {""}
}
event-player-session-refused = { $code ->
    [account_disabled] Sign-in with Amazon refused: the player is disabled
    [account_closing] Sign-in with Amazon refused: the account is closed
   *[other] { $with ->
        [code] Sign-in refused: wrong mailed code
        [second_factor] Sign-in refused: wrong code of the second factor
       *[other] Sign-in refused
    }
}{ $door ->
    [game] , in a game
   *[other] {""}
}
event-player-session-ended = Signed out
event-player-session-ended-from-afar = Ended a session from another one
event-player-session-ended-everywhere = Signed out everywhere else
event-player-session-switched = { $way ->
    [to] A game moved on from this player to another
    [from] A game moved to this player from another
   *[other] A game moved to another player
}
event-player-identity-confirmed = { $with ->
    [amazon] Proved who they are with Amazon
   *[other] Proved who they are
}
event-player-identity-refused = Did not prove who they are
event-player-profile-changed = Changed the profile{ $door ->
    [game] , in a game
   *[other] {""}
}
event-player-password-set = Set a password{ $door ->
    [game] , in a game
   *[other] {""}
}
event-player-password-changed = Changed the password{ $door ->
    [game] , in a game
   *[other] {""}
}
event-player-password-removed = Removed the password
event-player-second-factor-turned-on = Turned two-step sign-in on
event-player-second-factor-turned-off = Turned two-step sign-in off{ $cause ->
    [recovery] , after the wait for a lost phone
   *[other] {""}
}
event-player-factor-recovery-asked = Said that the second factor is lost
event-player-factor-recovery-started = Began the wait for a lost second factor by mail
event-player-factor-recovery-ended = Ended the wait for a lost second factor
event-player-recovery-codes-renewed = Made new recovery codes
event-player-browser-forgotten = Took a browser back that was not asked for codes
event-player-password-reset-asked = Somebody asked for a reset of the password
event-player-password-reset = Reset the password by mail
event-player-email-change-asked = Asked to change the address
event-player-email-changed = Changed the address
event-player-email-restored = Took a change of the address back
event-player-device-added = { $way ->
    [from] Took over a device from another player
   *[other] A new device gets in by itself
}
event-player-device-switched-off = { $way ->
    [to] A device moved to another player
   *[other] Disabled a device
}
event-player-claim-begun = A game asked for a code to claim this player
event-player-sign-in-code-asked = A game asked for a code to sign in on a TV
event-player-sign-in-code-allowed = Let a TV in by a code
event-player-sign-in-code-ended = A code on a TV was used or refused
event-player-account-claimed = Claimed in a browser
event-player-data-exported = Downloaded all data of the account
event-player-account-erased = The account was deleted
event-player-account-closing = The account was closed, to be deleted
event-player-account-kept = The account was kept
event-link-amazon-code-asked = { $actor ->
    [service] A game server asked for a code to link Amazon
   *[other] A game asked for a code to link Amazon
}
event-link-amazon-added = Linked Amazon{ $door ->
    [game] , in a game
    [code] , by a code
   *[other] {""}
}
event-link-amazon-confirmed = Confirmed in a browser the link that a game had made
event-link-amazon-denied = Whoever has the Amazon account did not recognise the link of a game, and unlinked it
event-link-amazon-replaced = Linked another Amazon account in place of the one before
event-link-amazon-renewed = Came back with the linked Amazon account{ $door ->
    [code] , by a code
   *[other] {""}
}
event-link-amazon-reconnected = { $actor ->
    [system] The link works again by itself
   *[other] Reconnected the link
}{ $door ->
    [game] , in a game
    [code] , by a code
   *[other] {""}
}
event-link-amazon-removed = { $actor ->
    [support] Unlinked by support
    [player] Unlinked by the player
   *[other] Unlinked
}{ $door ->
    [game] , in a game
    [undo] , by the mailed link to the Amazon address
   *[other] {""}
}
event-link-amazon-revoked = Access was removed at Amazon
event-link-amazon-reconnect-needed = The link needs the player to reconnect{ $cause ->
    [key_lost] : we can no longer read our copy
    [scope_missing] : Amazon lets us see too little
    [token_ended] : the token from a game has ended
    [account_closing] : the account was closed
    [answer_lost] : an answer of Amazon’s was lost
    [restored] : a backup was put back
   *[other] {""}
}
event-link-amazon-refused = Linking refused{ $code ->
    [identity_taken] : another player has that Amazon account
    [player_has_another] : this player has another Amazon account
    [wrong_identity] : it was another Amazon account than the linked one
    [link_unconfirmed] : a game linked that Amazon account, and nobody has confirmed it
    [reauthentication_required] : this session had not proven who it is
    [declined] : declined at Amazon
    [scope_missing] : Amazon was not allowed to tell enough
    [last_method] : it was the last way in
    [amazon_unavailable] : Amazon gave no answer
    [amazon_misconfigured] : Amazon refused our client
    [attempt_unknown] : the sign-in with Amazon was too old, used, or of another browser
   *[other] {""}
}{ $door ->
    [game] , in a game
    [code] , by a code
   *[other] {""}
}
event-link-amazon-token-handed-out = A game server got an access token
event-refresh-brake-pulled = The brake on mass revocation came on
event-refresh-brake-released = The brake on mass revocation was released
event-staff-account-added = Added a member of staff
event-staff-account-enrolled = A member of staff enrolled
event-staff-account-disabled = Disabled a member of staff
event-staff-factor-reset = Reset a second factor
event-staff-session-started = Signed in at the desk
event-staff-session-refused = Sign-in at the desk refused
event-staff-session-ended = Signed out of the desk
event-staff-identity-confirmed = Proved who they are at the desk
event-staff-identity-refused = Did not prove who they are at the desk
event-staff-recovery-renewed = Made new recovery codes
event-staff-request-refused = Asked for something the role does not allow
event-staff-role-proposed = Proposed a role
event-staff-role-withdrawn = Withdrew a proposed role
event-staff-role-changed = Changed a role
event-staff-players-searched = Searched for players
event-staff-player-viewed = Viewed this page
event-staff-player-unmasked = Saw what is masked
event-staff-player-disabled = Disabled by support
event-staff-player-enabled = Enabled by support
event-staff-note-added = Wrote a note
event-staff-link-checked = Checked the link with Amazon
event-staff-sessions-ended = Ended all sessions
event-staff-reset-sent = Sent a reset of the password
event-staff-audit-read = Read the audit
event-staff-audit-exported = Exported the audit
event-service-key-added = Added a service key
event-service-key-revoked = Revoked a service key
event-service-webhook-added = Added a webhook
event-service-webhook-removed = Removed a webhook
event-service-webhook-disabled = Disabled a webhook
event-service-database-restored = A backup of the database was put back
event-service-webhook-replayed = Sent events to a webhook again
event-player-passkey-added = Added a passkey
event-player-passkey-renamed = Renamed a passkey
event-player-passkey-removed = Removed a passkey
event-player-passkey-copy-suspected = A sign-in with a passkey was refused: its counter went back, so there may be a copy
