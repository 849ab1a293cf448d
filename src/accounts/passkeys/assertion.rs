//! Checks what a browser sends after a passkey was used, for sign-in and for fresh proof.

use crate::accounts::passkeys::ceremony;
use crate::accounts::passkeys::copy_warning::record_copy;
use crate::accounts::passkeys::model::{AnswerRejection, CeremonyPurpose, StoredPasskey, WaitingCeremony};
use crate::accounts::passkeys::relying_party::{ClaimedPasskey, PasskeyUse, RelyingParty, UseRefusal};
use crate::accounts::passkeys::store;
use crate::platform::db::Conn;
use crate::platform::fault::{Fault, Stop};
use crate::web::RequestContext;

/// A use of a passkey whose signature is right. It counts once it is written.
#[derive(Clone)]
pub(super) struct CheckedUse {
    pub passkey: StoredPasskey,
    used: PasskeyUse,
    ceremony: WaitingCeremony,
    now: chrono::DateTime<chrono::Utc>,
}

/// An answer that was refused.
#[derive(Clone)]
pub(super) struct RefusedUse {
    pub why: UseRefusal,
    /// The passkey whose use it claims to be, if the portal knows it.
    pub passkey: Option<Box<StoredPasskey>>,
}

impl RefusedUse {
    pub fn rejected(why: AnswerRejection) -> Self {
        Self { why: UseRefusal::Rejected(why), passkey: None }
    }
}

/// Checks the answer to a ceremony of this browser. A refused answer ends the ceremony.
pub(super) async fn check_use(
    context: &RequestContext,
    purpose: CeremonyPurpose,
    ceremony_id: &str,
    answer: &str,
) -> Result<CheckedUse, Stop<RefusedUse>> {
    let ceremony = match ceremony::find_ceremony(context, ceremony_id, purpose).await? {
        Ok(ceremony) => ceremony,
        Err(why) => return Err(Stop::Refused(RefusedUse::rejected(why))),
    };
    match judge_answer(context, purpose, &ceremony, answer).await {
        Ok((passkey, used)) => Ok(CheckedUse { passkey, used, ceremony, now: context.now }),
        Err(Stop::Refused(refused)) => {
            ceremony::end_ceremony(context, &ceremony).await?;
            Err(Stop::Refused(after_refusal(context, refused).await?))
        }
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

async fn judge_answer(
    context: &RequestContext,
    purpose: CeremonyPurpose,
    ceremony: &WaitingCeremony,
    answer: &str,
) -> Result<(StoredPasskey, PasskeyUse), Stop<RefusedUse>> {
    let rejected = |why| Stop::Refused(RefusedUse::rejected(why));
    let portal = RelyingParty::of(&context.app).ok_or_else(|| rejected(AnswerRejection::Invalid))?;
    let claimed = ClaimedPasskey::parse(answer).map_err(rejected)?;
    let id = claimed.credential_id.clone();
    let found = context.app.db.read(move |conn| store::passkey_by_credential(conn, &id)).await?;
    let passkey = found.ok_or_else(|| rejected(AnswerRejection::UnknownPasskey))?;
    let current = context.current_player.as_ref().map(|current_player| &current_player.player.id);
    let is_owners = match purpose {
        // Nobody typed a name, so the authenticator has to say whose passkey it is.
        CeremonyPurpose::SignIn => claimed.player.as_ref() == Some(&passkey.player),
        CeremonyPurpose::Add | CeremonyPurpose::Confirm => {
            current == Some(&passkey.player)
                && claimed.player.as_ref().is_none_or(|player| *player == passkey.player)
        }
    };
    if !is_owners {
        return Err(rejected(AnswerRejection::UnknownPasskey));
    }
    let judged = match purpose {
        CeremonyPurpose::SignIn => portal.finish_sign_in(&ceremony.state, &claimed, &passkey)?,
        CeremonyPurpose::Add | CeremonyPurpose::Confirm => {
            portal.finish_confirm(&ceremony.state, &claimed)?
        }
    };
    match judged {
        Ok(used) => Ok((passkey, used)),
        Err(why) => Err(Stop::Refused(RefusedUse { why, passkey: Some(Box::new(passkey)) })),
    }
}

/// Tells the player of a passkey that may have been copied.
pub(super) async fn after_refusal(
    context: &RequestContext,
    refused: RefusedUse,
) -> Result<RefusedUse, Fault> {
    if let (UseRefusal::MayBeCopied, Some(passkey)) = (refused.why, &refused.passkey) {
        record_copy(context, passkey).await?;
    }
    Ok(refused)
}

impl CheckedUse {
    /// Uses the ceremony up and stores the use. The caller has locked the player's row.
    ///
    /// Another request may have used the ceremony, ended it, removed the passkey or raised its counter meanwhile.
    pub fn write(&self, conn: &mut Conn) -> Result<(), Stop<RefusedUse>> {
        if !store::spend_ceremony(conn, &self.ceremony.id)? {
            return Err(self.refused(UseRefusal::Rejected(AnswerRejection::CeremonyOver)));
        }
        if store::write_use(conn, &self.passkey.id, self.used, self.now)? {
            return Ok(());
        }
        let is_there = store::own_passkey(conn, &self.passkey.player, &self.passkey.id)?.is_some();
        Err(self.refused(if is_there {
            UseRefusal::MayBeCopied
        } else {
            UseRefusal::Rejected(AnswerRejection::UnknownPasskey)
        }))
    }

    pub fn refused(&self, why: UseRefusal) -> Stop<RefusedUse> {
        Stop::Refused(RefusedUse { why, passkey: Some(Box::new(self.passkey.clone())) })
    }
}
