//! Who gets a mail, at which address and in which language.

use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;
use crate::web::{CurrentPlayer, RequestContext};

/// The reader of a mail.
#[derive(Clone, Copy)]
pub struct MailRecipient<'a> {
    /// The player to whom the mail belongs, for the export and for support.
    pub player: Option<&'a PlayerId>,
    /// `None` for a player without a proven address, who gets no mail.
    pub email: Option<&'a str>,
    /// The display name. Empty for an address that nobody has proven, which a stranger may have typed.
    pub name: &'a str,
    pub language: Language,
}

impl<'a> MailRecipient<'a> {
    /// The current player, in the language of the page.
    pub fn current(context: &RequestContext, current_player: &'a CurrentPlayer) -> Self {
        Self {
            player: Some(&current_player.player.id),
            email: current_player.player.email.as_deref(),
            name: &current_player.player.display_name,
            language: context.language,
        }
    }
}
