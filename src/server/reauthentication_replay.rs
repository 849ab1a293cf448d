//! Carries out the action that waited for fresh proof of identity.
//!
//! Only this module knows all features, so that proof of identity imports none. Every form that may wait has an arm
//! here.

use crate::accounts::email::pages as email_pages;
use crate::accounts::passkeys::pages as passkey_pages;
use crate::accounts::password;
use crate::accounts::profile::pages as profile;
use crate::accounts::sign_in::security;
use crate::accounts::two_step::pages as two_step;
use crate::games::devices::claim::pages as claim_pages;
use crate::games::devices::pages as device_pages;
use crate::games::devices::sign_in_code::pages as tv_pages;
use crate::links::email_offer_pages;
use crate::links::oauth::oauth_pages;
use crate::links::pages as link_pages;
use crate::privacy::data_pages;
use crate::support::audit_log::pages as records;
use crate::support::pages as desk;
use crate::support::player::action_pages as actions;
use crate::support::player::pages as player_pages;
use crate::support::staff::{pages as staff_pages, staff_pages as people_pages};
use crate::web::form::parsed_kept;
use crate::web::pending_action::{PendingAction, ReplayedAction};
use crate::web::{PageError, RequestContext, urls};

/// For [`crate::web::pending_action::ReplayHandler`].
pub fn replay_action(context: RequestContext, pending: PendingAction) -> ReplayedAction {
    Box::pin(async move {
        let form = pending.form.as_str();
        match pending.target.as_str() {
            urls::AMAZON_LINK => oauth_pages::begin_link(context, parsed_kept(form)?).await,
            urls::AMAZON_REPLACE => oauth_pages::begin_replace(context, parsed_kept(form)?).await,
            urls::AMAZON_MINE => link_pages::confirm_mine(context, parsed_kept(form)?).await,
            urls::AMAZON_EMAIL_USE => email_offer_pages::use_email(context, parsed_kept(form)?).await,
            urls::END_SESSION => security::pages::end_session(context, parsed_kept(form)?).await,
            urls::SIGN_OUT_EVERYWHERE => {
                security::pages::sign_out_everywhere(context, parsed_kept(form)?).await
            }
            urls::PROFILE => profile::submit(context, parsed_kept(form)?).await,
            urls::EMAIL => email_pages::submit(context, parsed_kept(form)?).await,
            urls::EMAIL_AGAIN => email_pages::submit_again(context, parsed_kept(form)?).await,
            urls::PASSWORD_REMOVE => password::pages::submit_remove(context, parsed_kept(form)?).await,
            urls::TWO_STEP_BEGIN => two_step::begin(context, parsed_kept(form)?).await,
            urls::TWO_STEP_CODES => two_step::renew_codes(context, parsed_kept(form)?).await,
            urls::PASSKEY_REMOVE => passkey_pages::submit_remove(context, parsed_kept(form)?).await,
            urls::DATA_EXPORT => Ok(data_pages::back_to_export(&context)),
            urls::DATA_DELETE => data_pages::resume_erase(context, parsed_kept(form)?).await,
            urls::STAFF_CHANGE => people_pages::change(context, parsed_kept(form)?).await,
            urls::STAFF_APPROVE => people_pages::approve(context, parsed_kept(form)?).await,
            urls::STAFF_WITHDRAW => people_pages::withdraw(context, parsed_kept(form)?).await,
            urls::STAFF_RECOVERY => staff_pages::renew_recovery(context, parsed_kept(form)?).await,
            urls::UNMASK => player_pages::unmask(context, parsed_kept(form)?).await,
            urls::AUDIT_EXPORT => records::back(parsed_kept(form)?),
            urls::ACTIVATE_MOVE => claim_pages::submit_move(context, parsed_kept(form)?).await,
            urls::ACTIVATE_SIGN_IN => tv_pages::submit(context, parsed_kept(form)?).await,
            urls::DEVICES => device_pages::submit(context, parsed_kept(form)?).await,
            urls::SUPPORT_CHECK_LINK => actions::check_link(context, parsed_kept(form)?).await,
            urls::SUPPORT_UNLINK => actions::unlink_amazon(context, parsed_kept(form)?).await,
            urls::SUPPORT_END_SESSIONS => actions::end_sessions(context, parsed_kept(form)?).await,
            urls::SUPPORT_SEND_RESET => actions::send_reset(context, parsed_kept(form)?).await,
            urls::SUPPORT_NOTE => actions::note(context, parsed_kept(form)?).await,
            urls::SUPPORT_DISABLE => actions::disable(context, parsed_kept(form)?).await,
            urls::SUPPORT_ENABLE => actions::enable(context, parsed_kept(form)?).await,
            urls::SUPPORT_RELEASE_BRAKE => desk::release_brake(context, parsed_kept(form)?).await,
            _ => Err(PageError::NotFound),
        }
    })
}
