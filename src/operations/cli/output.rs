//! The only writers to the terminal.

use std::io::{self, ErrorKind, Write};

use crate::platform::fault::Fault;

/// Writes a line to standard output. A closed pipe (`dovetail routes | head -1`) is no fault.
pub(super) fn print_line(line: &str) -> Result<(), Fault> {
    let mut out = io::stdout().lock();
    match out.write_all(line.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| Fault::broken("writing to standard output", error)),
    }
}

/// Writes part of a text to standard output.
pub(super) fn say_part(part: &str) -> Result<(), Fault> {
    io::stdout()
        .lock()
        .write_all(part.as_bytes())
        .map_err(|error| Fault::broken("writing to standard output", error))
}

/// Writes a line to standard error, and ignores a failure to do so.
pub(super) fn print_error(line: &str) {
    let _unheard = writeln!(io::stderr().lock(), "{line}");
}
