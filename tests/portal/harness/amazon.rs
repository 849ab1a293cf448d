//! Amazon as a story speaks of it: thin words over the simulator.

use std::net::TcpListener;

use dovetail::lwa::simulator::{
    RunningSimulator, SimulatedCall, SimulatedCustomer, SimulatedFault, Simulator, SimulatorSettings,
    WEB_CLIENT_ID,
};
use dovetail::platform::clock::Clock;

/// The Amazon of one portal.
pub struct Amazon {
    pub simulator: Simulator,
    running: RunningSimulator,
}

impl Amazon {
    /// Opens on `listener` for a portal whose callback is `return_url`.
    pub fn open(listener: TcpListener, clock: &Clock, return_url: &str) -> Self {
        let simulator = Simulator::new(SimulatorSettings::development(clock.clone(), return_url));
        let running = simulator.start(listener).unwrap();
        Self { simulator, running }
    }

    /// Its origin.
    pub fn url(&self) -> String {
        self.running.url()
    }

    /// What the portal sees as this customer's identity.
    pub fn identity_of(&self, customer: &str) -> String {
        self.simulator.user_id(customer, WEB_CLIENT_ID).unwrap()
    }

    /// A customer of this story's own, signing in by `name`.
    pub fn admits(&self, key: &str, name: &str, email: &str) {
        self.simulator.admit(SimulatedCustomer::new(key, name, email));
    }

    /// An access token that this customer's phone or game got for the portal's client.
    pub fn token_of(&self, customer: &str) -> String {
        self.token_for(customer, WEB_CLIENT_ID)
    }

    /// The same for another client.
    pub fn token_for(&self, customer: &str, client: &str) -> String {
        self.simulator.mint_access_token(customer, client, "profile").expect("a known customer")
    }

    /// The customer removes the portal from their account.
    pub fn revokes(&self, customer: &str) {
        self.simulator.revoke(customer);
    }

    /// Connections for this call are reset.
    pub fn is_down(&self, call: SimulatedCall) {
        self.simulator.set_fault(call, SimulatedFault::Reset);
    }

    /// This call is answered with the OAuth error of this name.
    pub fn refuses(&self, call: SimulatedCall, error: &str) {
        self.simulator.set_fault(call, SimulatedFault::Refused(error.to_owned()));
    }

    /// This call ends in 500.
    pub fn is_broken(&self, call: SimulatedCall) {
        self.simulator.set_fault(call, SimulatedFault::ServerError);
    }

    /// The authorization page sends everybody back without asking.
    pub fn will_deny(&self) {
        self.refuses(SimulatedCall::Authorize, "access_denied");
    }

    /// All is well again.
    pub fn recovers(&self) {
        self.simulator.clear_faults();
    }

    /// How often this was asked.
    pub fn calls(&self, call: SimulatedCall) -> usize {
        self.simulator.calls(call)
    }
}
