//! The gateway for games: its shared state, and a task that checks sessions and limits once a second.
//!
//! The check works alike on both databases. Each copy asks which sessions of its connections are still valid,
//! by primary key and in chunks. A player who was signed out on any copy loses every socket on every copy
//! within two seconds (S25). It does not matter whether a request, a deleted player or an expiry ended the
//! session. The cost grows with the connections of this copy, never with the players.

mod connection;
mod connection_limits;
mod credentials;
mod frame_limit;
mod handle_message;
mod handshake;
pub mod http;
mod push_account_changes;
mod push_link_results;
mod push_sign_in_codes;
pub mod websocket;

use std::sync::{Arc, Weak};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::MissedTickBehavior;

use self::connection_limits::ConnectionLimits;
use self::push_account_changes::AccountChangePusher;
use self::push_link_results::LinkResultPusher;
use self::push_sign_in_codes::push_sign_in_codes;
use crate::app::App;
use crate::games::connection_registry::ConnectionRegistry;
use crate::platform::fault::Fault;
use crate::platform::ids::SessionId;
use crate::sessions::game;

const CHECK_EVERY: Duration = Duration::from_secs(1);

/// The gateway of this copy of the program.
pub struct Gateway {
    pub(super) connections: Arc<ConnectionRegistry>,
    limits: Arc<ConnectionLimits>,
}

impl Gateway {
    /// Starts the gateway and its task, which ends when the gateway is dropped.
    ///
    /// Must be called on the server's runtime.
    pub fn open(app: &Arc<App>) -> Result<Arc<Self>, Fault> {
        let settings = &app.config.limits;
        let idle = TimeDelta::from_std(settings.socket.idle).unwrap_or(TimeDelta::MAX);
        let gateway = Arc::new(Self {
            connections: ConnectionRegistry::new(idle, settings.socket.per_player),
            limits: ConnectionLimits::new(settings.is_throttled),
        });
        tokio::spawn(watch_sessions(Arc::clone(app), Arc::downgrade(&gateway)));
        stop_on(SignalKind::terminate(), &gateway)?;
        stop_on(SignalKind::interrupt(), &gateway)?;
        Ok(gateway)
    }
}

async fn watch_sessions(app: Arc<App>, gateway: Weak<Gateway>) {
    let mut ticks = tokio::time::interval(CHECK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut link_results = LinkResultPusher::default();
    let mut account_changes = AccountChangePusher::default();
    loop {
        ticks.tick().await;
        let Some(gateway) = gateway.upgrade() else { return };
        let now = app.clock.now();
        gateway.connections.close_silent(now);
        gateway.limits.forget_idle(now);
        match ended_sessions(&app, gateway.connections.sessions()).await {
            Ok(ended) if ended.is_empty() => {}
            Ok(ended) => gateway.connections.sign_out(&ended),
            // Every message is checked against the database as well, so a failed check here is only logged
            // (S82).
            Err(fault) => tracing::warn!(
                event = "games.sessions.check_failed",
                %fault,
                "looking for ended game sessions failed"
            ),
        }
        // Runs after the sign-outs, so that a connection that was signed out gets no further messages.
        if let Err(fault) = link_results.push_results(&app, &gateway.connections).await {
            tracing::warn!(event = "games.link_results.push_failed", %fault, "pushing link results failed");
        }
        if let Err(fault) = account_changes.push_changes(&app, &gateway.connections).await {
            tracing::warn!(event = "games.account_changes.push_failed", %fault, "pushing changed accounts failed");
        }
        if let Err(fault) = push_sign_in_codes(&app, &gateway.connections).await {
            tracing::warn!(event = "games.sign_in_codes.push_failed", %fault, "pushing sign-in codes failed");
        }
    }
}

/// The connected sessions that have ended, sorted. Those that ended by time stay so when the clock goes back.
async fn ended_sessions(app: &App, mut connected: Vec<SessionId>) -> Result<Vec<SessionId>, Fault> {
    if connected.is_empty() {
        return Ok(connected);
    }
    let now = app.clock.now();
    let ids = connected.clone();
    let mut alive = app.db.read(move |conn| game::alive_sessions(conn, &ids, now)).await?;
    alive.sort();
    connected.retain(|session| alive.binary_search(session).is_err());
    if !connected.is_empty() {
        let ended = connected.clone();
        app.db
            .write(move |conn| {
                Ok(ended.iter().try_for_each(|session| game::end_expired_session(conn, session, now))?)
            })
            .await?;
    }
    Ok(connected)
}

/// Closes the connections on this signal. The server stops accepting on the same signal (S101).
fn stop_on(kind: SignalKind, gateway: &Arc<Gateway>) -> Result<(), Fault> {
    let mut signals = signal(kind).map_err(|error| Fault::broken("listening for signals", error))?;
    let gateway = Arc::downgrade(gateway);
    tokio::spawn(async move {
        if signals.recv().await.is_some()
            && let Some(gateway) = gateway.upgrade()
        {
            gateway.connections.stop();
        }
    });
    Ok(())
}
