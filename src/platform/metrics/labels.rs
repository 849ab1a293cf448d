//! The closed lists that labels are taken from. A new word is a new line here.

use super::types::LabelWord;

/// An enum whose variants are the words of one label.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? })+) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($variant),+ }

        impl LabelWord for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    )+ };
}

words! {
    /// What came of a try to sign in, of players and of staff. By which door people come in, `sessions_started` says.
    SignIn {
        In = "in",
        Wrong = "wrong",
        CodeAsked = "code_asked",
        CodeWrong = "code_wrong",
        Throttled = "throttled",
        Overloaded = "overloaded",
    }

    /// What came of a password that was asked for beside the sign-in form.
    Proof {
        Right = "right",
        Wrong = "wrong",
        Throttled = "throttled",
    }

    /// What came of a token that a game handed over (product §5).
    HandOver {
        NewPlayer = "new_player",
        SignedIn = "signed_in",
        NotAuthenticated = "not_authenticated",
        TryAgain = "try_again",
        Refused = "refused",
    }

    /// What a budget is for. Together with the outcomes of sign-ins these show spraying and stuffing (S19):
    /// `network_guesses` is one network at many accounts, `account_guesses` many networks at one account.
    Limit {
        Guesses = "guesses",
        NetworkGuesses = "network_guesses",
        StaffGuesses = "staff_guesses",
        StaffNetworkGuesses = "staff_network_guesses",
        StaffGuessesInADay = "staff_guesses_in_a_day",
        StaffCodes = "staff_codes",
        StaffSearches = "staff_searches",
        StaffLooks = "staff_looks",
        // Not a try but an alert that was told within the hour.
        StaffAlerts = "staff_alerts",
        StaffRefusals = "staff_refusals",
        AccountGuesses = "account_guesses",
        KnownBrowserGuesses = "known_browser_guesses",
        SessionGuesses = "session_guesses",
        SignInLetters = "sign_in_letters",
        AddressCodes = "address_codes",
        NewAddresses = "new_addresses",
        UserNames = "user_names",
        Registrations = "registrations",
        RegistrationCodes = "registration_codes",
        ResetsOfNetwork = "resets_of_network",
        ResetsOfAccount = "resets_of_account",
        MailsToAddress = "mails_to_address",
        MailsToEverybody = "mails_to_everybody",
        AmazonTrips = "amazon_trips",
        HandedOverTokens = "handed_over_tokens",
        HandedOverIdentities = "handed_over_identities",
        HandedOverOfNetwork = "handed_over_of_network",
        DeviceIds = "device_ids",
        GameRegistrations = "game_registrations",
        ClaimCodes = "claim_codes",
        ClaimEntries = "claim_entries",
        LinkCodes = "link_codes",
        Exports = "exports",
        ServiceRequests = "service_requests",
    }

    /// How a session ended.
    SessionEnd {
        Ended = "ended",
        Crowded = "crowded",
        Expired = "expired",
    }

    /// Why a password was not checked (S96).
    HashRefused {
        QueueFull = "queue_full",
        WaitedTooLong = "waited_too_long",
    }

    /// The state of the circuit breaker towards Amazon (S86). Begins closed.
    Circuit {
        Closed = "closed",
        HalfOpen = "half_open",
        Open = "open",
    }

    /// The state of the brake on mass revocation (S69). Begins released.
    Brake {
        Released = "released",
        Held = "held",
    }

    /// What came of renewing a link's tokens.
    Refresh {
        Renewed = "renewed",
        Revoked = "revoked",
        NeedsReconnect = "needs_reconnect",
        Unavailable = "unavailable",
        Throttled = "throttled",
        Misconfigured = "misconfigured",
        Busy = "busy",
        Braked = "braked",
        Superseded = "superseded",
        NotStored = "not_stored",
    }

    /// What came of handing a letter to the mail server.
    LetterFate {
        Sent = "sent",
        PutOff = "put_off",
        Failed = "failed",
    }

    /// What came of delivering an event to a game server.
    Delivery {
        Delivered = "delivered",
        PutOff = "put_off",
        Dead = "dead",
    }

    /// By which door the database is entered.
    Door {
        Read = "read",
        Write = "write",
    }

    /// What works beside the requests.
    Worker {
        Janitor = "janitor",
        Mail = "mail",
        Refresher = "refresher",
        Webhooks = "webhooks",
        AuditSealer = "audit_sealer",
        CodeLinkings = "code_linkings",
    }

    /// How a worker's pass ended.
    Pass {
        Well = "well",
        Fault = "fault",
    }
}
