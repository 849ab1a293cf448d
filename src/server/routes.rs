//! Every address with its handler and its audience.
//!
//! Mounting, access control and `dovetail routes` read this table, and a test asks for every route.

use actix_web::http::Method;
use actix_web::{HttpResponse, Route, web};

use crate::accounts::password_reset;
use crate::accounts::reauthentication::pages as reauthentication;
use crate::accounts::registration;
use crate::accounts::remaining_access;
use crate::accounts::sign_in::lost_factor::pages as lost_factor;
use crate::accounts::sign_in::{pages as entrance, security};
use crate::outbound::mail;
use crate::web::guard::{Audience, RouteRule};
use crate::web::{Permission, assets, urls};

/// All routes in the order of matching: literals before patterns.
pub fn table() -> Vec<RouteRule> {
    let mut rows = Vec::new();
    rows.extend(machines());
    rows.extend(sign_in());
    rows.extend(passkeys());
    rows.extend(players());
    rows.extend(amazon_link());
    rows.extend(registration());
    rows.extend(mails());
    rows.extend(staff());
    rows.extend(support());
    rows.extend(support_actions());
    rows.extend(devices());
    rows.extend(privacy());
    rows.extend(game());
    rows.extend(service_api());
    rows
}

/// Sign-in, sign-out, and confirming identity.
fn sign_in() -> Vec<RouteRule> {
    vec![
        get(urls::WELCOME, Audience::SignedOut, || web::to(entrance::welcome)),
        get(urls::SIGN_IN, Audience::SignedOut, || web::to(entrance::show)),
        post(urls::SIGN_IN, Audience::SignedOut, || web::to(entrance::submit)),
        get(urls::SIGN_IN_CODE, Audience::SignedOut, || web::to(entrance::show_code)),
        post(urls::SIGN_IN_CODE, Audience::SignedOut, || web::to(entrance::submit_code)),
        // A signed-in browser may sign in as somebody else by Amazon, and is asked for that player's code.
        get(urls::SIGN_IN_TWO_STEP, Audience::Anyone, || web::to(entrance::show_two_step)),
        post(urls::SIGN_IN_TWO_STEP, Audience::Anyone, || web::to(entrance::submit_two_step)),
        get(urls::LOST_FACTOR, Audience::Anyone, || web::to(lost_factor::show)),
        post(urls::LOST_FACTOR, Audience::Anyone, || web::to(lost_factor::ask)),
        get(urls::LOST_FACTOR_BEGIN, Audience::Anyone, || web::to(lost_factor::show_begin)),
        post(urls::LOST_FACTOR_BEGIN, Audience::Anyone, || web::to(lost_factor::submit_begin)),
        get(urls::LOST_FACTOR_CANCEL, Audience::Anyone, || web::to(lost_factor::show_cancel)),
        post(urls::LOST_FACTOR_CANCEL, Audience::Anyone, || web::to(lost_factor::submit_cancel)),
        get(urls::LOST_FACTOR_FINISH, Audience::Anyone, || web::to(lost_factor::show_finish)),
        post(urls::LOST_FACTOR_FINISH, Audience::Anyone, || web::to(lost_factor::submit_finish)),
        post(urls::TWO_STEP_KEEP, Audience::Player, || web::to(lost_factor::cancel_here)),
        post(urls::SIGN_OUT, Audience::Anyone, || web::to(entrance::leave)),
        get(urls::FORGOT_PASSWORD, Audience::Anyone, || web::to(password_reset::pages::forgot)),
        post(urls::FORGOT_PASSWORD, Audience::Anyone, || web::to(password_reset::pages::send_link)),
        get(urls::RESET_PASSWORD, Audience::Anyone, || web::to(password_reset::pages::show)),
        post(urls::RESET_PASSWORD, Audience::Anyone, || web::to(password_reset::pages::submit)),
        get(urls::CONFIRM_IDENTITY, Audience::Player, || web::to(reauthentication::show)),
        post(urls::CONFIRM_IDENTITY, Audience::Player, || web::to(reauthentication::submit)),
        get(urls::SECURITY, Audience::Player, || web::to(security::pages::show)),
        get(urls::ACCESS, Audience::Player, || web::to(remaining_access::pages::show)),
        post(urls::END_SESSION, Audience::Player, || web::to(security::pages::end_session)).fresh(),
        post(urls::SIGN_OUT_EVERYWHERE, Audience::Player, || web::to(security::pages::sign_out_everywhere))
            .fresh(),
        get(urls::CHANGE_PASSWORD, Audience::Anyone, || web::to(security::pages::change_password)),
    ]
}

