//! The control interface for tests in the same process. The page `/simulator` offers most of it too.

use chrono::{DateTime, TimeDelta, Utc};

use super::Simulator;
use super::customers::SimulatedCustomer;
use super::device::{self, DeviceCodeVerdict};
use super::faults::SimulatedFault;
use super::recorder::{RecordedCall, SimulatedCall};
use super::scopes;
use super::settings::SimulatorSwitches;
use super::state::SimulatorState;

/// The scopes that a customer granted to an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentView {
    pub customer: String,
    pub app_id: String,
    pub scopes: Vec<String>,
}

/// A code pair that waits for a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCodeView {
    pub user_code: String,
    pub client: String,
    pub scopes: Vec<String>,
}

impl Simulator {
    /// The simulator's time: the clock plus what [`Simulator::jump`] added.
    pub fn now(&self) -> DateTime<Utc> {
        self.lock_state().now()
    }

    /// Moves the simulator's time, and no other clock.
    pub fn jump(&self, by: TimeDelta) {
        let mut simulator_state = self.lock_state();
        simulator_state.clock_offset += by;
    }

    /// All customers: the built-in ones, then those that were added.
    pub fn customers(&self) -> Vec<SimulatedCustomer> {
        self.lock_state().customers()
    }

    /// Adds a customer, or changes the one with the same key.
    pub fn admit(&self, customer: SimulatedCustomer) {
        self.lock_state().admit(customer);
    }

    pub fn consents(&self) -> Vec<ConsentView> {
        let simulator_state = self.lock_state();
        let consents = simulator_state.kept.consents.iter().flat_map(|(customer, apps)| {
            apps.iter().map(|(app, scopes)| ConsentView {
                customer: customer.clone(),
                app_id: app.clone(),
                scopes: scopes.clone(),
            })
        });
        consents.collect()
    }

    /// Removes every app of the customer, as at `/ap/adam`: consents, refresh and access tokens end now.
    pub fn revoke(&self, customer: &str) {
        self.lock_state().revoke(customer, None);
    }

    /// Makes an access token as a phone's SDK would get it, without a refresh token and without a consent page.
    ///
    /// `None` for an unknown customer or client.
    pub fn mint_access_token(&self, customer: &str, client_id: &str, scope: &str) -> Option<String> {
        let client = self.client(client_id)?;
        let mut simulator_state = self.lock_state();
        simulator_state.customer(customer)?;
        let scopes = scopes::split(scope);
        simulator_state.allow(customer, &client.app_id, &scopes);
        Some(simulator_state.new_access_token(SimulatorState::grant(client, customer, scopes)))
    }

    /// Ends every access token now. Refresh tokens stay valid.
    pub fn expire_access_tokens(&self) {
        let mut simulator_state = self.lock_state();
        simulator_state.kept.access_tokens.clear();
        simulator_state.save();
    }

    /// Sets a fault for a call until [`Simulator::clear_faults`].
    pub fn set_fault(&self, call: SimulatedCall, fault: SimulatedFault) {
        self.lock_state().faults.put(call, fault, None);
    }

    /// Sets a fault for the next `times` calls of this kind.
    pub fn set_fault_times(&self, call: SimulatedCall, fault: SimulatedFault, times: u32) {
        self.lock_state().faults.put(call, fault, Some(times.max(1)));
    }

    pub fn clear_faults(&self) {
        self.lock_state().faults.clear();
    }

    pub fn switches(&self) -> SimulatorSwitches {
        self.lock_state().switches.clone()
    }

    /// The recorded calls, oldest first; at most the last ten thousand.
    pub fn recorded_calls(&self) -> Vec<RecordedCall> {
        self.lock_state().recorder.calls().cloned().collect()
    }

    pub fn forget_calls(&self) {
        self.lock_state().recorder.forget();
    }

    /// The codes that devices show now.
    pub fn device_codes(&self) -> Vec<DeviceCodeView> {
        device::waiting(&self.lock_state())
    }

    /// Types the code as this customer and allows; false if the code or the customer is unknown.
    pub fn approve_device(&self, user_code: &str, customer: &str) -> bool {
        let mut simulator_state = self.lock_state();
        simulator_state.customer(customer).is_some()
            && device::settle(
                &mut simulator_state,
                user_code,
                &DeviceCodeVerdict::Allowed(customer.to_owned()),
            )
    }

    /// Types the code and cancels; false if no device shows it.
    pub fn deny_device(&self, user_code: &str) -> bool {
        device::settle(&mut self.lock_state(), user_code, &DeviceCodeVerdict::Denied)
    }
}
