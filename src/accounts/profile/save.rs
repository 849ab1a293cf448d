//! A player saves names and language.

use crate::accounts::players::limits;
use crate::accounts::players::store::{ProfileUpdate, lock_origin, set_profile};
use crate::accounts::profile::forms::WantedProfile;
use crate::audit;
use crate::platform::db::is_unique_violation;
use crate::platform::fault::Stop;
use crate::platform::i18n::Language;
use crate::platform::name::{DisplayName, ReservedNames, UserName};
use crate::platform::rate_limit::RateVerdict;
use crate::sessions::SessionOrigin;
use crate::web::{CurrentPlayer, RequestContext};

#[derive(Debug, PartialEq, Eq)]
pub(super) enum ProfileRefusal {
    UserNameTaken,
    Throttled {
        retry_after: i64,
    },
    /// The user name is a way in, and to change it takes a fresh proof of identity (S28).
    ProofNeeded,
    /// The session or the account ended meanwhile.
    SessionEnded,
}

/// Writes the profile. A player who follows Amazon's name gets it at once, if it is acceptable here.
pub(super) async fn save_profile(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    mut wanted: WantedProfile,
) -> Result<(), Stop<ProfileRefusal>> {
    let app = &context.app;
    let is_same = |name: &UserName| Some(name.as_str()) == current_player.player.user_name.as_deref();
    wanted.user_name = wanted.user_name.filter(|name| !is_same(name));
    // Whoever renames the account shuts out an owner who signs in by that name.
    if wanted.user_name.is_some() && current_player.player.has_password && !context.is_fresh() {
        return Err(Stop::Refused(ProfileRefusal::ProofNeeded));
    }
    if wanted.user_name.is_some() {
        let limits = limits::user_names(current_player);
        if let RateVerdict::Refused { retry_after } = app.throttle.take(limits, context.now).await? {
            return Err(Stop::Refused(ProfileRefusal::Throttled { retry_after }));
        }
    }
    if !can_sync(current_player) {
        wanted.sync_display_name = current_player.player.sync_display_name;
    } else if let Some(name) = amazon_name(context, current_player).filter(|_| wanted.sync_display_name) {
        wanted.display_name = name;
    }
    let event = context.player_event(current_player, audit::Kind::ProfileChanged);
    let (origin, now) = (SessionOrigin::of_browser(current_player), context.now);
    app.db
        .write_or_refuse(move |conn| {
            if !lock_origin(conn, &origin, now)? {
                return Err(Stop::Refused(ProfileRefusal::SessionEnded));
            }
            let profile = ProfileUpdate {
                display_name: &wanted.display_name,
                user_name: wanted.user_name.as_ref(),
                language: wanted.language.map(Language::as_str),
                sync_display_name: wanted.sync_display_name,
            };
            match set_profile(conn, &origin.player, &profile) {
                Err(error) if is_unique_violation(&error) => {
                    return Err(Stop::Refused(ProfileRefusal::UserNameTaken));
                }
                written => written?,
            }
            Ok(audit::append_event(conn, &event)?)
        })
        .await
}

/// Whether Amazon gave a name to follow.
pub(super) fn can_sync(current_player: &CurrentPlayer) -> bool {
    current_player.has_live_link()
        && current_player.link.as_ref().is_some_and(|link| link.amazon_name.is_some())
}

fn amazon_name(context: &RequestContext, current_player: &CurrentPlayer) -> Option<DisplayName> {
    let name = current_player.link.as_ref()?.amazon_name.as_deref()?;
    DisplayName::from_upstream(name, &ReservedNames::new(&context.app.config.site.name))
}