/// Passkeys, as a way in, as proof of identity, and in the player's list.
fn passkeys() -> Vec<RouteRule> {
    use crate::accounts::passkeys::{origins_pages, pages, proof_pages};
    use Audience::{Anyone, Player, SignedOut};
    vec![
        post(urls::PASSKEY_SIGN_IN_BEGIN, SignedOut, || web::to(proof_pages::begin_sign_in)),
        post(urls::PASSKEY_SIGN_IN, SignedOut, || web::to(proof_pages::sign_in)),
        post(urls::PASSKEY_CONFIRM_BEGIN, Player, || web::to(proof_pages::begin_proof)),
        post(urls::PASSKEY_CONFIRM, Player, || web::to(proof_pages::confirm_identity)),
        get(urls::PASSKEYS, Player, || web::to(pages::show)),
        get(urls::PASSKEY_ADD, Player, || web::to(pages::show_add)).fresh(),
        // The handler asks for fresh proof, because a script asks, and the page is what goes on after the proof.
        post(urls::PASSKEY_BEGIN, Player, || web::to(pages::begin_to_add)),
        post(urls::PASSKEY_ADD, Player, || web::to(pages::submit_add)).fresh(),
        post(urls::PASSKEY_RENAME, Player, || web::to(pages::submit_rename)),
        post(urls::PASSKEY_REMOVE, Player, || web::to(pages::submit_remove)).fresh(),
        get(urls::PASSKEY_ORIGINS, Anyone, || web::to(origins_pages::show)),
    ]
}

/// A player's own pages.
fn players() -> Vec<RouteRule> {
    use crate::accounts::email::pages as email;
    use crate::accounts::password::pages as password;
    use crate::accounts::profile::pages as profile;
    use crate::accounts::two_step::pages as two_step;
    use Audience::{Anyone, Player};
    vec![
        get(urls::PROFILE, Player, || web::to(profile::show)),
        post(urls::PROFILE, Player, || web::to(profile::submit)),
        get(urls::EMAIL, Player, || web::to(email::show)).fresh(),
        post(urls::EMAIL, Player, || web::to(email::submit)).fresh(),
        get(urls::EMAIL_VERIFY, Player, || web::to(email::show_verify)),
        post(urls::EMAIL_VERIFY, Player, || web::to(email::submit_verify)),
        post(urls::EMAIL_AGAIN, Player, || web::to(email::submit_again)).fresh(),
        post(urls::EMAIL_CANCEL, Player, || web::to(email::submit_cancel)),
        get(urls::EMAIL_UNDO, Anyone, || web::to(email::show_undo)),
        post(urls::EMAIL_UNDO, Anyone, || web::to(email::submit_undo)),
        get(urls::ACTIVITY, Player, || web::to(crate::accounts::activity::pages::show)),
        // The handler asks for fresh proof, because only a first password needs it.
        get(urls::PASSWORD, Player, || web::to(password::show)),
        post(urls::PASSWORD, Player, || web::to(password::submit)),
        get(urls::PASSWORD_REMOVE, Player, || web::to(password::show_remove)),
        post(urls::PASSWORD_REMOVE, Player, || web::to(password::submit_remove)).fresh(),
        get(urls::TWO_STEP, Player, || web::to(two_step::show)),
        post(urls::TWO_STEP_BEGIN, Player, || web::to(two_step::begin)).fresh(),
        get(urls::TWO_STEP_SET_UP, Player, || web::to(two_step::show_set_up)).fresh(),
        post(urls::TWO_STEP_SET_UP, Player, || web::to(two_step::submit_set_up)).fresh(),
        get(urls::TWO_STEP_CODES, Player, || web::to(two_step::show_codes)),
        post(urls::TWO_STEP_CODES, Player, || web::to(two_step::renew_codes)).fresh(),
        get(urls::TWO_STEP_OFF, Player, || web::to(two_step::show_off)).fresh(),
        post(urls::TWO_STEP_OFF, Player, || web::to(two_step::submit_off)).fresh(),
        post(urls::TWO_STEP_FORGET, Player, || web::to(two_step::forget_browser)),
    ]
}

