//! The program `dovetail`. The library does everything.

use std::process::ExitCode;

fn main() -> ExitCode {
    dovetail::run()
}
