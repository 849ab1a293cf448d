//! The portal's addresses, and the check of a `next` that came from outside.

use url::Url;

pub const WELCOME: &str = "/";
pub const REGISTER: &str = "/register";
pub const REGISTER_VERIFY: &str = "/register/verify";
pub const SIGN_IN: &str = "/sign-in";
pub const SIGN_IN_CODE: &str = "/sign-in/code";
pub const SIGN_IN_TWO_STEP: &str = "/sign-in/two-step";
pub const LOST_FACTOR: &str = "/sign-in/lost-factor";
pub const LOST_FACTOR_BEGIN: &str = "/sign-in/lost-factor/begin";
pub const LOST_FACTOR_CANCEL: &str = "/sign-in/lost-factor/cancel";
pub const LOST_FACTOR_FINISH: &str = "/sign-in/lost-factor/finish";
pub const SIGN_OUT: &str = "/sign-out";
pub const ACCOUNT: &str = "/account";
pub const CONFIRM_IDENTITY: &str = "/account/confirm-identity";
pub const PROFILE: &str = "/account/profile";
pub const EMAIL: &str = "/account/email";
pub const EMAIL_VERIFY: &str = "/account/email/verify";
pub const EMAIL_AGAIN: &str = "/account/email/again";
pub const EMAIL_CANCEL: &str = "/account/email/cancel";
pub const EMAIL_UNDO: &str = "/account/email/undo";
pub const PASSWORD: &str = "/account/password";
pub const PASSWORD_REMOVE: &str = "/account/password/remove";
pub const SECURITY: &str = "/account/security";
pub const ACCESS: &str = "/account/security/access";
pub const END_SESSION: &str = "/account/security/end-session";
pub const SIGN_OUT_EVERYWHERE: &str = "/account/security/sign-out-everywhere";
pub const TWO_STEP: &str = "/account/two-step";
pub const TWO_STEP_BEGIN: &str = "/account/two-step/begin";
pub const TWO_STEP_SET_UP: &str = "/account/two-step/set-up";
pub const TWO_STEP_CODES: &str = "/account/two-step/codes";
pub const TWO_STEP_OFF: &str = "/account/two-step/off";
pub const TWO_STEP_FORGET: &str = "/account/two-step/forget";
/// The button that cancels the recovery of a lost second factor.
pub const TWO_STEP_KEEP: &str = "/account/two-step/keep";
pub const PASSKEYS: &str = "/account/passkeys";
pub const PASSKEY_ADD: &str = "/account/passkeys/add";
pub const PASSKEY_BEGIN: &str = "/account/passkeys/begin";
pub const PASSKEY_RENAME: &str = "/account/passkeys/rename";
pub const PASSKEY_REMOVE: &str = "/account/passkeys/remove";
pub const PASSKEY_SIGN_IN: &str = "/sign-in/passkey";
pub const PASSKEY_SIGN_IN_BEGIN: &str = "/sign-in/passkey/begin";
pub const PASSKEY_CONFIRM: &str = "/account/confirm-identity/passkey";
pub const PASSKEY_CONFIRM_BEGIN: &str = "/account/confirm-identity/passkey/begin";
pub const PASSKEY_ORIGINS: &str = "/.well-known/webauthn";
pub const CHANGE_PASSWORD: &str = "/.well-known/change-password";
pub const FORGOT_PASSWORD: &str = "/forgot-password";
pub const RESET_PASSWORD: &str = "/reset-password";
pub const LINK_START: &str = "/link/amazon";
pub const AMAZON_SIGN_IN: &str = "/amazon/sign-in";
pub const AMAZON_LINK: &str = "/amazon/link";
pub const AMAZON_REPLACE: &str = "/amazon/replace";
pub const AMAZON_CONFIRM_IDENTITY: &str = "/amazon/confirm-identity";
pub const AMAZON_OUTCOME: &str = "/amazon/outcome";
pub const AMAZON_CONFIRM: &str = "/amazon/confirm";
pub const AMAZON_MATCH: &str = "/amazon/match";
/// The page of a link that a game made, at its first sign-in.
pub const AMAZON_GAME_LINK: &str = "/amazon/game-link";
/// The button **This Amazon account is mine** of the account page.
pub const AMAZON_MINE: &str = "/amazon/mine";
/// The answers to the offer of an address that changed at Amazon, on the account page.
pub const AMAZON_EMAIL_USE: &str = "/amazon/email/use";
pub const AMAZON_EMAIL_DECLINE: &str = "/amazon/email/decline";
pub const AMAZON_REGISTER: &str = "/amazon/register";
pub const AMAZON_UNDO: &str = "/amazon/undo";
pub const AMAZON_UNLINK: &str = "/amazon/unlink";
pub const ACTIVATE: &str = "/activate";
pub const ACTIVATE_CLAIM: &str = "/activate/claim";
pub const ACTIVATE_MOVE: &str = "/activate/move";
pub const ACTIVATE_SIGN_IN: &str = "/activate/sign-in";
pub const ACTIVATE_LINK: &str = "/activate/link";
pub const ACTIVATE_DENY: &str = "/activate/deny";
pub const DEVICES: &str = "/account/devices";
pub const ACTIVITY: &str = "/account/activity";
pub const DATA: &str = "/account/data";
pub const DATA_EXPORT: &str = "/account/data/export";
pub const DATA_DELETE: &str = "/account/data/delete";
pub const DATA_KEEP: &str = "/account/data/keep";
pub const DATA_KEEP_EXPORT: &str = "/account/data/keep/export";
pub const DATA_KEEP_ERASE: &str = "/account/data/keep/erase";
pub const GOODBYE: &str = "/goodbye";
/// The same page for an account that closes first.
pub const GOODBYE_CLOSING: &str = "/goodbye?closing";
pub const PRIVACY: &str = "/privacy";
pub const SUPPORT: &str = "/support";
pub const STAFF_SIGN_IN: &str = "/support/sign-in";
pub const STAFF_SIGN_IN_CODE: &str = "/support/sign-in/code";
pub const STAFF_SIGN_OUT: &str = "/support/sign-out";
pub const STAFF_ENROL: &str = "/support/enrol";
pub const STAFF_RECOVERY: &str = "/support/recovery-codes";
pub const STAFF_CONFIRM: &str = "/support/confirm-identity";
pub const STAFF: &str = "/support/staff";
pub const STAFF_CHANGE: &str = "/support/staff/change";
pub const STAFF_APPROVE: &str = "/support/staff/approve";
pub const STAFF_WITHDRAW: &str = "/support/staff/withdraw";
pub const AUDIT: &str = "/support/audit";
pub const AUDIT_EXPORT: &str = "/support/audit/export";
pub const PLAYERS: &str = "/support/players";
pub const PLAYER: &str = "/support/players/{id}";
/// Actions of staff. The form names the player, so that a kept form is replayed by its fixed path.
pub const UNMASK: &str = "/support/actions/unmask";
pub const SUPPORT_UNLINK: &str = "/support/actions/unlink-amazon";
pub const SUPPORT_CHECK_LINK: &str = "/support/actions/check-link";
pub const SUPPORT_END_SESSIONS: &str = "/support/actions/end-sessions";
pub const SUPPORT_SEND_RESET: &str = "/support/actions/send-reset";
pub const SUPPORT_DISABLE: &str = "/support/actions/disable";
pub const SUPPORT_ENABLE: &str = "/support/actions/enable";
pub const SUPPORT_NOTE: &str = "/support/actions/note";
pub const SUPPORT_RELEASE_BRAKE: &str = "/support/actions/release-brake";
/// What these paths begin with.
pub const SUPPORT_ACTIONS: &str = "/support/actions/";
/// The addresses of the game gateway.
pub const GAME_SOCKET: &str = "/ws/{credential}/{apiKey}";
pub const GAME_REQUEST: &str = "/rs/{credential}/{secret}/{RequestName}";
const FOR_GAMES: [&str; 2] = ["/ws/", "/rs/"];
/// In development only.
pub const OUTBOX: &str = "/dev/outbox";

