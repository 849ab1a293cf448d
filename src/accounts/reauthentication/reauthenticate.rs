//! Proving that it is still you, with the password (S28).

use crate::accounts::login_attempts::Account;
use crate::accounts::sign_in::login_attempts::{Checked, Proof, check_password};
use crate::audit::{self, Actor, Event, Kind};
use crate::platform::fault::{Fault, Stop};
use crate::platform::password::Overloaded;
use crate::sessions::browser::{self, Rotation, Started};
use crate::web::{Viewer, Visit};

use secrecy::SecretString;

/// Why it is not proven.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::accounts) enum Refused {
    Wrong,
    TooMany {
        retry_after: i64,
    },
    Overloaded,
    /// The session ended meanwhile.
    SignedOut,
}

/// Rotates the session of who knows its password. What was interrupted may then go on.
pub(in crate::accounts) async fn confirm(
    visit: &Visit,
    viewer: &Viewer,
    password: &SecretString,
) -> Result<Started, Stop<Refused>> {
    let account = Account::of_player(&visit.app, &viewer.player.id).await?;
    match check_password(visit, &account, password).await {
        Ok(Checked::Right(proof)) => confirmed(visit, viewer, proof).await,
        Ok(Checked::Wrong) => {
            let event = event(visit, viewer, Kind::IdentityNotConfirmed);
            visit.app.db.write(move |conn| Ok::<_, Fault>(audit::append(conn, &event)?)).await?;
            Err(Stop::Refused(Refused::Wrong))
        }
        Ok(Checked::Throttled { retry_after }) => Err(Stop::Refused(Refused::TooMany { retry_after })),
        Err(Stop::Refused(Overloaded)) => Err(Stop::Refused(Refused::Overloaded)),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

async fn confirmed(visit: &Visit, viewer: &Viewer, proof: Proof) -> Result<Started, Stop<Refused>> {
    let rotation = Rotation::fresh(viewer, visit.now)?;
    let started = rotation.started();
    let event = event(visit, viewer, Kind::IdentityConfirmed);
    visit
        .app
        .db
        .write(move |conn| {
            if !proof.still_holds(conn)? {
                return Err(Stop::Refused(Refused::Wrong));
            }
            if !browser::rotate(conn, &rotation)? {
                return Err(Stop::Refused(Refused::SignedOut));
            }
            audit::append(conn, &event)?;
            Ok(())
        })
        .await?;
    Ok(started)
}

fn event(visit: &Visit, viewer: &Viewer, kind: Kind) -> Event {
    Event::new(visit.now, kind, Actor::Player, &visit.reference.to_string())
        .on(&viewer.player.id)
        .in_session(&viewer.session.id)
        .from(&visit.caller.network())
        .in_browser(&visit.caller.browser)
        .with(serde_json::json!({ "with": "password" }))
}
