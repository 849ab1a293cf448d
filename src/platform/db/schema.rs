//! The tables for both databases, written by hand. A test compares both sets of migrations with them.

/// Declares a table whose columns may contain instants.
macro_rules! table {
    ($($table:tt)*) => {
        diesel::table! {
            use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
            use $crate::platform::db::types::UtcTimestamp;

            $($table)*
        }
    };
}

table! {
    players (id) {
        id -> Text,
        display_name -> Text,
        display_name_key -> Text,
        sync_display_name -> Bool,
        user_name -> Nullable<Text>,
        user_name_key -> Nullable<Text>,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        email_proven_at -> Nullable<UtcTimestamp>,
        password_sealed -> Nullable<Binary>,
        password_changed_at -> Nullable<UtcTimestamp>,
        language -> Nullable<Text>,
        disabled_at -> Nullable<UtcTimestamp>,
        created_at -> UtcTimestamp,
        segments -> Nullable<Text>,
        script_data -> Nullable<Text>,
        version -> BigInt,
        closes_at -> Nullable<UtcTimestamp>,
    }
}

table! {
    amazon_links (id) {
        id -> Text,
        player_id -> Text,
        amazon_id -> Text,
        client_id -> Text,
        scopes -> Text,
        state -> Text,
        state_since -> UtcTimestamp,
        amazon_name -> Nullable<Text>,
        amazon_email -> Nullable<Text>,
        access_token_sealed -> Nullable<Binary>,
        access_token_expires_at -> Nullable<UtcTimestamp>,
        refresh_token_sealed -> Nullable<Binary>,
        token_version -> BigInt,
        linked_at -> UtcTimestamp,
        checked_at -> UtcTimestamp,
        tokens_from -> Text,
        state_cause -> Nullable<Text>,
        next_check_at -> UtcTimestamp,
        retry_at -> Nullable<UtcTimestamp>,
        failures -> BigInt,
        held_at -> Nullable<UtcTimestamp>,
        lease_owner -> Nullable<Text>,
        lease_until -> Nullable<UtcTimestamp>,
        made_by -> Text,
        confirmed_at -> Nullable<UtcTimestamp>,
        made_in -> Nullable<Text>,
        made_on -> Nullable<Text>,
        made_from -> Nullable<Text>,
        unsettled_version -> Nullable<BigInt>,
        amazon_postal_code -> Nullable<Text>,
        amazon_email_known -> Nullable<Text>,
        profile_due_at -> Nullable<UtcTimestamp>,
    }
}

table! {
    former_links (id) {
        id -> Text,
        player_id -> Text,
        amazon_id_hash -> Text,
        linked_at -> UtcTimestamp,
        ended_at -> UtcTimestamp,
        actor -> Text,
        cause -> Text,
    }
}

table! {
    sessions (id) {
        id -> Text,
        token_hash -> Text,
        player_id -> Text,
        csrf_secret -> Text,
        signed_in_with -> Text,
        is_remembered -> Bool,
        fresh_at -> Nullable<UtcTimestamp>,
        browser -> Text,
        network -> Text,
        created_at -> UtcTimestamp,
        last_seen_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
    }
}

table! {
    held_answers (id) {
        id -> Text,
        session_id -> Nullable<Text>,
        staff_session_id -> Nullable<Text>,
        browser_hash -> Text,
        answer_sealed -> Binary,
        expires_at -> UtcTimestamp,
    }
}

table! {
    link_attempts (id) {
        id -> Text,
        state_hash -> Text,
        purpose -> Text,
        stage -> Text,
        browser_hash -> Text,
        session_id -> Nullable<Text>,
        player_id -> Nullable<Text>,
        verifier_sealed -> Nullable<Binary>,
        next -> Nullable<Text>,
        amazon_id -> Nullable<Text>,
        identity_sealed -> Nullable<Binary>,
        tries -> BigInt,
        created_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
        code_hash -> Nullable<Text>,
    }
}

table! {
    registrations (id) {
        id -> Text,
        browser_hash -> Text,
        display_name -> Text,
        email -> Text,
        email_key -> Text,
        is_taken -> Bool,
        password_sealed -> Binary,
        language -> Nullable<Text>,
        next -> Nullable<Text>,
        code_hash -> Text,
        tries -> BigInt,
        created_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
    }
}

table! {
    email_changes (id) {
        id -> Text,
        player_id -> Text,
        email -> Text,
        email_key -> Text,
        is_taken -> Bool,
        code_hash -> Text,
        tries -> BigInt,
        created_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
        session_id -> Nullable<Text>,
    }
}

