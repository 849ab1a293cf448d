//! What the activity page shows.

use askama::Template;

use crate::accounts::activity::forms::{ActivityForm, address};
use crate::accounts::activity::grouping::{ActivityEntry, ActivityPageRows};
use crate::accounts::activity::visible_events::Group;
use crate::audit::Kind;
use crate::sessions::SignedInWith;
use crate::web::page::ShownTime;
use crate::web::{Page, PageError, RequestContext};

/// `/account/activity`.
#[derive(Template)]
#[template(path = "activity/list.html")]
pub(super) struct ActivityPage {
    page: Page,
    has_password: bool,
    /// The groups to choose from: address, name, whether it is chosen.
    groups: Vec<(String, String, bool)>,
    rows: Vec<ActivityRow>,
    older: Option<String>,
    newest: Option<String>,
}

struct ActivityRow {
    sentence: String,
    /// Login method, game, browser, network and count, in words.
    more: Vec<String>,
    at: ShownTime,
    /// An icon of `templates/ui/icon.html`; empty for none.
    sign: &'static str,
    is_by_support: bool,
}

impl ActivityPage {
    pub(super) fn new(
        context: &RequestContext,
        form: &ActivityForm,
        folded: ActivityPageRows,
    ) -> Result<Self, PageError> {
        let page = Page::new(context, "activity-heading", "activity")?;
        let chosen = form.group();
        let groups = std::iter::once(None).chain(Group::ALL.iter().copied().map(Some));
        Ok(Self {
            has_password: context.player()?.player.has_password,
            groups: groups
                .map(|group| (address(group, None), page.t(name_of(group)), group == chosen))
                .collect(),
            rows: folded.lines.iter().map(|line| row(&page, line)).collect(),
            older: folded.before.map(|before| address(chosen, Some(&before))),
            newest: form.before().map(|_| address(chosen, None)),
            page,
        })
    }
}

fn name_of(group: Option<Group>) -> &'static str {
    match group {
        None => "activity-all",
        Some(Group::SignIns) => "activity-sign-ins",
        Some(Group::Amazon) => "activity-amazon",
        Some(Group::Account) => "activity-account",
        Some(Group::Support) => "activity-support",
    }
}

fn row(page: &Page, line: &ActivityEntry) -> ActivityRow {
    let with = line.with.map(|with| page.t(way_of(with)));
    let game = line.is_in_a_game.then(|| page.t("security-game"));
    let network = line.network.as_ref().map(|network| format!("{} {network}", page.t("security-network")));
    let times =
        (line.count > 1).then(|| page.language().text_for_count("activity-times", i64::from(line.count)));
    ActivityRow {
        sentence: page.t(line.sentence),
        more: [with, game, line.browser.clone(), network, times].into_iter().flatten().collect(),
        at: page.moment(line.at),
        sign: sign_of(line.kind),
        is_by_support: line.is_by_support,
    }
}

fn way_of(with: SignedInWith) -> &'static str {
    match with {
        SignedInWith::Password => "security-with-password",
        SignedInWith::Amazon => "security-with-amazon",
        SignedInWith::Registration => "security-with-registration",
        SignedInWith::Device => "security-with-device",
        SignedInWith::Passkey => "security-with-passkey",
    }
}

/// The icon of a kind, for what deserves attention and for changes of the link.
fn sign_of(kind: Kind) -> &'static str {
    match kind {
        Kind::SignInFailed | Kind::IdentityNotConfirmed | Kind::LinkRefused | Kind::PlayerDisabled => "warn",
        Kind::LinkAdded
        | Kind::LinkConfirmed
        | Kind::LinkReplaced
        | Kind::LinkRenewed
        | Kind::LinkReconnected => "linked",
        Kind::LinkRemoved | Kind::LinkDenied | Kind::LinkRevoked | Kind::LinkNeedsReconnect => "parted",
        _ => "",
    }
}
