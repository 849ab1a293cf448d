//! Names that several rooms point at: ids, and the words for states that player, staff and game share.
//!
//! Nothing here decides anything; it stands apart so that a room can name another room's row
//! without importing that room.

use crate::id_type;
use crate::word_type;

id_type! {
    /// An account here.
    PlayerId
}

id_type! {
    /// A session of a browser or of a game. Public: it addresses a row in the list of sessions; the cookie
    /// and the game's token are other secrets.
    SessionId
}

id_type! {
    /// The pairing of one player with one Amazon identity.
    LinkId
}

id_type! {
    /// One trip to Amazon that has begun and not ended.
    AttemptId
}

word_type! {
    /// What a link is worth (product, "States of a link").
    LinkState {
        /// Tokens work, or have not been seen failing.
        Active = "active",
        /// Our copy of the tokens is unusable, and Amazon has not said that access was withdrawn.
        NeedsReconnect = "needs_reconnect",
        /// Amazon answered `invalid_grant` to a refresh. Holds the identity, and no tokens.
        Revoked = "revoked",
    }
}

word_type! {
    /// Why a link is not active (product, "States of a link").
    StateCause {
        /// What we stored does not open with any key we have (S66).
        KeyLost = "key_lost",
        /// Amazon renews the tokens, and no longer for everything we need.
        ScopeMissing = "scope_missing",
        /// The access token has ended and there was never a refresh token.
        TokenEnded = "token_ended",
        /// Amazon said that access was withdrawn (S67).
        RevokedByAmazon = "revoked_by_amazon",
    }
}

word_type! {
    /// What a service key may be used for.
    Scope {
        /// Players, and the state of their links.
        PlayersRead = "players:read",
        /// Amazon's access tokens of linked players.
        TokensIssue = "tokens:issue",
        /// The feed of link events.
        EventsRead = "events:read",
        /// Codes by which a player links an Amazon account.
        LinksStart = "links:start",
    }
}

word_type! {
    /// How a session began, for the list that its player sees.
    SignedInWith {
        Password = "password",
        Amazon = "amazon",
        Registration = "registration",
        /// A game named a device that it had signed in before; games only.
        Device = "device",
    }
}

id_type! {
    /// A member of the support staff.
    StaffId
}

word_type! {
    /// What a member of staff may do (S119); each includes the one before it.
    Role {
        /// Searches and looks, masked.
        Viewer = "viewer",
        /// Helps: ends sessions, unlinks on request, starts a reset.
        Agent = "agent",
        /// Disables and enables, releases the brake, reads the audit.
        Lead = "lead",
        /// Decides who is staff.
        Admin = "admin",
    }
}
