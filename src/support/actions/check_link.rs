//! Support asks Amazon now whether a link still works.

use serde_json::json;

use crate::audit;
use crate::links::LinkState;
use crate::links::refresh::{self, AccessTokenRefusal, CheckedLink};
use crate::outbound::mail;
use crate::platform::fault::Stop;
use crate::support::actions::model::ActionRefusal;
use crate::support::actions::request::ActionRequest;

/// The result of the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::support) enum CheckedLinkAnswer {
    Active,
    /// The player has to link again.
    NeedsReconnect,
    /// Amazon has withdrawn its consent.
    Revoked,
    /// Amazon was not asked: the link has no refresh token, and its access token has not expired.
    Unasked,
    /// Amazon cannot answer now, or the mass-revocation guard keeps its answer back.
    Later {
        seconds: u64,
    },
}

impl CheckedLinkAnswer {
    /// The word in the audit record and in the mail.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::NeedsReconnect => "needs_reconnect",
            Self::Revoked => "revoked",
            Self::Unasked => "unasked",
            Self::Later { .. } => "try_later",
        }
    }
}

/// Asks Amazon and puts the answer on record.
///
/// The refresh writes its result in a transaction of its own, so no row is locked while Amazon is asked.
/// Without an answer nothing was done, and the player gets no mail.
pub(in crate::support) async fn check_link(
    request: &ActionRequest<'_>,
) -> Result<CheckedLinkAnswer, Stop<ActionRefusal>> {
    request.is_as_seen().await?;
    let app = &request.context.app;
    let answered = match refresh::check_now(app, &request.player.id).await {
        Ok(checked) => answer_of_check(checked),
        Err(Stop::Refused(AccessTokenRefusal::TryLater { retry_after })) => {
            CheckedLinkAnswer::Later { seconds: retry_after.as_secs().max(1) }
        }
        // There is no link, or it is revoked already.
        Err(Stop::Refused(_)) => return Err(Stop::Refused(ActionRefusal::Changed)),
        Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
    };
    let message = match answered {
        CheckedLinkAnswer::Later { .. } => None,
        _ => request.message(mail::Kind::SupportCheckedLink, &[("outcome", answered.as_str())])?,
    };
    let event = request.event().with(json!({ "outcome": answered.as_str() }));
    let guard = request.guard();
    app.db
        .write_or_refuse(move |conn| {
            guard.hold(conn)?;
            audit::append_event(conn, &event)?;
            mail::enqueue(conn, &message)?;
            Ok::<_, Stop<ActionRefusal>>(())
        })
        .await?;
    Ok(answered)
}

fn answer_of_check(CheckedLink { state, was_asked, .. }: CheckedLink) -> CheckedLinkAnswer {
    match state {
        Some(LinkState::Active) if !was_asked => CheckedLinkAnswer::Unasked,
        Some(LinkState::Active) => CheckedLinkAnswer::Active,
        Some(LinkState::NeedsReconnect) => CheckedLinkAnswer::NeedsReconnect,
        Some(LinkState::Revoked) | None => CheckedLinkAnswer::Revoked,
    }
}
