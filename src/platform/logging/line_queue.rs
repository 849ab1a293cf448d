//! Writes the log on a thread of its own, so that a reader that sleeps stops no request (S93).
//!
//! Standard error is often a pipe. When its reader stops reading, a write blocks for as long. Lines then wait here, up
//! to a limit; more are dropped and counted, and the log says how many once it goes on.
//!
//! The thread writes a line as soon as it comes, and then all that came during the next millisecond at once. Waking it
//! for each of very many lines would cost their requests more than the lines do.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

use crate::platform::fault::Fault;

/// How many lines may wait: some seconds of a busy portal, in about a megabyte.
const CAPACITY: usize = 4_096;

/// How long the lines that follow a written one are collected.
const COLLECTING: Duration = Duration::from_millis(1);

/// Lines dropped since the program started.
static DROPPED: AtomicU64 = AtomicU64::new(0);

pub(super) fn dropped() -> u64 {
    DROPPED.load(Ordering::Relaxed)
}

/// The lines that wait to be written.
#[derive(Clone)]
pub(super) struct LineQueue(Arc<SharedLines>);

struct SharedLines {
    waiting: Mutex<WaitingLines>,
    changed: Condvar,
}

#[derive(Default)]
struct WaitingLines {
    /// Whole lines, one after the other.
    text: Vec<u8>,
    /// How many lines `text` has.
    lines: usize,
    /// How many lines are being written.
    being_written: usize,
    /// Whether the thread sleeps until a line comes.
    is_asleep: bool,
    /// Lines that were dropped since the log last told of it.
    dropped: u64,
}

impl LineQueue {
    /// Starts the thread that writes to `output`.
    pub(super) fn start(output: impl Write + Send + 'static) -> Result<Self, Fault> {
        let queue = Self(Arc::new(SharedLines { waiting: Mutex::default(), changed: Condvar::new() }));
        let writer = queue.clone();
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || writer.write_lines(output))
            .map_err(|error| Fault::broken("starting the log", error))?;
        Ok(queue)
    }

    /// Waits until all lines are written, but no longer than `limit`.
    pub(super) fn wait_until_written(&self, limit: Duration) {
        let is_busy = |waiting: &mut WaitingLines| waiting.being_written + waiting.lines > 0;
        drop(self.0.changed.wait_timeout_while(self.waiting(), limit, is_busy));
    }

    fn push(&self, line: &[u8]) {
        let mut waiting = self.waiting();
        if waiting.lines + waiting.being_written < CAPACITY {
            waiting.text.extend_from_slice(line);
            waiting.lines += 1;
        } else {
            waiting.dropped += 1;
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
        let wakes = std::mem::take(&mut waiting.is_asleep);
        drop(waiting);
        if wakes {
            self.0.changed.notify_all();
        }
    }

    fn write_lines(&self, mut output: impl Write) {
        let mut lines = Vec::new();
        loop {
            self.next_lines(&mut lines);
            // A failure to write the log cannot be reported anywhere.
            let _lost = output.write_all(&lines);
            lines.clear();
            let dropped = self.finish_lines();
            if dropped > 0 {
                tracing::warn!(
                    event = "platform.log.lines_dropped",
                    lines = dropped,
                    "the reader of the log was too slow"
                );
            }
            thread::sleep(COLLECTING);
        }
    }

    /// Waits for lines, and exchanges them for the empty `lines`, whose memory is used again.
    fn next_lines(&self, lines: &mut Vec<u8>) {
        let mut waiting = self.waiting();
        while waiting.lines == 0 {
            waiting.is_asleep = true;
            waiting = self.0.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        waiting.is_asleep = false;
        waiting.being_written = std::mem::take(&mut waiting.lines);
        std::mem::swap(&mut waiting.text, lines);
    }

    /// Notes that the lines are written. Returns how many were dropped, once nothing waits any more.
    fn finish_lines(&self) -> u64 {
        let mut waiting = self.waiting();
        waiting.being_written = 0;
        let dropped = if waiting.lines == 0 { std::mem::take(&mut waiting.dropped) } else { 0 };
        drop(waiting);
        self.0.changed.notify_all();
        dropped
    }

    fn waiting(&self) -> MutexGuard<'_, WaitingLines> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes one line with each write.
impl Write for LineQueue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for LineQueue {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Receiver};
    use std::time::Instant;

    use super::*;

    /// An output whose reader sleeps until it is woken.
    struct SleepyOutput {
        woken: Receiver<()>,
        is_awake: bool,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for SleepyOutput {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if !self.is_awake {
                let _ = self.woken.recv();
                self.is_awake = true;
            }
            self.written.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_sleeps_costs_lines_and_no_time() {
        let (wake, woken) = mpsc::channel();
        let written = Arc::new(Mutex::new(Vec::new()));
        let output = SleepyOutput { woken, is_awake: false, written: Arc::clone(&written) };
        let mut queue = LineQueue::start(output).unwrap();
        let (before, began) = (dropped(), Instant::now());
        for _ in 0..CAPACITY + 1_000 {
            queue.write_all(b"line\n").unwrap();
        }
        assert!(began.elapsed() < Duration::from_secs(5));
        let lost = dropped() - before;
        assert!((999..=1_000).contains(&lost), "one line may be under way: {lost}");
        wake.send(()).unwrap();
        queue.wait_until_written(Duration::from_secs(10));
        let lines = String::from_utf8(written.lock().unwrap().clone()).unwrap().lines().count();
        assert_eq!(lines, CAPACITY + 1_000 - usize::try_from(lost).unwrap());
    }

    #[test]
    fn lines_are_written_in_their_order_and_all_of_them() {
        let written = Arc::new(Mutex::new(Vec::new()));
        let (wake, woken) = mpsc::channel();
        let output = SleepyOutput { woken, is_awake: true, written: Arc::clone(&written) };
        let mut queue = LineQueue::start(output).unwrap();
        for line in 0..1_000 {
            queue.write_all(format!("{line}\n").as_bytes()).unwrap();
        }
        queue.wait_until_written(Duration::from_secs(10));
        drop(wake);
        let wanted: Vec<String> = (0..1_000).map(|line| line.to_string()).collect();
        let written = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        assert_eq!(written.lines().collect::<Vec<_>>(), wanted);
    }
}
