//! What the desk knows of a player.

use crate::amazon_link;
use crate::devices;
use crate::game_sessions;
use crate::mail;
use crate::players;
use crate::sessions;
use crate::support::actions::Latest;
use crate::support::notes::Note;
use crate::web::page::Notice;
use crate::words::{LinkState, PlayerId};

/// A player with everything around them, read at once.
pub(in crate::support) struct Known {
    pub account: players::Account,
    pub link: Option<amazon_link::Details>,
    pub former: Vec<amazon_link::FormerLink>,
    /// Browsers that are signed in.
    pub sessions: Vec<sessions::Summary>,
    /// Games that are signed in.
    pub games: Vec<game_sessions::Summary>,
    pub devices: Vec<devices::Summary>,
    pub mails: Vec<mail::Written>,
    pub notes: Vec<Note>,
    /// What forms quote of what support did last.
    pub latest: Latest,
}

impl Known {
    pub fn id(&self) -> &PlayerId {
        &self.account.id
    }

    pub fn has_email(&self) -> bool {
        self.account.email.is_some()
    }

    pub fn is_disabled(&self) -> bool {
        self.account.disabled_at.is_some()
    }

    pub fn has_usable_password(&self) -> bool {
        self.account.has_usable_password()
    }

    /// Whether Amazon is a way in (product §2): a link that is active or needs its player, not a revoked one.
    pub fn has_amazon(&self) -> bool {
        self.link.as_ref().is_some_and(|link| link.state != LinkState::Revoked)
    }

    /// Sessions of browsers and games together.
    pub fn session_count(&self) -> usize {
        self.sessions.len() + self.games.len()
    }
}

/// What an action puts over the page it answers with.
#[derive(Default)]
pub(in crate::support) struct Over {
    pub notice: Option<Notice>,
    /// The field's id and a sentence.
    pub errors: Vec<(String, String)>,
    /// The field's id and what stood in it.
    pub typed: Vec<(String, String)>,
    /// Shows what is masked. Only after [`crate::audit::Kind::PlayerUnmasked`] is on record.
    pub reveal: bool,
}
