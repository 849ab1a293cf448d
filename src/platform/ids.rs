//! Row ids that several features use.

use crate::id_type;

id_type! {
    /// A player's account.
    PlayerId
}

id_type! {
    /// A session of a browser or of a game.
    ///
    /// It is public, because it addresses a row in the list of sessions. The session cookie and the game
    /// token are separate secrets.
    SessionId
}

id_type! {
    /// The pairing of one player with one Amazon identity.
    LinkId
}

id_type! {
    /// One attempt: a sign-in with Amazon that has begun and not ended.
    AttemptId
}

id_type! {
    /// A member of the support staff.
    StaffId
}
