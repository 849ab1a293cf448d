//! The program as an operator runs it: in a process of its own, with its output kept.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A running command of `dovetail`, killed when dropped.
pub struct Program {
    child: Child,
    said: Arc<Mutex<String>>,
    listeners: Vec<JoinHandle<()>>,
}

impl Program {
    /// Starts `dovetail serve` with only these settings, and returns once it has printed its address.
    pub fn serve(settings: &BTreeMap<String, String>) -> Self {
        let (ready, is_ready) = mpsc::channel();
        let program = Self::begin(settings, &["serve"], Some(ready));
        let patience = Duration::from_mins(1);
        assert!(is_ready.recv_timeout(patience).is_ok(), "it did not start: {}", program.said());
        program
    }

    /// Starts another command.
    pub fn start(settings: &BTreeMap<String, String>, arguments: &[&str]) -> Self {
        Self::begin(settings, arguments, None)
    }

    /// Runs a command to its end, and returns its exit code and output.
    pub fn run(settings: &BTreeMap<String, String>, arguments: &[&str]) -> (i32, String) {
        Self::start(settings, arguments).end()
    }

    fn begin(settings: &BTreeMap<String, String>, arguments: &[&str], ready: Option<Sender<()>>) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dovetail"))
            .args(arguments)
            .env_clear()
            // Stories run in parallel, so the default is any free port.
            .env("DOVETAIL_OPS_LISTEN", "127.0.0.1:0")
            .envs(settings)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::default();
        let listeners = vec![
            listen(child.stdout.take().unwrap(), Arc::clone(&said), ready),
            listen(child.stderr.take().unwrap(), Arc::clone(&said), None),
        ];
        Self { child, said, listeners }
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for its end, and returns its exit code and output.
    pub fn end(mut self) -> (i32, String) {
        let ended = self.child.wait().unwrap();
        for listener in self.listeners.drain(..) {
            listener.join().unwrap();
        }
        (ended.code().unwrap_or(-1), self.said())
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its resident memory now, in KiB.
    pub fn resident_kib(&self) -> u64 {
        Self::resident_kib_of(self.id())
    }

    /// The resident memory of a process, in KiB; 0 once it has ended.
    pub fn resident_kib_of(process: u32) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|kib| kib.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
    }

    /// Kills it with SIGKILL.
    pub fn kill(self) {
        drop(self);
    }

    /// Its output so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its resident memory now, in bytes.
    pub fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// Its highest resident memory since [`Self::forget_the_peak`], in bytes.
    pub fn peak_of_memory(&self) -> u64 {
        self.status("VmHWM:")
    }

    /// Resets the peak to the present memory (`proc(5)`, `clear_refs`).
    pub fn forget_the_peak(&self) {
        fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
    }

    fn status(&self, field: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
        let kibibytes: u64 = line.trim().strip_suffix(" kB").unwrap().parse().unwrap();
        kibibytes << 10
    }

    /// Asks it to stop, and does not wait.
    pub fn ask_to_stop(&self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success());
    }

    /// Asks it to stop, waits for its end, and returns its output.
    pub fn stop(mut self) -> String {
        self.ask_to_stop();
        let ended = self.child.wait().unwrap();
        for listener in self.listeners.drain(..) {
            listener.join().unwrap();
        }
        assert!(ended.success(), "{ended}: {}", self.said());
        self.said()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(
    output: impl Read + Send + 'static,
    said: Arc<Mutex<String>>,
    ready: Option<Sender<()>>,
) -> JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            said.push_str(&line);
            said.push('\n');
            drop(said);
            if let Some(ready) = ready.as_ref().filter(|_| line.starts_with("Dovetail is at")) {
                let _ = ready.send(());
            }
        }
    })
}
