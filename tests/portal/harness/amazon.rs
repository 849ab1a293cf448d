//! Amazon in a story: short calls to the simulator.

use std::net::TcpListener;

use dovetail::testing::lwa::simulator::{
    RunningSimulator, SimulatedCall, SimulatedCustomer, SimulatedFault, Simulator, SimulatorSettings,
    WEB_CLIENT_ID,
};
use dovetail::testing::platform::clock::Clock;

/// The simulator of one portal.
pub struct Amazon {
    pub simulator: Simulator,
    running: RunningSimulator,
}

impl Amazon {
    /// Starts on `listener`, for a portal whose callback is `return_url`.
    pub fn open(listener: TcpListener, clock: &Clock, return_url: &str) -> Self {
        let simulator = Simulator::new(SimulatorSettings::development(clock.clone(), return_url));
        let running = simulator.start(listener).unwrap();
        Self { simulator, running }
    }

    pub fn url(&self) -> String {
        self.running.url()
    }

    /// The customer's Amazon id for the portal's client.
    pub fn identity_of(&self, customer: &str) -> String {
        self.simulator.user_id(customer, WEB_CLIENT_ID).unwrap()
    }

    /// Adds a customer for this story, who signs in by `name`.
    pub fn admits(&self, key: &str, name: &str, email: &str) {
        self.simulator.admit(SimulatedCustomer::new(key, name, email));
    }

    /// An access token of this customer for the portal's client, as a game gets it from the SDK.
    pub fn token_of(&self, customer: &str) -> String {
        self.token_for(customer, WEB_CLIENT_ID)
    }

    /// An access token of this customer for another client.
    pub fn token_for(&self, customer: &str, client: &str) -> String {
        self.simulator.mint_access_token(customer, client, "profile").expect("a known customer")
    }

    /// The customer withdraws consent from the portal.
    pub fn revokes(&self, customer: &str) {
        self.simulator.revoke(customer);
    }

    /// Resets the connections of this call.
    pub fn is_down(&self, call: SimulatedCall) {
        self.simulator.set_fault(call, SimulatedFault::Reset);
    }

    /// Answers this call with the OAuth error of this name.
    pub fn refuses(&self, call: SimulatedCall, error: &str) {
        self.simulator.set_fault(call, SimulatedFault::Refused(error.to_owned()));
    }

    /// Answers this call with 500.
    pub fn is_broken(&self, call: SimulatedCall) {
        self.simulator.set_fault(call, SimulatedFault::ServerError);
    }

    /// Answers the authorization request with `access_denied`.
    pub fn will_deny(&self) {
        self.refuses(SimulatedCall::Authorize, "access_denied");
    }

    /// Removes all faults.
    pub fn recovers(&self) {
        self.simulator.clear_faults();
    }

    /// The number of requests for this call so far.
    pub fn calls(&self, call: SimulatedCall) -> usize {
        self.simulator.calls(call)
    }
}