/// The privacy page, and the export and erasure of a player's data.
fn privacy() -> Vec<RouteRule> {
    use crate::privacy::{data_pages as data, keep_pages, pages};
    vec![
        get(urls::PRIVACY, Audience::Anyone, || web::to(pages::show)),
        get(urls::DATA, Audience::Player, || web::to(data::show)),
        post(urls::DATA_EXPORT, Audience::Player, || web::to(data::export)).fresh(),
        get(urls::DATA_DELETE, Audience::Player, || web::to(data::show_erase)),
        post(urls::DATA_DELETE, Audience::Player, || web::to(data::submit_erase)).fresh(),
        get(urls::DATA_KEEP, Audience::Anyone, || web::to(keep_pages::show)),
        post(urls::DATA_KEEP, Audience::Anyone, || web::to(keep_pages::keep)),
        post(urls::DATA_KEEP_EXPORT, Audience::Anyone, || web::to(keep_pages::export)),
        post(urls::DATA_KEEP_ERASE, Audience::Anyone, || web::to(keep_pages::erase)),
        get(urls::GOODBYE, Audience::SignedOut, || web::to(data::goodbye)),
    ]
}

/// Registration of a player.
fn registration() -> Vec<RouteRule> {
    vec![
        get(urls::REGISTER, Audience::SignedOut, || web::to(registration::pages::show)),
        post(urls::REGISTER, Audience::SignedOut, || web::to(registration::pages::submit)),
        get(urls::REGISTER_VERIFY, Audience::SignedOut, || web::to(registration::pages::show_verify)),
        post(urls::REGISTER_VERIFY, Audience::SignedOut, || web::to(registration::pages::submit_verify)),
    ]
}

/// The game gateway.
fn game() -> Vec<RouteRule> {
    use crate::games::gateway::{http, websocket};
    vec![
        get(urls::GAME_SOCKET, Audience::Game, || web::to(websocket::open_socket)),
        post(urls::GAME_REQUEST, Audience::Game, || web::to(http::answer_http)),
    ]
}

/// The mails that development does not send.
fn mails() -> Vec<RouteRule> {
    vec![get(urls::OUTBOX, Audience::Anyone, || web::to(mail::pages::show))]
}

/// Health check and static files.
fn machines() -> Vec<RouteRule> {
    vec![
        get("/healthz", Audience::Anyone, || web::to(|| async { HttpResponse::Ok().body("ok\n") })),
        get("/static/{version}/{path:.*}", Audience::Anyone, || web::to(assets::serve)),
    ]
}

/// The service API, for game servers with a key.
fn service_api() -> Vec<RouteRule> {
    use crate::service_api::Scope::{EventsRead, LinksStart, PlayersRead, TokensIssue};
    use crate::service_api::{code_pages, pages};
    vec![
        get("/api/v1/openapi.json", Audience::Anyone, || web::to(pages::openapi)),
        get("/api/v1/players", Audience::Service(PlayersRead), || web::to(pages::players)),
        get("/api/v1/players/{id}", Audience::Service(PlayersRead), || web::to(pages::player)),
        get("/api/v1/players/{id}/amazon-link", Audience::Service(PlayersRead), || {
            web::to(pages::amazon_link)
        }),
        post("/api/v1/players/{id}/amazon-link/access-token", Audience::Service(TokensIssue), || {
            web::to(pages::access_token)
        }),
        post("/api/v1/players/{id}/amazon-link/code", Audience::Service(LinksStart), || {
            web::to(code_pages::begin)
        }),
        get("/api/v1/players/{id}/amazon-link/code/{linkingId}", Audience::Service(LinksStart), || {
            web::to(code_pages::state)
        }),
        get("/api/v1/link-events", Audience::Service(EventsRead), || web::to(pages::link_events)),
    ]
}

