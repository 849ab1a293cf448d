//! The program `dovetail`; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    dovetail::operations::cli::run()
}
