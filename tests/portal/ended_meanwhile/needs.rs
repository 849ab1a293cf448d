//! What a player must have, or must not have, for a verb and an act to be possible.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Yes,
    No,
    Any,
}

#[derive(Clone, Copy, Debug)]
pub struct Needs {
    pub password: Need,
    pub link: Need,
    pub device: Need,
}

/// What the player of a cell has.
#[derive(Clone, Copy, Debug)]
pub struct Belongings {
    pub password: bool,
    pub link: bool,
    pub device: bool,
}

impl Needs {
    /// The player whom both sides can do with, if there can be one. Who says nothing gets a password and nothing else.
    pub fn meet(self, other: Self) -> Option<Belongings> {
        Some(Belongings {
            password: agree(self.password, other.password, true)?,
            link: agree(self.link, other.link, false)?,
            device: agree(self.device, other.device, false)?,
        })
    }
}

/// `None` for a contradiction, and `otherwise` for two who do not mind.
fn agree(one: Need, other: Need, otherwise: bool) -> Option<bool> {
    match (one, other) {
        (Need::Any, Need::Any) => Some(otherwise),
        (Need::Yes, Need::Yes | Need::Any) | (Need::Any, Need::Yes) => Some(true),
        (Need::No, Need::No | Need::Any) | (Need::Any, Need::No) => Some(false),
        (Need::Yes, Need::No) | (Need::No, Need::Yes) => None,
    }
}
