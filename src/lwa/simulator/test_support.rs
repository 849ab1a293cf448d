//! What tests in the same process have beyond the control interface: a server of their own, and short cuts.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;

use actix_web::dev::ServerHandle;

use super::recorder::SimulatedCall;
use super::settings::SimulatorSwitches;
use super::state::SimulatorState;
use super::{Simulator, scopes};
use crate::platform::clock::Clock;
use crate::platform::test_gate::TestGate;

/// A simulator that serves in the background. Dropping it stops the server.
pub struct RunningSimulator {
    address: SocketAddr,
    handle: ServerHandle,
}

impl RunningSimulator {
    /// The origin that it listens on, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for RunningSimulator {
    fn drop(&mut self) {
        // `stop` sends its command at once, and nothing needs the result.
        drop(self.handle.stop(false));
    }
}

impl Simulator {
    /// Serves from its own thread until the returned guard is dropped; needs no async runtime.
    ///
    /// # Errors
    /// The listener cannot be used.
    pub fn start(&self, listener: TcpListener) -> io::Result<RunningSimulator> {
        let address = listener.local_addr()?;
        let (tell, told) = mpsc::channel();
        let simulator = self.clone();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                match simulator.run(listener) {
                    Ok(server) => {
                        let _ = tell.send(Ok(server.handle()));
                        let _ = server.await;
                    }
                    Err(problem) => drop(tell.send(Err(problem))),
                }
            });
        });
        let handle = told.recv().map_err(io::Error::other)??;
        Ok(RunningSimulator { address, handle })
    }

    /// The clock from the settings, without [`Simulator::jump`].
    pub fn clock(&self) -> Clock {
        self.lock_state().clock.clone()
    }

    /// The `user_id` for the company of this client; `None` for an unknown customer or client.
    pub fn user_id(&self, customer: &str, client_id: &str) -> Option<String> {
        let company = &self.client(client_id)?.company;
        self.lock_state().customer(customer).map(|customer| customer.user_id(company))
    }

    /// Grants consent in advance, so that the authorization page redirects a signed-in browser at once.
    pub fn allow(&self, customer: &str, client_id: &str, scope: &str) {
        if let Some(client) = self.client(client_id) {
            self.lock_state().allow(customer, &client.app_id, &scopes::split(scope));
        }
    }

    /// Makes a refresh token as an exchange would; `None` for an unknown customer or client.
    pub fn mint_refresh_token(&self, customer: &str, client_id: &str, scope: &str) -> Option<String> {
        let client = self.client(client_id)?;
        let mut simulator_state = self.lock_state();
        simulator_state.customer(customer)?;
        let scopes = scopes::split(scope);
        simulator_state.allow(customer, &client.app_id, &scopes);
        Some(simulator_state.new_refresh_token(SimulatorState::grant(client, customer, scopes)))
    }

    /// Changes switches: `simulator.switch(|s| s.without_email = true)`.
    pub fn switch(&self, throw: impl FnOnce(&mut SimulatorSwitches)) {
        throw(&mut self.lock_state().switches);
    }

    /// The gate before this call is answered.
    pub fn gate(&self, call: SimulatedCall) -> TestGate {
        self.lock_state().gates.entry(call).or_default().clone()
    }

    /// How often this call was recorded.
    pub fn calls(&self, call: SimulatedCall) -> usize {
        self.lock_state().recorder.calls().filter(|recorded| recorded.call == call).count()
    }
}
