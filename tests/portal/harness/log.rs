//! The log of the portals, shown with a failed test.

use std::io::{self, Write};
use std::sync::Once;

use dovetail::testing::platform::logging::{LogFilter, LogFormat, subscriber};

/// Shows warnings and errors of all portals of this process from now on.
pub fn show() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let filter = LogFilter::parse("warn").unwrap();
        tracing::subscriber::set_global_default(subscriber(&filter, LogFormat::Text, || Captured)).unwrap();
    });
}

/// Output that the test runner captures with the running test; the test's threads, the portal's included, share it.
struct Captured;

impl Write for Captured {
    #[expect(clippy::print_stderr, reason = "only what is printed so is kept with the test")]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        eprint!("{}", String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
