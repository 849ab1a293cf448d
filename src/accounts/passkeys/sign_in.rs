//! Sign-in with a passkey.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::accounts::passkeys::assertion::{self, RefusedUse};
use crate::accounts::passkeys::ceremony::begin_ceremony;
use crate::accounts::passkeys::forms::PasskeySignInForm;
use crate::accounts::passkeys::model::{AnswerRejection, CeremonyPurpose};
use crate::accounts::passkeys::relying_party::{RelyingParty, UseRefusal};
use crate::accounts::players;
use crate::accounts::sign_in::SignInWrite;
use crate::audit::{self, Actor, Kind};
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::fault::{Fault, Stop};
use crate::platform::metrics::{Limit, SignIn};
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::sessions::SignedInWith;
use crate::web::{NextAddress, RequestContext};

/// Sign-ins that one network may begin in an hour. Each page of the sign-in begins one, and each is a row.
const BEGUN_PER_NETWORK: u32 = 1_200;

/// Counts a sign-in that a visitor begins (S20).
pub(super) async fn take_turn(context: &RequestContext) -> Result<RateVerdict, Fault> {
    let network = context.app.keys.lookup.hash(LookupPurpose::Network, &context.caller.network());
    let limit = RateBudget {
        limit: Limit::PasskeyCeremonies,
        id: format!("passkey:{network}"),
        free: BEGUN_PER_NETWORK,
        window: TimeDelta::hours(1),
        then: OverBudget::Wait,
    };
    context.app.throttle.take(vec![limit], context.now).await
}

/// Begins a sign-in. `None` where the portal has no domain, and so no passkeys.
pub(super) async fn begin_sign_in(context: &RequestContext) -> Result<Option<Value>, Fault> {
    let Some(portal) = RelyingParty::of(&context.app) else { return Ok(None) };
    let begun = portal.begin_sign_in()?;
    begin_ceremony(context, CeremonyPurpose::SignIn, None, begun).await.map(Some)
}

/// Signs in the player of the passkey that answered.
pub(super) async fn sign_in(
    context: &RequestContext,
    form: &PasskeySignInForm,
) -> Result<Arc<SignInWrite>, Stop<UseRefusal>> {
    match try_to(context, form).await {
        Ok(entry) => {
            context.app.metrics.sign_ins.add(SignIn::In);
            Ok(entry)
        }
        Err(Stop::Refused(refused)) => {
            context.app.metrics.sign_ins.add(SignIn::Wrong);
            record_refusal(context, &refused).await?;
            Err(Stop::Refused(refused.why))
        }
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

async fn try_to(
    context: &RequestContext,
    form: &PasskeySignInForm,
) -> Result<Arc<SignInWrite>, Stop<RefusedUse>> {
    let checked =
        assertion::check_use(context, CeremonyPurpose::SignIn, &form.ceremony, &form.credential).await?;
    let player = checked.passkey.player.clone();
    let entry = SignInWrite::prepare(context, &player, SignedInWith::Passkey, form.is_remembered())?;
    // Its owner was verified by the device, which is both factors at once.
    let entry = entry.with_second_factor("passkey");
    let entry = Arc::new(entry.going_to(form.next().as_ref().map(NextAddress::as_str)));
    let written = Arc::clone(&entry);
    let done = context
        .app
        .db
        .write_or_refuse(move |conn| {
            if !players::store::lock_player_or_closing(conn, &player)? {
                return Err(checked.refused(UseRefusal::Rejected(AnswerRejection::PlayerClosed)));
            }
            checked.write(conn)?;
            Ok(written.write(conn)?)
        })
        .await;
    match done {
        Ok(()) => Ok(entry),
        Err(Stop::Refused(refused)) => Err(Stop::Refused(assertion::after_refusal(context, refused).await?)),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

async fn record_refusal(context: &RequestContext, refused: &RefusedUse) -> Result<(), Fault> {
    // The warning about a copy is the record of its sign-in.
    let UseRefusal::Rejected(why) = refused.why else { return Ok(()) };
    let event = context
        .audit_event(Kind::SignInFailed, Actor::Visitor)
        .on_any(refused.passkey.as_ref().map(|passkey| &passkey.player))
        .with(json!({ "with": "passkey", "code": why }));
    audit::write_event(&context.app.db, event).await
}
