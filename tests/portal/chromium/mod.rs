//! What people do, in real Chromium: with scripts and without, with the back button, in two tabs, on a phone.

mod acting;
mod going_back;
mod helping;
mod newcomer;
mod passkeys;
mod pictures;
mod quiet;
mod refused;
mod registered;
mod shifts;
mod tabs;
mod through_amazon;
mod visitor;
