//! The tables of a player's page: sessions, devices, mails and notes.

use std::collections::HashMap;

use crate::games::devices;
use crate::outbound::mail;
use crate::platform::ids::StaffId;
use crate::sessions::SignedInWith;
use crate::sessions::browser;
use crate::sessions::game;
use crate::support::notes::Note;
use crate::support::player::view_context::ViewContext;
use crate::web::relative_time::RelativeTime;

/// A session in a browser or a game.
pub(super) struct PlayerSessionRow {
    pub what: String,
    /// The API key of the game; empty for a browser.
    pub game: String,
    pub with: String,
    pub network: String,
    pub signed_in: RelativeTime,
    pub last_seen: RelativeTime,
}

pub(super) fn browser(view: ViewContext<'_>, session: &browser::BrowserSessionSummary) -> PlayerSessionRow {
    let name = Some(session.browser.clone()).filter(|name| !name.is_empty());
    PlayerSessionRow {
        what: name.unwrap_or_else(|| view.t("security-unknown-browser")),
        game: String::new(),
        with: with(view, session.signed_in_with),
        network: view.masking.network(&session.network),
        signed_in: view.moment(session.created_at),
        last_seen: view.moment(session.last_seen_at),
    }
}

pub(super) fn game(view: ViewContext<'_>, session: &game::GameSessionSummary) -> PlayerSessionRow {
    let name = Some(session.client.clone()).filter(|name| !name.is_empty());
    PlayerSessionRow {
        what: name.unwrap_or_else(|| view.t("security-game")),
        game: session.api_key.clone(),
        with: with(view, session.signed_in_with),
        network: view.masking.network(&session.network),
        signed_in: view.moment(session.created_at),
        last_seen: view.moment(session.last_seen_at),
    }
}

fn with(view: ViewContext<'_>, signed_in_with: SignedInWith) -> String {
    view.t(&format!("security-with-{}", signed_in_with.as_str()))
}

pub(super) struct PlayerDeviceRow {
    pub label: String,
    pub game: String,
    pub network: String,
    pub since: RelativeTime,
    pub last_used: RelativeTime,
    pub switched_off: Option<RelativeTime>,
}

pub(super) fn device(view: ViewContext<'_>, device: &devices::DeviceSummary) -> PlayerDeviceRow {
    let label = Some(device.label.clone()).filter(|label| !label.is_empty());
    PlayerDeviceRow {
        label: label.unwrap_or_else(|| view.t("claim-device-unnamed")),
        game: device.api_key.clone(),
        network: view.masking.network(&device.network),
        since: view.moment(device.made_at),
        last_used: view.moment(device.last_used_at),
        switched_off: device.switched_off_at.map(|at| view.moment(at)),
    }
}

pub(super) struct PlayerMailRow {
    /// A word of [`mail::Kind`].
    pub kind: &'static str,
    pub about: String,
    pub to: String,
    pub written: RelativeTime,
    /// `sent`, `failed` or `waiting`.
    pub came_of_it: &'static str,
    pub words: String,
    /// When it was sent or given up, or the time of the next try.
    pub at: RelativeTime,
}

pub(super) fn letter(view: ViewContext<'_>, letter: &mail::MailSummary) -> PlayerMailRow {
    let (came_of_it, at) = match (letter.sent_at, letter.failed_at) {
        (Some(at), _) => ("sent", at),
        (None, Some(at)) => ("failed", at),
        (None, None) => ("waiting", letter.next_attempt_at),
    };
    PlayerMailRow {
        kind: letter.kind.as_str(),
        about: view.t(&letter_message(letter.kind)),
        to: view.masking.email(&letter.recipient),
        written: view.moment(letter.created_at),
        came_of_it,
        words: view.page.language().text_for_count(&format!("letter-{came_of_it}"), letter.attempts),
        at: view.moment(at),
    }
}

fn letter_message(kind: mail::Kind) -> String {
    format!("letter-about-{}", kind.as_str())
}

pub(super) struct PlayerNoteRow {
    pub by: String,
    pub at: RelativeTime,
    pub text: String,
}

pub(super) fn note(view: ViewContext<'_>, names: &HashMap<StaffId, String>, note: &Note) -> PlayerNoteRow {
    PlayerNoteRow {
        by: names.get(&note.staff).cloned().unwrap_or_else(|| note.staff.to_string()),
        at: view.moment(note.at),
        text: note.text.clone().unwrap_or_else(|| view.t("notes-unreadable")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::i18n::Language;

    #[test]
    fn every_mail_is_told_in_words() {
        for &language in Language::ALL {
            for kind in mail::Kind::ALL {
                let message = letter_message(*kind);
                assert!(language.has(&message), "{} lacks {message}", language.as_str());
            }
            for with in SignedInWith::ALL {
                assert!(language.has(&format!("security-with-{}", with.as_str())));
            }
        }
    }
}
