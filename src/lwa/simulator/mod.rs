//! The Amazon simulator: a fake Login with Amazon for development and tests (docs/simulator.md).
//!
//! It sends the statuses, headers, key order and texts that Amazon was seen to send, and every failure that a test
//! needs. It is reached by URL only and knows nothing of the portal. It must not serve players (S140): its
//! secrets are public, and any visitor can be any of its customers.

mod apps;
mod clients;
mod consent;
mod control_page;
mod customers;
mod device;
mod faults;
mod pages;
mod profile;
mod random;
mod recorder;
mod request_parsing;
mod responses;
mod scopes;
mod settings;
mod state;
mod test_api;
#[cfg(feature = "test-support")]
mod test_support;
mod tokens;

use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::dev::Server;
use actix_web::http::Method;
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, Route};

pub use clients::RegisteredClient;
#[cfg(feature = "test-support")]
pub use clients::{
    DEVICE_CLIENT_ID, MOBILE_CLIENT_ID, SISTER_CLIENT_ID, SISTER_CLIENT_SECRET, STRANGER_CLIENT_ID,
    WEB_CLIENT_ID, WEB_CLIENT_SECRET,
};
#[cfg(feature = "test-support")]
pub use customers::{SIGNED_IN_COOKIE, SimulatedCustomer};
#[cfg(feature = "test-support")]
pub use faults::SimulatedFault;
pub use recorder::SimulatedCall;
#[cfg(feature = "test-support")]
pub use recorder::{CallRegion, RecordedPkce, TokenKind};
#[cfg(feature = "test-support")]
pub use settings::{ErrorBodies, ForeignRefresh, SlowDown, StateEcho};
pub use test_api::DeviceCodeView;
#[cfg(feature = "test-support")]
pub use test_support::RunningSimulator;

use crate::platform::clock::Clock;
use recorder::CallNotes;
use request_parsing::FormBody;
use state::SimulatorState;

/// The settings of a simulator.
pub struct SimulatorSettings {
    /// Measures lifetimes. Tests share it with the portal, so that one change moves both.
    pub clock: Clock,
    /// The registered clients.
    pub clients: Vec<RegisteredClient>,
    /// The file in which consents and tokens survive a restart; `None` keeps them in memory only.
    pub state_file: Option<PathBuf>,
    /// Return URLs of the portal's own client beside its first, so that other programs can be tried.
    pub return_urls: Vec<String>,
}

impl SimulatorSettings {
    /// The clients of a development portal whose callback is `return_url`, without a state file.
    pub fn development(clock: Clock, return_url: &str) -> Self {
        Self { clock, clients: clients::development(return_url), state_file: None, return_urls: Vec::new() }
    }
}

/// The simulated Amazon. Clones share one state.
#[derive(Clone)]
pub struct Simulator {
    clients: Arc<[RegisteredClient]>,
    simulator_state: Arc<Mutex<SimulatorState>>,
}

impl Simulator {
    /// Creates a simulator. If its state file cannot be read, a warning is logged and the state is empty.
    pub fn new(settings: SimulatorSettings) -> Self {
        let mut simulator_state = SimulatorState::open(settings.clock, settings.state_file);
        for url in &settings.return_urls {
            simulator_state.allow_return_url(url);
        }
        Self { clients: settings.clients.into(), simulator_state: Arc::new(Mutex::new(simulator_state)) }
    }

    /// Serves on `listener` for as long as the returned future is awaited.
    ///
    /// # Errors
    /// The listener cannot be used.
    pub fn run(&self, listener: TcpListener) -> io::Result<Server> {
        let simulator = Data::new(self.clone());
        let server = HttpServer::new(move || App::new().app_data(simulator.clone()).configure(routes))
            .on_connect(faults::keep_socket)
            .workers(1)
            .disable_signals()
            .listen(listener)?
            .run();
        Ok(server)
    }

    fn lock_state(&self) -> MutexGuard<'_, SimulatorState> {
        self.simulator_state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this can be a return URL: absolute, `http` or `https`, without a fragment.
    pub fn is_return_url(text: &str) -> bool {
        state::is_return_url(text)
    }

    /// The return URLs of the portal's own client.
    fn return_urls(&self) -> Vec<String> {
        let own = self.client(clients::WEB_CLIENT_ID).into_iter().flat_map(|client| &client.return_urls);
        own.chain(&self.lock_state().kept.return_urls).cloned().collect()
    }

    fn client(&self, id: &str) -> Option<&RegisteredClient> {
        self.clients.iter().find(|client| client.id == id)
    }
}

/// All addresses of the simulator: Amazon's three regions, and the control page.
fn routes(app: &mut ServiceConfig) {
    app.configure(control_page::routes);
    for region in ["/eu", "/fe"] {
        app.service(web::scope(region).configure(amazon));
    }
    app.configure(amazon);
    app.default_service(web::to(responses::unknown_operation));
}

fn amazon(app: &mut ServiceConfig) {
    app.route("/ap/oa", api(Method::GET, |_| SimulatedCall::Authorize, consent::ask))
        .route("/ap/oa", page(Method::POST, consent::decide))
        .route("/ap/adam", page(Method::GET, apps::list))
        .route("/ap/adam", page(Method::POST, apps::remove))
        .route("/ap/user/profile", api(Method::GET, |_| SimulatedCall::Profile, profile::wrapped))
        .route("/user/profile", api(Method::GET, |_| SimulatedCall::Profile, profile::profile))
        .route("/auth/{o2:[oO]2}/token", api(Method::POST, tokens::call, tokens::token))
        .route(
            "/auth/{o2:[oO]2}/tokeninfo",
            api(Method::GET, |_| SimulatedCall::TokenInfo, profile::tokeninfo),
        )
        .route(
            "/auth/{o2:[oO]2}/create/codepair",
            api(Method::POST, |_| SimulatedCall::CodePair, device::codepair),
        );
    for path in ["/us/code", "/code"] {
        app.route(path, page(Method::GET, device::enter));
        app.route(path, page(Method::POST, device::decide));
    }
}

/// A page for people. It is not recorded and has no faults.
fn page(method: Method, work: fn(&Simulator, &HttpRequest, &FormBody) -> HttpResponse) -> Route {
    web::method(method).to(move |simulator: Data<Simulator>, req: HttpRequest, bytes: Bytes| async move {
        work(&simulator, &req, &FormBody::read(&req, &bytes))
    })
}

/// A call that a program makes or starts. It is recorded and can have a fault.
fn api(
    method: Method,
    name: fn(&FormBody) -> SimulatedCall,
    work: fn(&Simulator, &HttpRequest, &FormBody, &mut CallNotes) -> HttpResponse,
) -> Route {
    web::method(method).to(move |simulator: Data<Simulator>, req: HttpRequest, bytes: Bytes| async move {
        let body = FormBody::read(&req, &bytes);
        faults::handle_call(&simulator, name(&body), &req, |notes| work(&simulator, &req, &body, notes)).await
    })
}
