//! A new session, with everything that its transaction writes and its browser gets.
//!
//! Every sign-in in a browser is written here. So this is the one place that asks whether the player's second factor
//! is on, in the transaction (S157): a sign-in without its code waits for it and starts no session. Nor does the
//! sign-in of a player whose account closes: its browser gets a proof instead, with which the player keeps or deletes
//! the account.

use std::sync::{Mutex, PoisonError};

use serde_json::json;

use crate::accounts::browser_device::BrowserDevice;
use crate::accounts::password_reset::ResetDone;
use crate::accounts::players::{self, end_what_visitor_began};
use crate::accounts::second_factor::{self, remembered_browser};
use crate::accounts::sign_in::closing::ClosingProof;
use crate::accounts::sign_in::lost_factor;
use crate::accounts::sign_in::pending::NewPendingSignIn;
use crate::accounts::sign_in::store;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::platform::crypto::token::TokenHash;
use crate::platform::db::Conn;
use crate::platform::fault::Fault;
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::SignedInWith;
use crate::sessions::browser::{self, NewBrowserSession};
use crate::web::{PageResult, RequestContext, responses, urls};

/// A sign-in of one player, by any login method.
pub struct SignInWrite {
    player: PlayerId,
    session: NewBrowserSession,
    event: AuditEvent,
    /// The session this browser had, of any player. A new one replaces it and leaves no row behind (S22).
    former: Option<(PlayerId, SessionId)>,
    browser: TokenHash,
    keeps_screen_codes: bool,
    with: SignedInWith,
    /// What is written instead of the session while the second factor is missing.
    pending: NewPendingSignIn,
    /// The token by which this browser may be remembered.
    remembered: Option<TokenHash>,
    /// The word of the second factor that was given.
    second_factor: Option<String>,
    /// What the last run of the transaction wrote.
    written: Mutex<WrittenSignIn>,
}

/// What a sign-in has written, and so where its browser goes.
#[derive(Clone)]
enum WrittenSignIn {
    Session,
    /// It waits for the second factor.
    Waiting,
    /// The account closes.
    Closing(ClosingProof),
}

/// Removes the player from the device cookie of this browser.
pub fn forget_in_browser(context: &RequestContext, player: &PlayerId, answer: PageResult) -> PageResult {
    BrowserDevice::forget(context, player, answer)
}

impl SignInWrite {
    /// Generates the secrets, before the transaction.
    pub fn prepare(
        context: &RequestContext,
        player: &PlayerId,
        with: SignedInWith,
        is_remembered: bool,
    ) -> Result<Self, Fault> {
        let session = NewBrowserSession::prepare(&context.app, player, with, is_remembered, &context.caller)?;
        let event = context
            .audit_event(Kind::PlayerSignedIn, Actor::Player)
            .on(player)
            .in_session(&session.id)
            .with(json!({ "with": with }));
        let former = context
            .current_player
            .as_ref()
            .map(|current_player| (current_player.player.id.clone(), current_player.session.id.clone()));
        Ok(Self {
            player: player.clone(),
            session,
            event,
            former,
            browser: context.browser_hash(),
            keeps_screen_codes: false,
            with,
            pending: NewPendingSignIn::prepare(context, player, with, is_remembered),
            remembered: remembered_browser::token_hash(context),
            second_factor: None,
            written: Mutex::new(WrittenSignIn::Session),
        })
    }

    /// The session that begins.
    pub fn session(&self) -> &SessionId {
        &self.session.id
    }

    /// Keeps the codes from screens that were typed in this browser if the person goes on with them, as their pages offer.
    #[must_use]
    pub fn going_to(self, path: Option<&str>) -> Self {
        let keeps_screen_codes = path.is_some_and(|path| path.starts_with(urls::ACTIVATE));
        Self { keeps_screen_codes, pending: self.pending.going_to(path), ..self }
    }

    /// The second factor was given: `word` names it in the record. The caller uses its code up in the transaction.
    ///
    /// A passkey whose owner was verified is both factors at once, and says so here.
    #[must_use]
    pub fn with_second_factor(mut self, word: &str) -> Self {
        if let Some(details) = self.event.details.as_object_mut() {
            details.insert("factor".to_owned(), word.into());
        }
        Self { second_factor: Some(word.to_owned()), ..self }
    }

