//! The first step: hash the password, store the registration, mail a code.

use crate::accounts::registration::model::{NewRegistration, RegistrationId, TABLE, code_hash};
use crate::accounts::registration::{mails, rate_limits, store};
use crate::outbound::mail;
use crate::platform::crypto::token::NumericCode;
use crate::platform::email::EmailAddress;
use crate::platform::fault::Stop;
use crate::platform::name::DisplayName;
use crate::platform::password::{HasherOverloaded, Password, place_of_hash};
use crate::platform::rate_limit::RateVerdict;
use crate::web::{NextAddress, RequestContext};

/// A registration that has passed the checks.
pub(super) struct RegistrationRequest {
    pub display_name: DisplayName,
    pub email: EmailAddress,
    pub password: Password,
    pub next: Option<NextAddress>,
}

/// Why no registration was stored. Neither reason says anything about the address.
#[derive(Debug)]
pub(super) enum RegisterRefusal {
    /// Too many mails to the address, or too many registrations, from one network. `retry_after` is in seconds.
    Throttled {
        retry_after: i64,
    },
    Overloaded,
}

/// Stores a registration that waits in this browser for its code.
pub(super) async fn begin_registration(
    context: &RequestContext,
    request: RegistrationRequest,
) -> Result<(), Stop<RegisterRefusal>> {
    let RegistrationRequest { display_name, email, password, next } = request;
    let app = &context.app;
    if let RateVerdict::Refused { retry_after } = rate_limits::take_for_mail(context, email.key()).await? {
        return Err(Stop::Refused(RegisterRefusal::Throttled { retry_after }));
    }
    let id = RegistrationId::new(context.now);
    let place = place_of_hash(TABLE, id.as_str(), "");
    let password = app.passwords.hash(password, place).await.map_err(overloaded)?;
    let owner = mails::owner_of(app, email.key()).await?;
    let code = NumericCode::generate()?;
    let may_send = rate_limits::may_send(context, email.key()).await?;
    let message = mails::code_message(app, owner.as_ref(), email.typed(), context.language, &code)?;
    let message = message.filter(|_| may_send);
    let new = NewRegistration {
        code_hash: code_hash(app, &code, &id),
        id,
        browser_hash: context.browser_hash().as_str().to_owned(),
        display_name,
        email,
        is_taken: owner.is_some(),
        password,
        language: context.language.as_str(),
        next: next.map(|next| next.as_str().to_owned()),
        created_at: context.now,
        expires_at: context.now + app.config.policy.codes.registration_waits_for,
    };
    let written = app.db.write(move |conn| {
        store::put(conn, &new)?;
        mail::enqueue(conn, &message)?;
        Ok(())
    });
    Ok(written.await?)
}

fn overloaded(stop: Stop<HasherOverloaded>) -> Stop<RegisterRefusal> {
    match stop {
        Stop::Refused(HasherOverloaded) => Stop::Refused(RegisterRefusal::Overloaded),
        Stop::Fault(fault) => Stop::Fault(fault),
    }
}
