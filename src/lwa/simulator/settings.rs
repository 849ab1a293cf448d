//! How this Amazon behaves while nothing is broken: the choices of the contract's section 26.3.
//!
//! The defaults are what was recorded of the real one.

use serde::Serialize;

/// The switches. Absent information keeps the recorded behaviour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch on a panel")]
pub struct SimulatorSwitches {
    /// A refresh answers with a new refresh token, and the old one is void.
    pub rotate_refresh_tokens: bool,
    /// `"expires_in":"3600"`, as one of Amazon's pages prints it.
    pub expires_in_as_string: bool,
    pub error_bodies: ErrorBodies,
    /// JSON answers carry a field nobody asked for.
    pub unknown_fields: bool,
    pub state: StateEcho,
    pub without_email: bool,
    pub without_name: bool,
    pub slow_down: SlowDown,
    pub foreign_refresh_token: ForeignRefresh,
    /// An unknown scope ends on Amazon's own page instead of coming back (reports of 2018 and 2021).
    pub unknown_scope_page: bool,
    /// Tokeninfo reads the token from the query alone, the one form that Amazon documents for it.
    pub tokeninfo_by_query_only: bool,
    /// Tokeninfo names an audience that is not the token's.
    pub wrong_audience: bool,
    /// Profile names a customer who is not the token's.
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
            tokeninfo_by_query_only: false,
            wrong_audience: false,
            wrong_customer: false,
            code_lifetime: 300,
            access_token_lifetime: 3600,
            poll_interval: 30,
        }
    }
}

/// A value chosen by its word, in forms and JSON.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $value:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $value),+ }

        impl SwitchSetting for $name {
            fn read(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$value),)+ _ => None }
            }
            fn word(&self) -> String {
                match self { $(Self::$value => $word),+ }.to_owned()
            }
            fn words() -> &'static [&'static str] { &[$($word),+] }
        }
    };
}

choice! {
    /// Whether errors carry `error_index` and `request_id`.
    ErrorBodies {
        /// Each error as it was recorded.
        Recorded = "recorded",
        Full = "full",
        Short = "short",
    }
}
choice! {
    /// What becomes of `state` on the way back.
    StateEcho { Kept = "kept", Dropped = "dropped", Altered = "altered" }
}
choice! {
    /// When a polling device is told to slow down.
    SlowDown {
        Never = "never",
        /// When it polls before the interval is over.
        Early = "early",
        Always = "always",
    }
}
choice! {
    /// The answer to another client's refresh token, which nobody has recorded (row 16).
    ForeignRefresh { UnauthorizedClient = "unauthorized_client", InvalidGrant = "invalid_grant" }
}

trait SwitchSetting: Sized {
    fn read(word: &str) -> Option<Self>;
    fn word(&self) -> String;
    /// The choices, or none where any number will do.
    fn words() -> &'static [&'static str];
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
    fn words() -> &'static [&'static str] {
        &["off", "on"]
    }
}

impl SwitchSetting for i64 {
    fn read(word: &str) -> Option<Self> {
        word.parse().ok().filter(|seconds| (0..=31_536_000).contains(seconds))
    }
    fn word(&self) -> String {
        self.to_string()
    }
    fn words() -> &'static [&'static str] {
        &[]
    }
}

/// A switch as the panel shows it.
pub(super) struct SwitchRow {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) choices: &'static [&'static str],
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

            /// Sets one switch by its words; false if there is no such switch or no such value.
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
