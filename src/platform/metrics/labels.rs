//! The closed lists of label values. A new value is a new line here.

use crate::text_enum;

text_enum! {
    /// The outcome of a sign-in of a player or staff member. `sessions_started` counts by login method.
    pub enum SignIn {
        In = "in",
        Wrong = "wrong",
        CodeAsked = "code_asked",
        CodeWrong = "code_wrong",
        Throttled = "throttled",
        Overloaded = "overloaded",
    }

    /// The outcome of a password check outside the sign-in form.
    pub enum Proof {
        Right = "right",
        Wrong = "wrong",
        Throttled = "throttled",
    }

    /// The outcome of a token that a game presented (docs/protocols/gamesparks.md#amazonconnectrequest).
    pub enum PresentedTokenResult {
        NewPlayer = "new_player",
        SignedIn = "signed_in",
        NotAuthenticated = "not_authenticated",
        TryAgain = "try_again",
        Refused = "refused",
    }

    /// The outcome of a game server's request for an access token.
    pub enum ApiToken {
        Given = "given",
        Unknown = "unknown",
        NoLink = "no_link",
        NotActive = "not_active",
        TryLater = "try_later",
    }

    /// The outcome of a request or a connection of a game.
    pub enum GameRequest {
        Answered = "answered",
        NotUnderstood = "not_understood",
        TooLate = "too_late",
        Panicked = "panicked",
        HandshakeRefused = "handshake_refused",
        TurnedAway = "turned_away",
        TokenUsedAgain = "token_used_again",
        SignedOut = "signed_out",
    }

    /// What Amazon contradicted: its own earlier answer, or what the portal asked for.
    pub enum Contradiction {
        WrongIssuer = "wrong_issuer",
        WrongUser = "wrong_user",
        WrongAudience = "wrong_audience",
        Expired = "expired",
    }

    /// What became of a link that Amazon said was revoked.
    pub enum RevokedLink {
        Ended = "ended",
        Kept = "kept",
    }

    /// Why a sealed secret did not open.
    pub enum KeyRefusal {
        UnknownKey = "unknown_key",
        Tampered = "tampered",
        NotAnEnvelope = "not_an_envelope",
    }

    /// What a rate limit applies to. With the outcomes of sign-ins, it shows spraying and stuffing (S19).
    ///
    /// `network_guesses` counts one network that tries many accounts. `account_guesses` counts many networks that try
    /// one account.
    pub enum Limit {
        Guesses = "guesses",
        NetworkGuesses = "network_guesses",
        StaffGuesses = "staff_guesses",
        StaffNetworkGuesses = "staff_network_guesses",
        StaffGuessesInADay = "staff_guesses_in_a_day",
        StaffCodes = "staff_codes",
        StaffSearches = "staff_searches",
        StaffLooks = "staff_looks",
        // Counts repeated staff alerts within one window, not attempts.
        StaffAlerts = "staff_alerts",
        StaffRefusals = "staff_refusals",
        AccountGuesses = "account_guesses",
        KnownBrowserGuesses = "known_browser_guesses",
        SessionGuesses = "session_guesses",
        KnownNetworkGuesses = "known_network_guesses",
        SharedTurns = "shared_turns",
        SecondFactorCodes = "second_factor_codes",
        SecondFactorCodesInADay = "second_factor_codes_in_a_day",
        SignInMails = "sign_in_letters",
        PasskeyCeremonies = "passkey_ceremonies",
        AddressCodes = "address_codes",
        NewAddresses = "new_addresses",
        UserNames = "user_names",
        Registrations = "registrations",
        RegistrationCodes = "registration_codes",
        ResetsOfNetwork = "resets_of_network",
        ResetsOfAccount = "resets_of_account",
        MailsToAddress = "mails_to_address",
        MailsToEverybody = "mails_to_everybody",
        AmazonAttempts = "amazon_trips",
        PresentedTokens = "handed_over_tokens",
        PresentedIdentities = "handed_over_identities",
        PresentedOfNetwork = "handed_over_of_network",
        DeviceIds = "device_ids",
        DeviceMails = "device_mails",
        GameRegistrations = "game_registrations",
        ClaimCodes = "claim_codes",
        ClaimEntries = "claim_entries",
        SignInByCode = "sign_in_by_code",
        LinkCodes = "link_codes",
        Exports = "exports",
        ServiceRequests = "service_requests",
        Connections = "connections",
    }

    /// How a session ended.
    pub enum SessionEnd {
        Ended = "ended",
        Crowded = "crowded",
        Expired = "expired",
    }

    /// Why a password was not checked (S96).
    pub enum HashRefused {
        QueueFull = "queue_full",
        WaitedTooLong = "waited_too_long",
    }

    /// Which share of the calls to Amazon was used up (S85).
    pub enum CallRefused {
        Games = "games",
        Network = "network",
        Browsers = "browsers",
        Workers = "workers",
        All = "all",
    }

    /// The state of the circuit breaker for calls to Amazon (S86). The initial state is closed.
    pub enum Circuit {
        Closed = "closed",
        HalfOpen = "half_open",
        Open = "open",
    }

    /// The state of the mass-revocation guard (S69). The initial state is released.
    pub enum GuardState {
        Off = "released",
        On = "held",
    }

    /// The outcome of a refresh of a link's tokens.
    pub enum Refresh {
        Renewed = "renewed",
        Revoked = "revoked",
        NeedsReconnect = "needs_reconnect",
        Unavailable = "unavailable",
        Throttled = "throttled",
        Misconfigured = "misconfigured",
        Busy = "busy",
        KeptByGuard = "braked",
        Superseded = "superseded",
        NotStored = "not_stored",
    }

    /// The outcome of sending a mail to the mail server.
    pub enum MailResult {
        Sent = "sent",
        PutOff = "put_off",
        Failed = "failed",
    }

    /// The outcome of delivering an event to a game server.
    pub enum Delivery {
        Delivered = "delivered",
        PutOff = "put_off",
        Dead = "dead",
    }

    /// The function that accessed the database: `Db::read` or `Db::write`.
    pub enum DbAccess {
        Read = "read",
        Write = "write",
    }

    /// The background workers.
    pub enum WorkerName {
        Janitor = "janitor",
        Mail = "mail",
        Refresher = "refresher",
        Webhooks = "webhooks",
        AuditSealer = "audit_sealer",
        CodeLinkings = "code_linkings",
    }

    /// How a worker's pass ended.
    pub enum Pass {
        Well = "well",
        Fault = "fault",
    }
}