table! {
    email_undos (id) {
        id -> Text,
        player_id -> Text,
        token_hash -> Text,
        email -> Text,
        email_key -> Text,
        created_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
    }
}

table! {
    password_resets (id) {
        id -> Text,
        player_id -> Text,
        token_hash -> Text,
        email_key -> Text,
        created_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
    }
}

table! {
    sign_in_codes (id) {
        id -> Text,
        browser_hash -> Text,
        player_id -> Nullable<Text>,
        is_remembered -> Bool,
        next -> Nullable<Text>,
        attempt_id -> Nullable<Text>,
        code_hash -> Text,
        tries -> BigInt,
        created_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
    }
}

table! {
    throttles (id) {
        id -> Text,
        taken -> BigInt,
        window_ends_at -> UtcTimestamp,
        blocked_until -> Nullable<UtcTimestamp>,
    }
}

table! {
    mails (id) {
        id -> Text,
        player_id -> Nullable<Text>,
        kind -> Text,
        recipient -> Text,
        subject -> Text,
        body_sealed -> Nullable<Binary>,
        attempts -> BigInt,
        next_attempt_at -> UtcTimestamp,
        lease -> Nullable<Text>,
        created_at -> UtcTimestamp,
        sent_at -> Nullable<UtcTimestamp>,
        failed_at -> Nullable<UtcTimestamp>,
    }
}

table! {
    audit_events (id) {
        id -> Text,
        at -> UtcTimestamp,
        kind -> Text,
        player_id -> Nullable<Text>,
        actor -> Text,
        session_id -> Nullable<Text>,
        reference -> Text,
        network -> Nullable<Text>,
        details -> Text,
        staff_id -> Nullable<Text>,
        personal -> Nullable<Binary>,
    }
}

table! {
    audit_keys (player_id) {
        player_id -> Text,
        key_sealed -> Nullable<Binary>,
        created_at -> UtcTimestamp,
    }
}

table! {
    audit_seals (event_id) {
        event_id -> Text,
        tag -> Nullable<Binary>,
        position -> Nullable<BigInt>,
        previous -> Nullable<Binary>,
        hash -> Nullable<Binary>,
    }
}

table! {
    audit_heads (id) {
        id -> Text,
        position -> BigInt,
        hash -> Binary,
        tail_position -> BigInt,
        tail_hash -> Binary,
        is_founded -> Bool,
        signed_at -> UtcTimestamp,
        signature -> Binary,
        lease -> Nullable<Text>,
        leased_until -> Nullable<UtcTimestamp>,
    }
}

table! {
    staff (id) {
        id -> Text,
        email -> Text,
        email_key -> Text,
        role -> Text,
        password_sealed -> Nullable<Binary>,
        password_changed_at -> Nullable<UtcTimestamp>,
        totp_sealed -> Nullable<Binary>,
        totp_step -> Nullable<BigInt>,
        enrol_hash -> Nullable<Text>,
        enrol_until -> Nullable<UtcTimestamp>,
        disabled_at -> Nullable<UtcTimestamp>,
        created_at -> UtcTimestamp,
    }
}

table! {
    staff_sessions (id) {
        id -> Text,
        token_hash -> Text,
        staff_id -> Text,
        csrf_secret -> Text,
        fresh_at -> Nullable<UtcTimestamp>,
        browser -> Text,
        network -> Text,
        created_at -> UtcTimestamp,
        last_seen_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
    }
}

table! {
    staff_recovery_codes (id) {
        id -> Text,
        staff_id -> Text,
        code_hash -> Text,
    }
}

table! {
    staff_proposals (id) {
        id -> Text,
        staff_id -> Text,
        role -> Text,
        reason -> Text,
        proposed_by -> Text,
        created_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
    }
}

table! {
    player_notes (id) {
        id -> Text,
        player_id -> Text,
        staff_id -> Text,
        note_sealed -> Binary,
        created_at -> UtcTimestamp,
    }
}

table! {
    link_event_counter (id) {
        id -> BigInt,
        position -> BigInt,
        jumped_from -> Nullable<BigInt>,
        jumped_to -> Nullable<BigInt>,
    }
}

table! {
    link_events (position) {
        position -> BigInt,
        id -> Text,
        kind -> Text,
        at -> UtcTimestamp,
        player_id -> Text,
        actor -> Text,
        cause -> Nullable<Text>,
    }
}