/// Forms whose POST may redirect to Amazon: they begin an attempt, or confirm identity before one that waits.
const LEAD_TO_AMAZON: [&str; 5] =
    [AMAZON_SIGN_IN, AMAZON_LINK, AMAZON_REPLACE, AMAZON_CONFIRM_IDENTITY, CONFIRM_IDENTITY];

/// Whether a form with this action may lead to Amazon.
pub fn leads_to_amazon(action: &str) -> bool {
    LEAD_TO_AMAZON.contains(&action)
}

/// The page that follows a sign-in with an Amazon account that nobody has, on the way to `next`.
///
/// A person who typed the code of a TV may link the account to the TV's player, or make a player as everybody else.
pub fn page_of_free_account(next: Option<&str>) -> &'static str {
    if next == Some(ACTIVATE_SIGN_IN) { ACTIVATE_LINK } else { AMAZON_REGISTER }
}

/// Forms of visitors that end in a new session, at addresses that signed-in players may ask for as well.
const SIGN_IN_FORMS: [&str; 6] =
    [AMAZON_REGISTER, AMAZON_MATCH, ACTIVATE_CLAIM, SIGN_IN_TWO_STEP, LOST_FACTOR_FINISH, DATA_KEEP];

/// Whether a visitor who sends the form of this page is signed in afterwards.
pub fn signs_in(path: &str) -> bool {
    SIGN_IN_FORMS.contains(&path)
}