/// The account page, sign-in with Amazon, and linking.
fn amazon_link() -> Vec<RouteRule> {
    use crate::links::change::link_undo_pages;
    use crate::links::email_offer_pages;
    use crate::links::oauth::{confirm_pages, game_link_pages, oauth_pages};
    use crate::links::pages;
    vec![
        get("/account", Audience::Player, || web::to(pages::account)),
        get("/link/amazon", Audience::Player, || web::to(pages::start)),
        post("/amazon/sign-in", Audience::Anyone, || web::to(oauth_pages::begin_sign_in)),
        post("/amazon/link", Audience::Player, || web::to(oauth_pages::begin_link)).fresh(),
        get("/amazon/replace", Audience::Player, || web::to(pages::replace)),
        post("/amazon/replace", Audience::Player, || web::to(oauth_pages::begin_replace)).fresh(),
        post("/amazon/confirm-identity", Audience::Player, || web::to(oauth_pages::begin_confirm_identity)),
        get("/amazon/callback", Audience::Anyone, || web::to(oauth_pages::callback)),
        get("/amazon/outcome", Audience::Anyone, || web::to(oauth_pages::outcome)),
        get("/amazon/confirm", Audience::Player, || web::to(confirm_pages::show_confirm)),
        post("/amazon/confirm", Audience::Player, || web::to(confirm_pages::submit_confirm)),
        get("/amazon/match", Audience::Anyone, || web::to(confirm_pages::show_match)),
        post("/amazon/match", Audience::Anyone, || web::to(confirm_pages::submit_match)),
        get(urls::AMAZON_GAME_LINK, Audience::Anyone, || web::to(game_link_pages::show)),
        post(urls::AMAZON_GAME_LINK, Audience::Anyone, || web::to(game_link_pages::submit)),
        post(urls::AMAZON_MINE, Audience::Player, || web::to(pages::confirm_mine)).fresh(),
        post(urls::AMAZON_EMAIL_USE, Audience::Player, || web::to(email_offer_pages::use_email)).fresh(),
        post(urls::AMAZON_EMAIL_DECLINE, Audience::Player, || web::to(email_offer_pages::decline_email)),
        get("/amazon/register", Audience::Anyone, || web::to(confirm_pages::show_register)),
        post("/amazon/register", Audience::Anyone, || web::to(confirm_pages::submit_register)),
        get("/amazon/unlink", Audience::Player, || web::to(pages::show_unlink)).fresh(),
        post("/amazon/unlink", Audience::Player, || web::to(pages::unlink)).fresh(),
        get(urls::AMAZON_UNDO, Audience::Anyone, || web::to(link_undo_pages::show)),
        post(urls::AMAZON_UNDO, Audience::Anyone, || web::to(link_undo_pages::submit)),
    ]
}

/// Sign-in of staff, and their management.
fn staff() -> Vec<RouteRule> {
    use crate::support::staff::{pages, staff_pages};
    use Audience::Anyone;
    use Permission::{Desk, Staff};
    vec![
        get(urls::STAFF_SIGN_IN, Anyone, || web::to(pages::show)),
        post(urls::STAFF_SIGN_IN, Anyone, || web::to(pages::submit)),
        get(urls::STAFF_SIGN_IN_CODE, Anyone, || web::to(pages::show_code)),
        post(urls::STAFF_SIGN_IN_CODE, Anyone, || web::to(pages::submit_code)),
        get(urls::STAFF_ENROL, Anyone, || web::to(pages::show_enrol)),
        post(urls::STAFF_ENROL, Anyone, || web::to(pages::submit_enrol)),
        post(urls::STAFF_SIGN_OUT, Audience::Staff(Desk), || web::to(pages::leave)),
        get(urls::STAFF_CONFIRM, Audience::Staff(Desk), || web::to(pages::show_confirm)),
        post(urls::STAFF_CONFIRM, Audience::Staff(Desk), || web::to(pages::submit_confirm)),
        get(urls::STAFF_RECOVERY, Audience::Staff(Desk), || web::to(pages::show_recovery)),
        post(urls::STAFF_RECOVERY, Audience::Staff(Desk), || web::to(pages::renew_recovery)).fresh(),
        get(urls::STAFF, Audience::Staff(Staff), || web::to(staff_pages::show)),
        post(urls::STAFF_CHANGE, Audience::Staff(Staff), || web::to(staff_pages::change)).fresh(),
        post(urls::STAFF_APPROVE, Audience::Staff(Staff), || web::to(staff_pages::approve)).fresh(),
        post(urls::STAFF_WITHDRAW, Audience::Staff(Staff), || web::to(staff_pages::withdraw)).fresh(),
    ]
}

