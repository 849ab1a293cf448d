//! Deliberate faults: each one affects a call until it is cleared or used up.

use std::any::Any;
use std::collections::BTreeMap;
use std::io;
use std::net::TcpStream;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use actix_web::dev::Extensions;
use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, RETRY_AFTER};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::recorder::{CallNotes, CallRegion, SimulatedCall};
use super::responses::SimulatedRefusal;
use super::{Simulator, consent};

/// A deliberate failure of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SimulatedFault {
    /// 500 with Amazon's `ServerError` as JSON.
    ServerError,
    /// 503 with a page of HTML.
    Unavailable,
    /// 429, with `Retry-After` in seconds if given.
    TooManyRequests { retry_after: Option<u32> },
    /// The right response after a delay.
    Slow(Duration),
    /// The connection is reset before anything is done.
    Reset,
    /// The work is done, and the response is lost.
    ResetAfterWork,
    /// 200 with truncated JSON.
    Malformed,
    /// The OAuth error of this name, as JSON from a call and as a redirect from the authorization page.
    ///
    /// The status of JSON is 401 for `invalid_client` and `insufficient_scope`, 500 for `ServerError`, otherwise 400.
    Refused(String),
    /// Exactly these bytes, then the end of the connection.
    #[cfg_attr(not(feature = "test-support"), expect(dead_code, reason = "only tests need wrong bytes"))]
    Says(Vec<u8>),
    /// Exactly this response.
    Answer { status: u16, content_type: String, body: String },
}

#[derive(Clone, Serialize)]
pub(super) struct PlannedFault {
    pub(super) fault: SimulatedFault,
    /// `None`: until cleared.
    pub(super) times: Option<u32>,
}

#[derive(Default)]
pub(super) struct FaultPlan(BTreeMap<SimulatedCall, PlannedFault>);

impl FaultPlan {
    pub(super) fn put(&mut self, call: SimulatedCall, fault: SimulatedFault, times: Option<u32>) {
        self.0.insert(call, PlannedFault { fault, times });
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn waiting(&self) -> &BTreeMap<SimulatedCall, PlannedFault> {
        &self.0
    }

    fn take(&mut self, call: SimulatedCall) -> Option<SimulatedFault> {
        let waiting = self.0.get_mut(&call)?;
        let fault = waiting.fault.clone();
        if let Some(times) = &mut waiting.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.0.remove(&call);
            }
        }
        Some(fault)
    }
}

/// Answers a call with `work` or with the fault that is set for it, and records the call.
pub(super) async fn handle_call(
    simulator: &Simulator,
    call: SimulatedCall,
    req: &HttpRequest,
    work: impl FnOnce(&mut CallNotes) -> HttpResponse,
) -> HttpResponse {
    let (number, fault) = {
        let mut simulator_state = simulator.lock_state();
        (
            simulator_state.recorder.record_request(call, CallRegion::of(req.path())),
            simulator_state.faults.take(call),
        )
    };
    #[cfg(feature = "test-support")]
    simulator.gate(call).pass().await;
    let is_raw = matches!(fault, Some(SimulatedFault::Says(_)));
    let mut notes = CallNotes::default();
    let answer = match fault {
        None => Some(work(&mut notes)),
        Some(SimulatedFault::Slow(by)) => {
            actix_web::rt::time::sleep(by).await;
            Some(work(&mut notes))
        }
        Some(SimulatedFault::Reset) => None,
        Some(SimulatedFault::ResetAfterWork) => {
            drop(work(&mut notes));
            None
        }
        Some(SimulatedFault::Says(bytes)) => {
            write_raw(req, &bytes).await;
            Some(broken_response())
        }
        Some(fault) => Some(fault_response(simulator, call, req, fault)),
    };
    // Raw bytes have no status that is known here.
    let status = answer.as_ref().filter(|_| !is_raw).map(|answer| answer.status().as_u16());
    simulator.lock_state().recorder.record_response(number, notes, status);
    answer.unwrap_or_else(|| reset(req))
}

fn fault_response(
    simulator: &Simulator,
    call: SimulatedCall,
    req: &HttpRequest,
    fault: SimulatedFault,
) -> HttpResponse {
    match fault {
        SimulatedFault::Unavailable => HttpResponse::ServiceUnavailable()
            .content_type(ContentType::html())
            .body("<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>"),
        SimulatedFault::TooManyRequests { retry_after } => {
            let mut answer = HttpResponse::TooManyRequests();
            if let Some(seconds) = retry_after {
                answer.insert_header((RETRY_AFTER, seconds.to_string()));
            }
            answer.json(serde_json::json!({ "message": "Too Many Requests" }))
        }
        SimulatedFault::Malformed => HttpResponse::Ok()
            .content_type("application/json;charset=UTF-8")
            .body("{\"access_token\":\"Atza|IwEBI"),
        SimulatedFault::Refused(error) if call == SimulatedCall::Authorize => {
            consent::refuse(simulator, req, &error)
        }
        SimulatedFault::Refused(error) => SimulatedRefusal::named(&error).answer(&simulator.lock_state()),
        SimulatedFault::Answer { status, content_type, body } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
            HttpResponse::build(status).content_type(content_type).body(body)
        }
        SimulatedFault::ServerError
        | SimulatedFault::Slow(_)
        | SimulatedFault::Reset
        | SimulatedFault::ResetAfterWork
        | SimulatedFault::Says(_) => SimulatedRefusal::named("ServerError").answer(&simulator.lock_state()),
    }
}

/// A second handle on a connection's socket, for [`reset`] and [`write_raw`].
struct SocketFault(OwnedFd);

/// Stores the socket of each new connection, for the faults that need it.
pub(super) fn keep_socket(connection: &dyn Any, kept: &mut Extensions) {
    if let Some(stream) = connection.downcast_ref::<actix_web::rt::net::TcpStream>()
        && let Ok(socket) = stream.as_fd().try_clone_to_owned()
    {
        kept.insert(SocketFault(socket));
    }
}

/// Makes the server drop the connection without a byte, and the kernel send a reset.
fn reset(req: &HttpRequest) -> HttpResponse {
    if let Some(stream) = socket_of(req) {
        // If this fails, the connection is closed instead of reset; the response is lost either way.
        let _ = stream.set_zero_linger();
    }
    broken_response()
}

/// Writes raw bytes to the connection, outside the server's own response.
async fn write_raw(req: &HttpRequest, mut bytes: &[u8]) {
    let Some(stream) = socket_of(req) else { return };
    while !bytes.is_empty() && stream.writable().await.is_ok() {
        match stream.try_write(bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            // The client has closed the connection.
            Err(_) => return,
        }
    }
}

fn socket_of(req: &HttpRequest) -> Option<actix_web::rt::net::TcpStream> {
    let SocketFault(socket) = req.conn_data::<SocketFault>()?;
    let socket = socket.try_clone().ok()?;
    actix_web::rt::net::TcpStream::from_std(TcpStream::from(socket)).ok()
}

/// A body that fails at once, so that the server drops the connection before it sends anything.
fn broken_response() -> HttpResponse {
    let broken =
        futures_util::stream::iter([Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset))]);
    HttpResponse::Ok().streaming(broken)
}
