//! The tables for both databases, written by hand. A test compares both sets of migrations with them.

diesel::table! {
    players (id) {
        id -> Text,
        display_name -> Text,
        display_name_key -> Text,
        sync_display_name -> Bool,
        user_name -> Nullable<Text>,
        user_name_key -> Nullable<Text>,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        email_proven_at -> Nullable<Timestamp>,
        password_sealed -> Nullable<Binary>,
        password_changed_at -> Nullable<Timestamp>,
        language -> Nullable<Text>,
        disabled_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        segments -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    amazon_links (id) {
        id -> Text,
        player_id -> Text,
        amazon_id -> Text,
        client_id -> Text,
        scopes -> Text,
        state -> Text,
        state_since -> Timestamp,
        amazon_name -> Nullable<Text>,
        amazon_email -> Nullable<Text>,
        access_token_sealed -> Nullable<Binary>,
        access_token_expires_at -> Nullable<Timestamp>,
        refresh_token_sealed -> Nullable<Binary>,
        token_version -> BigInt,
        linked_at -> Timestamp,
        checked_at -> Timestamp,
        tokens_from -> Text,
        state_cause -> Nullable<Text>,
        next_check_at -> Timestamp,
        retry_at -> Nullable<Timestamp>,
        failures -> BigInt,
        held_at -> Nullable<Timestamp>,
        lease_owner -> Nullable<Text>,
        lease_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    former_links (id) {
        id -> Text,
        player_id -> Text,
        amazon_id_hash -> Text,
        linked_at -> Timestamp,
        ended_at -> Timestamp,
        actor -> Text,
        cause -> Text,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        token_hash -> Text,
        player_id -> Text,
        csrf_secret -> Text,
        signed_in_with -> Text,
        is_remembered -> Bool,
        fresh_at -> Nullable<Timestamp>,
        browser -> Text,
        network -> Text,
        created_at -> Timestamp,
        last_seen_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
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
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
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
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    email_changes (id) {
        id -> Text,
        player_id -> Text,
        email -> Text,
        email_key -> Text,
        is_taken -> Bool,
        code_hash -> Text,
        tries -> BigInt,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    email_undos (id) {
        id -> Text,
        player_id -> Text,
        token_hash -> Text,
        email -> Text,
        email_key -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    password_resets (id) {
        id -> Text,
        player_id -> Text,
        token_hash -> Text,
        email_key -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    sign_in_codes (id) {
        id -> Text,
        browser_hash -> Text,
        player_id -> Nullable<Text>,
        is_remembered -> Bool,
        next -> Nullable<Text>,
        attempt_id -> Nullable<Text>,
        code_hash -> Text,
        tries -> BigInt,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    throttles (id) {
        id -> Text,
        taken -> BigInt,
        window_ends_at -> Timestamp,
        blocked_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    mails (id) {
        id -> Text,
        player_id -> Nullable<Text>,
        kind -> Text,
        recipient -> Text,
        subject -> Text,
        body_sealed -> Nullable<Binary>,
        attempts -> BigInt,
        next_attempt_at -> Timestamp,
        lease -> Nullable<Text>,
        created_at -> Timestamp,
        sent_at -> Nullable<Timestamp>,
        failed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    audit_events (id) {
        id -> Text,
        at -> Timestamp,
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

diesel::table! {
    audit_keys (player_id) {
        player_id -> Text,
        key_sealed -> Nullable<Binary>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    audit_seals (event_id) {
        event_id -> Text,
        tag -> Nullable<Binary>,
        position -> Nullable<BigInt>,
        previous -> Nullable<Binary>,
        hash -> Nullable<Binary>,
    }
}

diesel::table! {
    audit_heads (id) {
        id -> Text,
        position -> BigInt,
        hash -> Binary,
        tail_position -> BigInt,
        tail_hash -> Binary,
        is_founded -> Bool,
        signed_at -> Timestamp,
        signature -> Binary,
        lease -> Nullable<Text>,
        leased_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    staff (id) {
        id -> Text,
        email -> Text,
        email_key -> Text,
        role -> Text,
        password_sealed -> Nullable<Binary>,
        password_changed_at -> Nullable<Timestamp>,
        totp_sealed -> Nullable<Binary>,
        totp_step -> Nullable<BigInt>,
        enrol_hash -> Nullable<Text>,
        enrol_until -> Nullable<Timestamp>,
        disabled_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    staff_sessions (id) {
        id -> Text,
        token_hash -> Text,
        staff_id -> Text,
        csrf_secret -> Text,
        fresh_at -> Nullable<Timestamp>,
        browser -> Text,
        network -> Text,
        created_at -> Timestamp,
        last_seen_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    staff_recovery_codes (id) {
        id -> Text,
        staff_id -> Text,
        code_hash -> Text,
    }
}

diesel::table! {
    staff_proposals (id) {
        id -> Text,
        staff_id -> Text,
        role -> Text,
        reason -> Text,
        proposed_by -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    player_notes (id) {
        id -> Text,
        player_id -> Text,
        staff_id -> Text,
        note_sealed -> Binary,
        created_at -> Timestamp,
    }
}

diesel::table! {
    link_event_counter (id) {
        id -> BigInt,
        position -> BigInt,
    }
}

diesel::table! {
    link_events (position) {
        position -> BigInt,
        id -> Text,
        kind -> Text,
        at -> Timestamp,
        player_id -> Text,
        actor -> Text,
        cause -> Nullable<Text>,
    }
}

diesel::table! {
    webhook_endpoints (id) {
        id -> Text,
        url -> Text,
        kinds -> Text,
        secret_sealed -> Binary,
        created_at -> Timestamp,
        disabled_at -> Nullable<Timestamp>,
        disabled_because -> Nullable<Text>,
    }
}

diesel::table! {
    webhook_deliveries (id) {
        id -> Text,
        endpoint_id -> Text,
        position -> BigInt,
        attempts -> BigInt,
        next_attempt_at -> Timestamp,
        lease -> Nullable<Text>,
        last_answer -> Nullable<Text>,
        created_at -> Timestamp,
        delivered_at -> Nullable<Timestamp>,
        failed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    service_keys (id) {
        id -> Text,
        name -> Text,
        token_hash -> Text,
        scopes -> Text,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
        last_used_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    game_sessions (id) {
        id -> Text,
        player_id -> Text,
        api_key -> Text,
        credential -> Text,
        client -> Text,
        signed_in_with -> Text,
        proved_at -> Nullable<Timestamp>,
        network -> Text,
        created_at -> Timestamp,
        last_seen_at -> Timestamp,
        ends_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    game_tokens (token_hash) {
        token_hash -> Text,
        session_id -> Text,
        uses -> BigInt,
        created_at -> Timestamp,
        last_used_at -> Timestamp,
        ends_at -> Timestamp,
        proved_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    devices (id) {
        id -> Text,
        player_id -> Text,
        api_key -> Text,
        device_hash -> Text,
        label -> Text,
        told_of -> Nullable<Text>,
        network -> Text,
        made_at -> Timestamp,
        last_used_at -> Timestamp,
        switched_off_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
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
        created_at -> Timestamp,
        expires_at -> Timestamp,
        player_version -> BigInt,
        session_id -> Nullable<Text>,
    }
}

diesel::table! {
    code_linkings (id) {
        id -> Text,
        player_id -> Text,
        asked_by -> Text,
        asker_id -> Nullable<Text>,
        pair_sealed -> Nullable<Binary>,
        interval_seconds -> BigInt,
        next_poll_at -> Timestamp,
        lease_owner -> Nullable<Text>,
        lease_until -> Nullable<Timestamp>,
        outcome -> Nullable<Text>,
        reference -> Text,
        network -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        player_version -> BigInt,
    }
}

diesel::table! {
    sealing_keys (id) {
        id -> Text,
        sealing_at -> Nullable<Timestamp>,
        given_up_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    refresh_counts (minute, shard) {
        minute -> Timestamp,
        shard -> BigInt,
        renewed -> BigInt,
        refused -> BigInt,
    }
}

diesel::table! {
    refresh_brake (id) {
        id -> Text,
        on_since -> Nullable<Timestamp>,
        refused -> BigInt,
        refreshes -> BigInt,
        released_at -> Nullable<Timestamp>,
        released_by -> Nullable<Text>,
    }
}

diesel::joinable!(devices -> players (player_id));
diesel::joinable!(amazon_links -> players (player_id));
diesel::joinable!(sessions -> players (player_id));
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