/// Support pages.
fn support() -> Vec<RouteRule> {
    use crate::support::audit_log::pages as records;
    use crate::support::pages;
    use crate::support::player::pages as player;
    use crate::support::search::pages as search;
    use Permission::{Audit, Desk, Unmask, View};
    vec![
        get(urls::SUPPORT, Audience::Staff(Desk), || web::to(pages::home)),
        get(urls::PLAYERS, Audience::Staff(View), || web::to(search::show)),
        get(urls::AUDIT, Audience::Staff(Audit), || web::to(records::show)),
        post(urls::AUDIT_EXPORT, Audience::Staff(Audit), || web::to(records::export)).fresh(),
        get(urls::PLAYER, Audience::Staff(View), || web::to(player::show)),
        post(urls::UNMASK, Audience::Staff(Unmask), || web::to(player::unmask)).fresh(),
    ]
}

/// Actions of staff.
fn support_actions() -> Vec<RouteRule> {
    use crate::support::pages;
    use crate::support::player::action_pages as actions;
    use Permission::{Brake, CheckLink, Disable, EndSessions, Mail, Note, Unlink};
    vec![
        post(urls::SUPPORT_CHECK_LINK, Audience::Staff(CheckLink), || web::to(actions::check_link)).fresh(),
        post(urls::SUPPORT_UNLINK, Audience::Staff(Unlink), || web::to(actions::unlink_amazon)).fresh(),
        post(urls::SUPPORT_END_SESSIONS, Audience::Staff(EndSessions), || web::to(actions::end_sessions))
            .fresh(),
        post(urls::SUPPORT_SEND_RESET, Audience::Staff(Mail), || web::to(actions::send_reset)).fresh(),
        post(urls::SUPPORT_NOTE, Audience::Staff(Note), || web::to(actions::note)).fresh(),
        post(urls::SUPPORT_DISABLE, Audience::Staff(Disable), || web::to(actions::disable)).fresh(),
        post(urls::SUPPORT_ENABLE, Audience::Staff(Disable), || web::to(actions::enable)).fresh(),
        post(urls::SUPPORT_RELEASE_BRAKE, Audience::Staff(Brake), || web::to(pages::release_brake)).fresh(),
    ]
}

/// Codes that games show, and the player's devices.
fn devices() -> Vec<RouteRule> {
    use crate::games::devices::claim::pages as claim;
    use crate::games::devices::pages as devices;
    use crate::games::devices::sign_in_code::pages as tv;
    vec![
        get(urls::ACTIVATE, Audience::Anyone, || web::to(claim::show)),
        post(urls::ACTIVATE, Audience::Anyone, || web::to(claim::submit)),
        get(urls::ACTIVATE_CLAIM, Audience::Anyone, || web::to(claim::show_claim)),
        post(urls::ACTIVATE_CLAIM, Audience::Anyone, || web::to(claim::submit_claim)),
        post(urls::ACTIVATE_MOVE, Audience::Player, || web::to(claim::submit_move)).fresh(),
        get(urls::ACTIVATE_SIGN_IN, Audience::Anyone, || web::to(tv::show)),
        post(urls::ACTIVATE_SIGN_IN, Audience::Player, || web::to(tv::submit)).fresh(),
        get(urls::ACTIVATE_LINK, Audience::Anyone, || web::to(tv::show_link)),
        post(urls::ACTIVATE_LINK, Audience::Anyone, || web::to(tv::submit_link)),
        post(urls::ACTIVATE_DENY, Audience::Anyone, || web::to(tv::deny)),
        get(urls::DEVICES, Audience::Player, || web::to(devices::show)),
        post(urls::DEVICES, Audience::Player, || web::to(devices::submit)).fresh(),
    ]
}

fn get(path: &'static str, who: Audience, handler: fn() -> Route) -> RouteRule {
    RouteRule { method: Method::GET, path, who, fresh: false, handler }
}

fn post(path: &'static str, who: Audience, handler: fn() -> Route) -> RouteRule {
    RouteRule { method: Method::POST, path, who, fresh: false, handler }
}

impl RouteRule {
    /// Marks the route as one that needs fresh proof of identity (S28).
    fn fresh(mut self) -> Self {
        self.fresh = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page that asks for the proof says what for.
    #[test]
    fn every_action_that_waits_for_a_players_proof_has_its_words() {
        use crate::accounts::reauthentication::lead_for;
        let waiting: Vec<_> =
            table().into_iter().filter(|row| row.fresh && row.who == Audience::Player).collect();
        assert!(waiting.len() > 20, "{}", waiting.len());
        for row in waiting {
            assert!(lead_for(row.path).is_some(), "{} {}", row.method, row.path);
        }
    }
}
