//! The switches: how the simulator answers while nothing fails (docs/simulator.md#control-it).
//!
//! The defaults are what was recorded of Amazon.

use serde::Serialize;

use crate::platform::text_enum::TextEnum;
use crate::text_enum;

/// All switches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch on a panel")]
pub struct SimulatorSwitches {
    /// A refresh returns a new refresh token and ends the old one.
    pub rotate_refresh_tokens: bool,
    /// `"expires_in":"3600"`, as on one of Amazon's pages.
    pub expires_in_as_string: bool,
    pub error_bodies: ErrorBodies,
    /// JSON responses have a field that is not documented.
    pub unknown_fields: bool,
    pub state: StateEcho,
    pub without_email: bool,
    pub without_name: bool,
    pub slow_down: SlowDown,
    pub foreign_refresh_token: ForeignRefresh,
    /// An unknown scope ends on Amazon's own page instead of a redirect (reports of 2018 and 2021).
    pub unknown_scope_page: bool,
    /// A parameter that stands twice is refused, though its values are the same (RFC 6749 §3.1).
    pub strict_parameters: bool,
    /// Credentials in two places are refused, though they are the same (RFC 6749 §2.3, RFC 6750 §2).
    pub strict_credentials: bool,
    /// `tokeninfo` reads the token from the query only, the one form that Amazon documents.
    pub tokeninfo_by_query_only: bool,
    /// `tokeninfo` returns an audience that is not the token's.
    pub wrong_audience: bool,
    /// `profile` returns a customer who is not the token's.
    pub wrong_customer: bool,
    /// Seconds.
    pub code_lifetime: i64,
    /// Seconds.
    pub access_token_lifetime: i64,
    /// Seconds between two polls of a device.
    pub poll_interval: i64,
}

impl Default for SimulatorSwitches {
    fn default() -> Self {
        Self {
            rotate_refresh_tokens: false,
            expires_in_as_string: false,
            error_bodies: ErrorBodies::Recorded,
            unknown_fields: false,
            state: StateEcho::Kept,
            without_email: false,
            without_name: false,
            slow_down: SlowDown::Early,
            foreign_refresh_token: ForeignRefresh::UnauthorizedClient,
            unknown_scope_page: false,
            strict_parameters: false,
            strict_credentials: false,
            tokeninfo_by_query_only: false,
            wrong_audience: false,
            wrong_customer: false,
            code_lifetime: 300,
            access_token_lifetime: 3600,
            poll_interval: 30,
        }
    }
}

text_enum! {
    /// Whether errors carry `error_index` and `request_id`.
    pub enum ErrorBodies {
        /// Each error as it was recorded.
        Recorded = "recorded",
        Full = "full",
        Short = "short",
    }

    /// What the redirect back contains as `state`.
    pub enum StateEcho { Kept = "kept", Dropped = "dropped", Altered = "altered" }

    /// When a polling device gets `slow_down`.
    pub enum SlowDown {
        Never = "never",
        /// When it polls before the interval is over.
        Early = "early",
        Always = "always",
    }

    /// The response to another client's refresh token, which nobody has recorded.
    pub enum ForeignRefresh { UnauthorizedClient = "unauthorized_client", InvalidGrant = "invalid_grant" }
}

/// A value of a switch, as forms and JSON write it.
trait SwitchSetting: Sized {
    fn read(word: &str) -> Option<Self>;
    fn word(&self) -> String;
    /// The allowed words; none if every number is allowed.
    fn words() -> Vec<&'static str>;
}

impl<E: TextEnum> SwitchSetting for E {
    fn read(word: &str) -> Option<Self> {
        word.parse().ok()
    }
    fn word(&self) -> String {
        self.as_str().to_owned()
    }
    fn words() -> Vec<&'static str> {
        E::ALL.iter().map(|value| value.as_str()).collect()
    }
}

impl SwitchSetting for bool {
    fn read(word: &str) -> Option<Self> {
        match word {
            "on" | "true" => Some(true),
            "off" | "false" => Some(false),
            _ => None,
        }
    }
    fn word(&self) -> String {
        if *self { "on" } else { "off" }.to_owned()
    }
    fn words() -> Vec<&'static str> {
        vec!["off", "on"]
    }
}

impl SwitchSetting for i64 {
    fn read(word: &str) -> Option<Self> {
        word.parse().ok().filter(|seconds| (0..=31_536_000).contains(seconds))
    }
    fn word(&self) -> String {
        self.to_string()
    }
    fn words() -> Vec<&'static str> {
        Vec::new()
    }
}

/// A switch as the control page shows it.
pub(super) struct SwitchRow {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) choices: Vec<&'static str>,
}

macro_rules! panel {
    ($($field:ident: $label:literal),+ $(,)?) => {
        impl SimulatorSwitches {
            pub(super) fn rows(&self) -> Vec<SwitchRow> {
                fn row<S: SwitchSetting>(name: &'static str, label: &'static str, value: &S) -> SwitchRow {
                    SwitchRow { name, label, value: value.word(), choices: S::words() }
                }
                vec![$(row(stringify!($field), $label, &self.$field)),+]
            }

            /// Sets one switch by name; false if there is no such switch or value.
            pub(super) fn set(&mut self, name: &str, word: &str) -> bool {
                match name {
                    $(stringify!($field) => match SwitchSetting::read(word) {
                        Some(value) => { self.$field = value; true }
                        None => false,
                    },)+
                    _ => false,
                }
            }
        }
    };
}

panel! {
    rotate_refresh_tokens: "A refresh gives a new refresh token and voids the old one",
    expires_in_as_string: "expires_in is a string",
    error_bodies: "Errors carry error_index and request_id",
    unknown_fields: "JSON answers carry an extra field",
    state: "state comes back",
    without_email: "Profiles have no email",
    without_name: "Profiles have no name",
    slow_down: "A polling device is told to slow down",
    foreign_refresh_token: "Another client's refresh token is answered",
    unknown_scope_page: "An unknown scope ends on a page here",
    strict_parameters: "A parameter that stands twice with one value is refused",
    strict_credentials: "The same credentials in two places are refused",
    tokeninfo_by_query_only: "tokeninfo takes the token in the query only",
    wrong_audience: "tokeninfo names another audience",
    wrong_customer: "profile names another customer",
    code_lifetime: "Seconds an authorization code lives",
    access_token_lifetime: "Seconds an access token lives",
    poll_interval: "Seconds between two polls of a device",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_switch_can_be_set_to_what_it_shows() {
        let shown = SimulatorSwitches::default();
        let mut set = SimulatorSwitches {
            code_lifetime: 1,
            state: StateEcho::Dropped,
            without_email: true,
            ..shown.clone()
        };
        for row in shown.rows() {
            assert!(set.set(row.name, &row.value), "{}", row.name);
        }
        assert_eq!(set, shown);
    }

    #[test]
    fn nonsense_sets_nothing() {
        let mut switches = SimulatorSwitches::default();
        assert!(!switches.set("state", "sideways"));
        assert!(!switches.set("code_lifetime", "-1"));
        assert!(!switches.set("no_such_switch", "on"));
        assert_eq!(switches, SimulatorSwitches::default());
    }
}
