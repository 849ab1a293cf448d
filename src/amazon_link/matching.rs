//! The identity's email is a local account's: its password is asked for, typed now, and nothing else links.
