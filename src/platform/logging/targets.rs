//! The targets that a log filter may name, so that a misspelt one is refused and not silently kept.
//!
//! A filter for `dovetail::lwaa`, or for `inof`, would be valid and log nothing.

use tracing_subscriber::filter::LevelFilter;

/// The modules of this program that log. A test compares the list with the source.
pub(super) const LOGGING_MODULES: &[&str] = &[
    "dovetail::accounts::login_attempts::check",
    "dovetail::accounts::second_factor::check",
    "dovetail::accounts::sign_in::with_password",
    "dovetail::audit::chain::worker",
    "dovetail::audit::personal",
    "dovetail::games::devices::authenticate",
    "dovetail::games::gateway",
    "dovetail::games::gateway::connection",
    "dovetail::games::gateway::handle_message",
    "dovetail::games::gateway::handshake",
    "dovetail::games::requests::dispatch",
    "dovetail::links::device_flow::link",
    "dovetail::links::device_flow::poll",
    "dovetail::links::device_flow::poll_batch",
    "dovetail::links::device_flow::worker",
    "dovetail::links::oauth::callback",
    "dovetail::links::oauth::confirm",
    "dovetail::links::oauth::exchange",
    "dovetail::links::presented_token::connect",
    "dovetail::links::presented_token::verify",
    "dovetail::links::refresh::record",
    "dovetail::links::refresh::renew",
    "dovetail::links::refresh::revoke",
    "dovetail::links::refresh::worker",
    "dovetail::lwa::circuit_breaker",
    "dovetail::lwa::errors",
    "dovetail::lwa::http",
    "dovetail::lwa::simulator::state",
    "dovetail::operations::cleanup",
    "dovetail::operations::cli::serve",
    "dovetail::operations::key_rotation::keys",
    "dovetail::operations::key_rotation::walk",
    "dovetail::operations::readiness::ready",
    "dovetail::outbound::mail::deliver",
    "dovetail::outbound::mail::worker",
    "dovetail::outbound::webhooks::deliver",
    "dovetail::outbound::webhooks::worker",
    "dovetail::platform::db",
    "dovetail::platform::db::pool",
    "dovetail::platform::i18n",
    "dovetail::platform::ledger",
    "dovetail::platform::logging",
    "dovetail::platform::logging::line_queue",
    "dovetail::platform::password",
    "dovetail::privacy::close",
    "dovetail::privacy::erase",
    "dovetail::privacy::export_stream",
    "dovetail::server::refused_forms",
    "dovetail::server::session_middleware::layer",
    "dovetail::server::session_middleware::staff",
    "dovetail::service_api::auth",
    "dovetail::support::notes::store",
    "dovetail::support::staff::second_factor",
    "dovetail::support::view_quota",
    "dovetail::web::request_log",
];

/// The libraries that log, through `tracing` or `log`.
const LIBRARIES: [&str; 20] = [
    "actix_http",
    "actix_rt",
    "actix_server",
    "actix_session",
    "actix_web",
    "actix_ws",
    "diesel",
    "diesel_migrations",
    "fluent_bundle",
    "h2",
    "hyper",
    "hyper_util",
    "lettre",
    "log",
    "mio",
    "oauth2",
    "reqwest",
    "rustls",
    "tokio",
    "tungstenite",
];

/// Whether every target in the filter is one that logs.
pub(super) fn are_known(filter: &str) -> bool {
    directives(filter).all(|directive| {
        let end = directive.find(['[', '=']).unwrap_or(directive.len());
        let (target, rest) = directive.split_at(end);
        let target = target.trim();
        let is_level = rest.is_empty() && target.parse::<LevelFilter>().is_ok();
        target.is_empty() || is_level || is_known(target)
    })
}

fn is_known(target: &str) -> bool {
    let krate = target.split("::").next().unwrap_or_default();
    let is_ours = |module: &&str| {
        module.strip_prefix(target).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    LIBRARIES.contains(&krate) || LOGGING_MODULES.iter().any(is_ours)
}

/// The parts between commas, but not those between the commas of a span's fields.
fn directives(filter: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    filter.split(move |char: char| {
        match char {
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        char == ',' && depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_nobody_logs_is_refused() {
        for known in [
            "info",
            "WARN",
            "off",
            "3",
            "info,dovetail::lwa=debug",
            "dovetail=trace",
            "warn,dovetail::links::refresh=debug,hyper::client=info",
            "[request{request.reference=a,x=b}]=debug",
            "dovetail::web::request_log[request]=info",
        ] {
            assert!(are_known(known), "{known}");
        }
        for misspelt in [
            "inof",
            "info,dovetial=debug",
            "dovetail::lwaa=debug",
            "info,dovetail::lw=debug",
            "inof[request]",
        ] {
            assert!(!are_known(misspelt), "{misspelt}");
        }
    }
}
