//! How one request is declared, and answered over HTTP and WebSocket alike.

use std::sync::Arc;

use futures_util::future::LocalBoxFuture;

use super::REQUESTS;
use super::caller::GameCaller;
use crate::app::App;
use crate::games::protocol::{GameErrors, GameResponse, RequestFields};
use crate::platform::fault::{Fault, Stop};
use crate::sessions::game::GameSession;

/// A request that a game may send. [`REQUESTS`] lists them all.
pub(super) trait GameRequest: Sized + 'static {
    /// The name in `@class` (without its dot), in the address and in the log.
    const NAME: &'static str;

    /// Reads the fields. Errors are collected in `fields`.
    fn read(fields: &mut RequestFields) -> Self;

    /// The errors in the class of this request's answer.
    fn refuse(errors: GameErrors) -> GameResponse;

    /// Whether the request is carried out without a player if its session has ended.
    fn outlives_session(&self) -> bool {
        false
    }

    /// Carries the request out. A fault is logged by the caller, and the game gets `request: TRY_AGAIN`.
    ///
    /// An error leaves the session unchanged (docs/protocols/gamesparks.md#requests-and-answers).
    async fn answer(self, app: &App, caller: &GameCaller) -> RequestResult;
}

/// The result of a request.
pub(in crate::games) type RequestResult = Result<RequestAnswer, Stop<GameErrors>>;

/// A response, and its effect on the connection's session.
pub(in crate::games) struct RequestAnswer {
    pub response: GameResponse,
    pub session: SessionChange,
}

pub(in crate::games) enum SessionChange {
    Keep,
    Is(GameSession),
}

impl From<GameResponse> for RequestAnswer {
    /// The session stays.
    fn from(response: GameResponse) -> Self {
        Self { response, session: SessionChange::Keep }
    }
}

/// One kind of request.
pub(in crate::games) struct RequestType {
    pub name: &'static str,
    pub refuse: fn(GameErrors) -> GameResponse,
    read: fn(&mut RequestFields) -> (bool, RequestHandler),
}

/// Carries out a request whose fields have been read.
type RequestHandler = Box<dyn FnOnce(Arc<App>, GameCaller) -> LocalBoxFuture<'static, RequestResult>>;

/// A request whose fields have been read.
pub(in crate::games) struct ParsedRequest {
    pub kind: &'static RequestType,
    /// See [`GameRequest::outlives_session`].
    pub outlives_session: bool,
    /// What the game keeps with its player, if the request is carried out.
    pub script_data: Option<String>,
    handler: RequestHandler,
}

impl RequestType {
    pub(super) const fn of<R: GameRequest>() -> Self {
        Self {
            name: R::NAME,
            refuse: R::refuse,
            read: |fields| {
                let request = R::read(fields);
                let outlives_session = request.outlives_session();
                let handler: RequestHandler =
                    Box::new(|app, caller| Box::pin(async move { request.answer(&app, &caller).await }));
                (outlives_session, handler)
            },
        }
    }

    /// The kind with this name, without the leading dot.
    pub fn find(name: &str) -> Option<&'static Self> {
        REQUESTS.iter().find(|kind| kind.name == name)
    }

    /// Reads the request's fields, or returns the answer that names the wrong ones.
    pub fn parse(&'static self, fields: &mut RequestFields) -> Result<ParsedRequest, Box<GameResponse>> {
        let script_data = fields.script_data();
        let (outlives_session, handler) = (self.read)(fields);
        match fields.errors() {
            Some(errors) => Err(Box::new((self.refuse)(errors))),
            None => Ok(ParsedRequest { kind: self, outlives_session, script_data, handler }),
        }
    }

    /// Logs the fault and asks the game to try again.
    pub fn fault_response(&self, fault: &Fault) -> GameResponse {
        match fault.shortage() {
            Some(shortage) => tracing::warn!(
                event = "games.request.database_short",
                request = self.name,
                %shortage,
                %fault,
                "the database could not serve a request"
            ),
            None => {
                tracing::error!(event = "games.request.failed", request = self.name, %fault, "a request failed");
            }
        }
        (self.refuse)(GameErrors::try_again())
    }
}

impl ParsedRequest {
    pub async fn answer(self, app: Arc<App>, caller: GameCaller) -> RequestAnswer {
        match (self.handler)(app, caller).await {
            Ok(answer) => answer,
            Err(Stop::Refused(errors)) => (self.kind.refuse)(errors).into(),
            Err(Stop::Fault(fault)) => self.kind.fault_response(&fault).into(),
        }
    }
}