/// Forms that are on a page with another path, where that is not the page above them.
const PAGES_OF_FORMS: [(&str, &str); 10] = [
    (SIGN_OUT, ACCOUNT),
    (AMAZON_SIGN_IN, SIGN_IN),
    (AMAZON_LINK, ACCOUNT),
    (AMAZON_MINE, ACCOUNT),
    (AMAZON_EMAIL_USE, ACCOUNT),
    (AMAZON_EMAIL_DECLINE, ACCOUNT),
    (AMAZON_CONFIRM_IDENTITY, CONFIRM_IDENTITY),
    (ACTIVATE_MOVE, ACTIVATE_CLAIM),
    (ACTIVATE_DENY, ACTIVATE_SIGN_IN),
    (STAFF_SIGN_OUT, SUPPORT),
];

/// The page that has the form which is sent to `path`: that path, or the page above it.
///
/// `is_page` says whether there is a page at a path.
pub fn page_of_form(path: &str, is_page: impl Fn(&str) -> bool) -> Option<&str> {
    if let Some((_, page)) = PAGES_OF_FORMS.iter().find(|(form, _)| *form == path) {
        return Some(page);
    }
    let mut page = path;
    while !page.is_empty() {
        if is_page(page) {
            return Some(page);
        }
        page = page.rsplit_once('/').map_or("", |(above, _)| above);
    }
    None
}

/// The support page of a player, if `id` can be one.
pub fn page_of_player(id: &str) -> Option<String> {
    let page = format!("{PLAYERS}/{id}");
    is_player_page(&page).then_some(page)
}

/// Pages to which a `next` may lead. Any other `next` leads to [`ACCOUNT`] (S48).
const TARGETS: [&str; 19] = [
    ACCOUNT,
    PROFILE,
    EMAIL,
    PASSWORD,
    SECURITY,
    PASSKEYS,
    ACCESS,
    TWO_STEP,
    TWO_STEP_OFF,
    LINK_START,
    AMAZON_REPLACE,
    AMAZON_UNLINK,
    ACTIVATE,
    ACTIVATE_CLAIM,
    ACTIVATE_SIGN_IN,
    DEVICES,
    ACTIVITY,
    DATA,
    DATA_DELETE,
];

/// Support pages to which a `next` may lead, besides the page of a player.
const DESK_TARGETS: [&str; 5] = [SUPPORT, PLAYERS, AUDIT, STAFF, STAFF_RECOVERY];

/// Whether a path belongs to the game gateway.
pub fn is_for_games(path: &str) -> bool {
    FOR_GAMES.iter().any(|beginning| path.starts_with(beginning))
}