    /// Whether a code is needed before the session. Whatever would open the account in another way waits as well.
    pub fn needs_second_factor(&self, conn: &mut Conn) -> Result<bool, Fault> {
        Ok(!self.is_proven(conn)? && !self.is_remembered(conn)?)
    }

    /// Asks for the code in a remembered browser as well, because the sign-in does more than to sign in.
    #[must_use]
    pub fn in_any_browser(self) -> Self {
        Self { remembered: None, ..self }
    }

    fn is_proven(&self, conn: &mut Conn) -> Result<bool, Fault> {
        Ok(self.second_factor.is_some() || !second_factor::store::is_on(conn, &self.player)?)
    }

    fn is_remembered(&self, conn: &mut Conn) -> Result<bool, Fault> {
        Ok(match &self.remembered {
            Some(token) => {
                second_factor::store::is_remembered(conn, &self.player, token.as_str(), self.event.at)?
            }
            None => false,
        })
    }

    /// Writes the session and its audit record, in the caller's transaction, or what waits for the second factor.
    ///
    /// The caller has checked in the same transaction that the player may sign in.
    pub fn write(&self, conn: &mut Conn) -> Result<(), Fault> {
        // A remembered browser stands for the code at sign-in. It proves nothing to what asks for fresh proof, such as
        // the end of an account.
        let (is_proven, closing) = (self.is_proven(conn)?, players::store::closing_of(conn, &self.player)?);
        if !is_proven && (closing.is_some() || self.needs_second_factor(conn)?) {
            self.note(WrittenSignIn::Waiting);
            return Ok(store::put_pending(conn, &self.pending)?);
        }
        if self.second_factor.is_some() && lost_factor::store::forget(conn, &self.player)? {
            let event = AuditEvent { kind: Kind::FactorRecoveryEnded, session: None, ..self.event.clone() };
            audit::append_event(conn, &event)?;
        }
        if let Some((player, session)) = &self.former {
            browser::end(conn, player, session)?;
        }
        end_what_visitor_began(conn, self.browser.as_str(), self.keeps_screen_codes)?;
        if let Some((version, _)) = closing {
            let factor = self.second_factor.clone();
            self.note(WrittenSignIn::Closing(ClosingProof::new(
                self.player.clone(),
                version,
                self.with,
                factor,
            )));
            let event = AuditEvent { kind: Kind::IdentityConfirmed, session: None, ..self.event.clone() };
            audit::append_event(conn, &event)?;
            return Ok(());
        }
        self.note(WrittenSignIn::Session);
        browser::start_session(conn, &self.session, is_proven)?;
        audit::append_event(conn, &self.event)?;
        Ok(())
    }

    /// Whether the sign-in was written as one that waits for the second factor.
    pub fn is_waiting(&self) -> bool {
        matches!(self.written(), WrittenSignIn::Waiting)
    }

    /// Whether the account closes, so that there is no session.
    pub fn is_closing(&self) -> bool {
        matches!(self.written(), WrittenSignIn::Closing(_))
    }

    fn note(&self, written: WrittenSignIn) {
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) = written;
    }

    fn written(&self) -> WrittenSignIn {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Redirects the browser to `path` with its new session, after the transaction has been committed.
    ///
    /// The browser also remembers that this player signed in here. A sign-in that waits leads to the page of its code,
    /// and from there to the path of [`Self::going_to`].
    pub fn answer(&self, context: &RequestContext, path: &str) -> PageResult {
        match self.written() {
            WrittenSignIn::Session => {}
            WrittenSignIn::Waiting => return Ok(responses::see_other(urls::SIGN_IN_TWO_STEP)),
            WrittenSignIn::Closing(proof) => {
                // A session that the browser had before has ended with this sign-in.
                let mut response = context.signed_out(urls::DATA_KEEP);
                if let Some(cookie) = proof.cookie(context) {
                    let _ = response.add_cookie(&cookie);
                }
                return Ok(response);
            }
        }
        let (path, cookie) = ResetDone::way_after_sign_in(context, &self.player, path);
        let mut response = context.signed_in(&self.session.started(), &path)?;
        if let Some(cookie) = cookie {
            let _ = response.add_cookie(&cookie);
        }
        BrowserDevice::remember(context, &self.player, Ok(response))
    }
}
