//! Asks for the way back by mail, in a browser that has given the first factor.

use crate::accounts::login_attempts::LoginAccount;
use crate::accounts::password_reset::{TooManyResets, count_request, may_mail};
use crate::accounts::players::store::{lock_player_or_closing, version_or_closing};
use crate::accounts::second_factor;
use crate::accounts::sign_in::lost_factor::links::to_begin;
use crate::accounts::sign_in::lost_factor::store::{self, NewRecovery};
use crate::accounts::sign_in::two_step::waiting_sign_in;
use crate::audit::{self, Actor, Kind};
use crate::outbound::mail::{self, MailMessage, MailRecipient};
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::db::new_id;
use crate::platform::fault::Stop;
use crate::web::RequestContext;

/// Why nothing was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AskRefusal {
    /// No sign-in waits in this browser any more.
    Over,
    TooMany {
        retry_after: i64,
    },
}

/// Mails the link that begins the wait, if there is a proven address. The answer is the same without one (S12).
pub(super) async fn ask(context: &RequestContext) -> Result<(), Stop<AskRefusal>> {
    let (app, now) = (&context.app, context.now);
    let pending = waiting_sign_in(context).await?.ok_or(Stop::Refused(AskRefusal::Over))?;
    count_request(context).await.map_err(|stop| match stop {
        Stop::Refused(TooManyResets { retry_after }) => Stop::Refused(AskRefusal::TooMany { retry_after }),
        Stop::Fault(fault) => Stop::Fault(fault),
    })?;
    let account = LoginAccount::of_player(app, &pending.player).await?;
    let may_mail = may_mail(context, &account).await?;
    let token = OpaqueToken::generate()?;
    let link = to_begin(app, &token);
    let known = account.player().ok_or(Stop::Refused(AskRefusal::Over))?;
    // The mail is written for nobody as well, so that the work is the same (S13).
    let to = MailRecipient {
        email: Some(known.email.as_deref().unwrap_or_default()),
        ..known.as_recipient(context.language)
    };
    let message = MailMessage::compose(app, mail::Kind::FactorRecoveryLink, &to, &[("link", &link)])?;
    let has_email = known.email.is_some();
    let new = NewRecovery {
        id: new_id(now),
        player: pending.player.clone(),
        token_hash: token.hash(),
        created_at: now,
        expires_at: now + app.config.policy.codes.reset_holds_for,
    };
    let event = context.audit_event(Kind::FactorRecoveryAsked, Actor::Visitor).on(&pending.player);
    app.db
        .write_or_refuse(move |conn| {
            let player = &pending.player;
            let is_current = lock_player_or_closing(conn, player)?
                && version_or_closing(conn, player)? == Some(pending.player_version)
                && second_factor::store::is_on(conn, player)?;
            if !is_current {
                return Err(Stop::Refused(AskRefusal::Over));
            }
            if has_email && may_mail && store::put(conn, &new)? {
                mail::enqueue(conn, &message)?;
            }
            Ok(audit::append_event(conn, &event)?)
        })
        .await
}