/// Whether a path belongs to the support pages, the only ones that recognise staff.
pub fn is_desk(path: &str) -> bool {
    path.strip_prefix(SUPPORT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A path and query of a page of the portal, checked to stay on its origin (S48).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextAddress(String);

impl NextAddress {
    /// Parses a `next` that came from outside.
    ///
    /// A `next` that might leave the origin is dropped silently, because it must not prevent a sign-in.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::to(raw, |path| TARGETS.contains(&path))
    }

    /// The same for staff, who are recognised on support pages only.
    pub fn parse_at_desk(raw: &str) -> Option<Self> {
        Self::to(raw, |path| DESK_TARGETS.contains(&path) || is_player_page(path))
    }

    fn to(raw: &str, is_target: impl Fn(&str) -> bool) -> Option<Self> {
        let is_plain = raw.len() <= 1024
            && raw.starts_with('/')
            && !raw.starts_with("//")
            && !raw.contains('\\')
            && !raw.chars().any(|c| c.is_control() || c.is_whitespace());
        if !is_plain {
            return None;
        }
        let here = Url::parse("https://here.invalid").ok()?;
        let target = here.join(raw).ok()?;
        let stays = target.origin() == here.origin() && is_target(target.path());
        stays.then(|| match target.query() {
            Some(query) => Self(format!("{}?{query}", target.path())),
            None => Self(target.path().to_owned()),
        })
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `path` with this `next` as its query.
    pub fn on(&self, path: &str) -> String {
        let query: String =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("next", &self.0).finish();
        format!("{path}?{query}")
    }
}

/// Whether a path is the support page of a player.
fn is_player_page(path: &str) -> bool {
    let id = path.strip_prefix(PLAYERS).and_then(|rest| rest.strip_prefix('/'));
    id.is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_page_of_ours_is_kept_with_its_query() {
        let next = NextAddress::parse("/link/amazon?return_to=https%3A%2F%2Fgame.example%2Foffer").unwrap();
        assert_eq!(next.as_str(), "/link/amazon?return_to=https%3A%2F%2Fgame.example%2Foffer");
    }

    #[test]
    fn what_may_leave_is_dropped() {
        let payloads = [
            "",
            "account",
            "https://evil.example/account",
            "//evil.example/account",
            "/\\evil.example",
            "\\\\evil",
            "/account\r\nSet-Cookie: a=b",
            "/\t/evil.example",
            "javascript:alert(1)",
            "/%2f%2fevil.example",
            "/sign-out",
            "/account/../sign-out",
            "/.//evil.example",
            " /account",
            "/account ",
            "/unknown",
            "data:text/html,x",
            "/account@evil.example",
            "///evil.example",
            "/amazon/callback?code=a&state=b",
            "http:/account",
            "?x",
            "#x",
        ];
        for payload in payloads {
            assert_eq!(NextAddress::parse(payload), None, "{payload:?}");
        }
    }

    #[test]
    fn staff_go_on_at_the_desk_and_nowhere_else() {
        for target in ["/support", "/support/audit?kind=staff.role.changed", "/support/players/0193-ab"] {
            assert_eq!(NextAddress::parse_at_desk(target).unwrap().as_str(), target);
            assert_eq!(NextAddress::parse(target), None, "{target}");
        }
        for payload in [
            "/account",
            "/support/sign-out",
            "/support/sign-in",
            "/support/actions/unmask",
            "/support/players/",
            "/support/players/a/b",
            "/support/players/../sign-out",
            "/support/players/%2e%2e",
            "/support/players/a%2fb",
            "//evil.example/support",
            "https://evil.example/support",
            "/support/\\evil.example",
        ] {
            assert_eq!(NextAddress::parse_at_desk(payload), None, "{payload:?}");
        }
    }

    proptest! {
        #[test]
        fn a_next_never_leaves_this_origin(raw in "\\PC{0,60}") {
            for next in [NextAddress::parse(&raw), NextAddress::parse_at_desk(&raw)].into_iter().flatten() {
                let base = Url::parse("https://portal.example/sign-in").unwrap();
                prop_assert_eq!(base.join(next.as_str()).unwrap().origin(), base.origin());
                prop_assert!(next.as_str().starts_with('/') && !next.as_str().starts_with("//"));
            }
        }
    }
}