table! {
    webhook_endpoints (id) {
        id -> Text,
        url -> Text,
        kinds -> Text,
        secret_sealed -> Binary,
        created_at -> UtcTimestamp,
        disabled_at -> Nullable<UtcTimestamp>,
        disabled_because -> Nullable<Text>,
    }
}

table! {
    webhook_deliveries (id) {
        id -> Text,
        endpoint_id -> Text,
        position -> BigInt,
        attempts -> BigInt,
        next_attempt_at -> UtcTimestamp,
        lease -> Nullable<Text>,
        last_answer -> Nullable<Text>,
        created_at -> UtcTimestamp,
        delivered_at -> Nullable<UtcTimestamp>,
        failed_at -> Nullable<UtcTimestamp>,
    }
}

table! {
    service_keys (id) {
        id -> Text,
        name -> Text,
        token_hash -> Text,
        scopes -> Text,
        created_at -> UtcTimestamp,
        expires_at -> Nullable<UtcTimestamp>,
        last_used_at -> Nullable<UtcTimestamp>,
        revoked_at -> Nullable<UtcTimestamp>,
    }
}

table! {
    game_sessions (id) {
        id -> Text,
        player_id -> Text,
        api_key -> Text,
        credential -> Text,
        client -> Text,
        signed_in_with -> Text,
        proved_at -> Nullable<UtcTimestamp>,
        network -> Text,
        created_at -> UtcTimestamp,
        last_seen_at -> UtcTimestamp,
        ends_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
        device_id -> Nullable<Text>,
    }
}

table! {
    game_tokens (token_hash) {
        token_hash -> Text,
        session_id -> Text,
        uses -> BigInt,
        created_at -> UtcTimestamp,
        last_used_at -> UtcTimestamp,
        ends_at -> UtcTimestamp,
        proved_at -> Nullable<UtcTimestamp>,
    }
}

table! {
    devices (id) {
        id -> Text,
        player_id -> Text,
        api_key -> Text,
        device_hash -> Text,
        label -> Text,
        told_of -> Nullable<Text>,
        network -> Text,
        made_at -> UtcTimestamp,
        last_used_at -> UtcTimestamp,
        switched_off_at -> Nullable<UtcTimestamp>,
    }
}

table! {
    claim_codes (id) {
        id -> Text,
        player_id -> Text,
        device_id -> Nullable<Text>,
        selector -> Text,
        code_hash -> Text,
        tries -> BigInt,
        api_key -> Text,
        device_label -> Text,
        network -> Text,
        browser_hash -> Nullable<Text>,
        outcome -> Nullable<Text>,
        created_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
        player_version -> BigInt,
        session_id -> Nullable<Text>,
        token_hash -> Nullable<Text>,
    }
}

table! {
    code_linkings (id) {
        id -> Text,
        player_id -> Text,
        asked_by -> Text,
        asker_id -> Nullable<Text>,
        pair_sealed -> Nullable<Binary>,
        interval_seconds -> BigInt,
        next_poll_at -> UtcTimestamp,
        lease_owner -> Nullable<Text>,
        lease_until -> Nullable<UtcTimestamp>,
        outcome -> Nullable<Text>,
        reference -> Text,
        network -> Text,
        created_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
        ended_at -> Nullable<UtcTimestamp>,
        player_version -> BigInt,
        confirm_since -> Nullable<UtcTimestamp>,
        proved_at -> Nullable<UtcTimestamp>,
    }
}

table! {
    link_undos (id) {
        id -> Text,
        player_id -> Text,
        link_id -> Text,
        token_hash -> Text,
        created_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
    }
}

table! {
    game_sign_in_codes (id) {
        id -> Text,
        linking_hash -> Text,
        player_id -> Nullable<Text>,
        player_version -> BigInt,
        session_id -> Nullable<Text>,
        selector -> Text,
        code_hash -> Text,
        tries -> BigInt,
        api_key -> Text,
        device_label -> Text,
        network -> Text,
        browser_hash -> Nullable<Text>,
        outcome -> Nullable<Text>,
        granted_player_id -> Nullable<Text>,
        granted_version -> Nullable<BigInt>,
        granted_session_id -> Nullable<Text>,
        granted_with -> Nullable<Text>,
        game_session_id -> Nullable<Text>,
        created_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
    }
}

table! {
    sealing_keys (id) {
        id -> Text,
        sealing_at -> Nullable<UtcTimestamp>,
        given_up_at -> Nullable<UtcTimestamp>,
    }
}

