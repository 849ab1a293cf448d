//! Ids of rows that several rooms name.

use crate::id_type;

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

id_type! {
    /// A member of the support staff.
    StaffId
}
