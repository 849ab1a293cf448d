//! What tests and benches use of the library, under the names of its rooms.
//!
//! The rooms are private, so that the compiler reports what nothing uses. An item that only tests need does not
//! belong here: a test goes through the doors of the program.

pub mod app {
    pub use crate::app::{App, CONNECTIONS};
}

pub mod audit {
    pub use crate::audit::{
        Actor, AuditChain, AuditEntry, AuditEvent, AuditFilter, ChainFinding, ChainReport, Kind,
        append_event, destroy_player_key, list_records, start_sealing,
    };
}

pub mod config {
    pub use crate::config::{
        CodePolicy, Config, DatabaseLocation, HashingPolicy, MailDelivery, Mode, Setting, all_settings,
        new_keys,
    };

    #[cfg(feature = "simulator")]
    pub mod simulated {
        pub use crate::config::simulated::{CLIENT_ID, CLIENT_SECRET};
    }
}

pub mod links {
    pub mod device_flow {
        pub use crate::links::device_flow::{DeviceFlowBatch, poll_batch, start};
    }

    pub mod refresh {
        pub use crate::links::refresh::{
            AccessTokenRefusal, BatchProgress, CheckedLink, FreshToken, check_now, fresh_token,
            refresh_batch, start,
        };
    }
}

pub mod lwa {
    pub use crate::lwa::CircuitBreaker;

    #[cfg(feature = "simulator")]
    pub mod simulator {
        pub use crate::lwa::simulator::{
            CallRegion, DEVICE_CLIENT_ID, ErrorBodies, ForeignRefresh, MOBILE_CLIENT_ID, RecordedPkce,
            RunningSimulator, SIGNED_IN_COOKIE, SISTER_CLIENT_ID, SISTER_CLIENT_SECRET, STRANGER_CLIENT_ID,
            SimulatedCall, SimulatedCustomer, SimulatedFault, Simulator, SimulatorSettings, SlowDown,
            StateEcho, TokenKind, WEB_CLIENT_ID, WEB_CLIENT_SECRET,
        };
    }
}

pub mod operations {
    pub mod cleanup {
        pub use crate::operations::cleanup::clean_up_once;
    }

    pub mod readiness {
        pub use crate::operations::readiness::{ReadinessReport, start};
    }

    pub mod verify {
        pub use crate::operations::verify::{INVARIANTS, InvariantFinding, TABLES, judge};
    }
}

pub mod outbound {
    pub mod link_events {
        pub use crate::outbound::link_events::{Kind, NewLinkEvent, record_event};
    }

    pub mod mail {
        pub use crate::outbound::mail::deliver_due;
    }

    pub mod webhooks {
        pub use crate::outbound::webhooks::{deliver_due, list, start};
    }
}

pub mod platform {
    pub mod clock {
        pub use crate::platform::clock::Clock;
    }

    pub mod crypto {
        pub mod token {
            pub use crate::platform::crypto::token::{OpaqueToken, random_bytes};
        }

        pub mod vault {
            pub use crate::platform::crypto::vault::{SealContext, key_id_of};
        }
    }

    pub mod db {
        pub use crate::platform::db::{Conn, Db, UtcTime, new_id, schema};

        pub mod migrate {
            pub use crate::platform::db::migrate::{down, names, status, up};
        }
    }

    pub mod fault {
        pub use crate::platform::fault::{Fault, Kind, Shortage, Stop};
    }

    pub mod ids {
        pub use crate::platform::ids::PlayerId;
    }

    pub mod logging {
        pub use crate::platform::logging::{LogFilter, LogFormat, known_targets, subscriber};
    }

    pub mod metrics {
        pub use crate::platform::metrics::{Limit, MetricDescription, Metrics};
    }

    pub mod name {
        pub use crate::platform::name::search_key;
    }

    pub mod password {
        pub use crate::platform::password::{
            HashCost, HasherLimits, Password, PasswordHasher, place_of_hash,
        };
    }

    pub mod test_gate {
        pub use crate::platform::test_gate::TestGate;
    }
}

pub mod privacy {
    pub use crate::privacy::erase_left_behind;
}

pub mod server {
    pub mod layers {
        pub use crate::server::layers::start_server;
    }
}