table! {
    restores (id) {
        id -> Text,
        epoch -> BigInt,
        restored_at -> UtcTimestamp,
        has_ledger -> Bool,
    }
}

table! {
    refresh_counts (minute, shard) {
        minute -> UtcTimestamp,
        shard -> BigInt,
        renewed -> BigInt,
        refused -> BigInt,
    }
}

table! {
    refresh_brake (id) {
        id -> Text,
        on_since -> Nullable<UtcTimestamp>,
        refused -> BigInt,
        refreshes -> BigInt,
        released_at -> Nullable<UtcTimestamp>,
        released_by -> Nullable<Text>,
    }
}

table! {
    player_second_factors (player_id) {
        player_id -> Text,
        totp_sealed -> Binary,
        totp_step -> BigInt,
        created_at -> UtcTimestamp,
    }
}

table! {
    player_recovery_codes (id) {
        id -> Text,
        player_id -> Text,
        code_hash -> Text,
    }
}

table! {
    remembered_browsers (id) {
        id -> Text,
        player_id -> Text,
        token_hash -> Text,
        browser -> Text,
        network -> Text,
        created_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
    }
}

table! {
    pending_sign_ins (id) {
        id -> Text,
        browser_hash -> Text,
        player_id -> Text,
        player_version -> BigInt,
        signed_in_with -> Text,
        is_remembered -> Bool,
        next -> Nullable<Text>,
        created_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
    }
}

table! {
    factor_recoveries (id) {
        id -> Text,
        player_id -> Text,
        token_hash -> Text,
        due_at -> Nullable<UtcTimestamp>,
        mailed_at -> Nullable<UtcTimestamp>,
        created_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
    }
}

table! {
    passkeys (id) {
        id -> Text,
        player_id -> Text,
        name -> Text,
        credential_id -> Text,
        credential -> Text,
        sign_count -> BigInt,
        is_backup_eligible -> Bool,
        is_backed_up -> Bool,
        created_at -> UtcTimestamp,
        last_used_at -> Nullable<UtcTimestamp>,
    }
}

table! {
    passkey_ceremonies (id) {
        id -> Text,
        purpose -> Text,
        browser_hash -> Text,
        session_id -> Nullable<Text>,
        player_id -> Nullable<Text>,
        state -> Text,
        created_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
    }
}

diesel::joinable!(devices -> players (player_id));
diesel::joinable!(amazon_links -> players (player_id));
diesel::joinable!(sessions -> players (player_id));
diesel::joinable!(factor_recoveries -> players (player_id));
diesel::joinable!(webhook_deliveries -> link_events (position));
diesel::joinable!(webhook_deliveries -> webhook_endpoints (endpoint_id));
diesel::joinable!(game_sessions -> players (player_id));
diesel::joinable!(game_tokens -> game_sessions (session_id));
diesel::allow_tables_to_appear_in_same_query!(players, devices, claim_codes);
diesel::allow_tables_to_appear_in_same_query!(players, amazon_links, sessions, link_attempts);
diesel::joinable!(staff_sessions -> staff (staff_id));
diesel::joinable!(staff_proposals -> staff (staff_id));
diesel::allow_tables_to_appear_in_same_query!(staff, staff_sessions, staff_proposals);
diesel::allow_tables_to_appear_in_same_query!(audit_events, audit_seals, audit_keys);
diesel::allow_tables_to_appear_in_same_query!(link_events, webhook_deliveries, webhook_endpoints);
diesel::allow_tables_to_appear_in_same_query!(players, game_sessions, game_tokens);
diesel::allow_tables_to_appear_in_same_query!(amazon_links, devices);
diesel::allow_tables_to_appear_in_same_query!(
    players,
    email_changes,
    password_resets,
    sign_in_codes,
    pending_sign_ins,
    factor_recoveries
);
diesel::allow_tables_to_appear_in_same_query!(players, passkeys);
diesel::allow_tables_to_appear_in_same_query!(sessions, passkeys);
diesel::allow_tables_to_appear_in_same_query!(amazon_links, passkeys);
diesel::allow_tables_to_appear_in_same_query!(sessions, email_changes);
diesel::allow_tables_to_appear_in_same_query!(amazon_links, email_changes);
diesel::allow_tables_to_appear_in_same_query!(sessions, factor_recoveries);
diesel::allow_tables_to_appear_in_same_query!(amazon_links, factor_recoveries);
diesel::allow_tables_to_appear_in_same_query!(link_attempts, factor_recoveries);
diesel::allow_tables_to_appear_in_same_query!(passkeys, factor_recoveries);
