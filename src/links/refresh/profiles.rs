//! Reads the profiles of players whose display name follows Amazon's, about once a day.
//!
//! A renewal makes a profile due, and its access token is the one to read with. Nothing of a player's account but the
//! display name follows: a new address is kept with the link, and its player is asked (see `links::email_offer`).
//!
//! A profile counts only while the link has the tokens it was read with. A failed call changes nothing.

use chrono::TimeDelta;
use futures_util::{StreamExt, stream};

use crate::links::change::follow_profile::FollowedProfile;
use crate::links::model::DueProfile;
use crate::links::refresh::batch::RefreshBatch;
use crate::links::refresh::model::UpstreamSignal;
use crate::links::refresh::renew::{RefreshTurn, classify_refusal, open_access_token};
use crate::links::refresh::store;
use crate::lwa::Profile;
use crate::platform::fault::Fault;

/// The pause before a profile that could not be read is tried again.
const RETRY: TimeDelta = TimeDelta::hours(1);

impl RefreshBatch<'_> {
    /// Reads every profile that is due, a few at a time, until Amazon asks for a rest.
    pub(super) async fn read_profiles(&self) -> Result<(), Fault> {
        let concurrency = self.app.config.limits.refresh.concurrency;
        let limit = i64::try_from(concurrency).unwrap_or(i64::MAX);
        while !self.has_ended() {
            let now = self.app.clock.now();
            let due = self.app.db.read(move |conn| store::due_profiles(conn, now, limit)).await?;
            if due.is_empty() {
                break;
            }
            let taken =
                self.app.db.write(move |conn| Ok(store::claim_profiles(conn, &due, now, RETRY)?)).await?;
            let mut read = stream::iter(taken)
                .map(|due| async move { (self.read_profile(&due).await, due) })
                .buffer_unordered(concurrency);
            while let Some((profile, due)) = read.next().await {
                if let Some(profile) = profile {
                    let followed = FollowedProfile::prepare(self.app, due, profile);
                    self.app.db.write(move |conn| followed.write(conn)).await?;
                }
            }
        }
        Ok(())
    }

    async fn read_profile(&self, due: &DueProfile) -> Option<Profile> {
        let owner = (&due.link, &due.player, due.amazon_id.as_str());
        let access = open_access_token(&self.context.vault, owner, &due.access_sealed)?;
        match self.context.lwa.read_profile(&access, &due.amazon_id).await {
            Ok(profile) => {
                self.adapt_pace(UpstreamSignal::Answer);
                Some(profile)
            }
            Err(error) => {
                if let RefreshTurn::Outcome(outcome) = classify_refusal("profile", &error) {
                    self.note_outcome(&outcome);
                }
                None
            }
        }
    }
}
