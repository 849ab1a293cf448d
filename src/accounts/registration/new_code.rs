//! Mails another code for the registration of this browser. The old code is dead from then on.

use crate::accounts::registration::model::{PendingRegistration, code_hash};
use crate::accounts::registration::{mails, rate_limits, store};
use crate::outbound::mail;
use crate::platform::crypto::token::NumericCode;
use crate::platform::fault::Stop;
use crate::platform::rate_limit::RateVerdict;
use crate::web::RequestContext;

/// Why there is no new code.
#[derive(Debug)]
pub(super) enum NewCodeRefusal {
    /// The registration was completed or has expired meanwhile.
    Gone,
    /// Too many mails to this address, or too many requests, from one network. `retry_after` is in seconds.
    Throttled { retry_after: i64 },
}

/// Mails a new code, or notifies the owner of a taken address once more.
pub(super) async fn mail_new_code(
    context: &RequestContext,
    pending: PendingRegistration,
) -> Result<(), Stop<NewCodeRefusal>> {
    let app = &context.app;
    if let RateVerdict::Refused { retry_after } =
        rate_limits::take_for_mail(context, &pending.email_key).await?
    {
        return Err(Stop::Refused(NewCodeRefusal::Throttled { retry_after }));
    }
    // A code that cannot be mailed must not take the place of the mailed one.
    if !rate_limits::may_send(context, &pending.email_key).await? {
        return Ok(());
    }
    let owner = mails::owner_of(app, &pending.email_key).await?;
    let code = NumericCode::generate()?;
    let message = mails::code_message(app, owner.as_ref(), &pending.email, context.language, &code)?;
    let hash = code_hash(app, &code, &pending.id);
    let now = context.now;
    let expires_at = now + app.config.policy.codes.registration_waits_for;
    let is_taken = owner.is_some();
    let written = app.db.write_or_refuse(move |conn| {
        if !store::renew_code(conn, &pending.id, &hash, now, expires_at)? {
            return Err(Stop::Refused(NewCodeRefusal::Gone));
        }
        if is_taken {
            store::mark_taken(conn, &pending.id)?;
        }
        mail::enqueue(conn, &message)?;
        Ok(())
    });
    written.await
}
