//! A TCP proxy whose connections a test can cut or silence.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A proxy on a port of its own that passes everything on.
///
/// When cut, it closes its connections and every new one. When silent, it accepts bytes and passes them on only
/// after `mend`.
pub struct Cable {
    port: u16,
    state: Arc<watch::Sender<State>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Whole,
    Silent,
    Cut,
}

impl Cable {
    /// Starts a proxy for `target`, as `host:port`.
    pub async fn to(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(watch::Sender::new(State::Whole));
        let (target, current) = (target.to_owned(), Arc::clone(&state));
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let mut now = current.subscribe();
                if *now.borrow() == State::Cut {
                    continue;
                }
                let (target, passing) = (target.clone(), now.clone());
                tokio::spawn(async move {
                    tokio::select! {
                        () = connect(near, &target, passing) => {}
                        _ = now.wait_for(|state| *state == State::Cut) => {}
                    }
                });
            }
        });
        Self { port, state }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    /// Stops passing bytes on, without an error at either end.
    pub fn fall_silent(&self) {
        self.state.send_replace(State::Silent);
    }

    pub fn mend(&self) {
        self.state.send_replace(State::Whole);
    }
}

async fn connect(near: TcpStream, target: &str, mut state: watch::Receiver<State>) {
    let _ = state.wait_for(|state| *state != State::Silent).await;
    let Ok(far) = TcpStream::connect(target).await else { return };
    let (near_in, near_out) = near.into_split();
    let (far_in, far_out) = far.into_split();
    tokio::join!(pass(near_in, far_out, state.clone()), pass(far_in, near_out, state));
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut state: watch::Receiver<State>) {
    let mut bytes = [0; 8192];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let _ = state.wait_for(|state| *state != State::Silent).await;
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
    // The end of a stream waits for the end of the silence too.
    let _ = state.wait_for(|state| *state != State::Silent).await;
    let _ = to.shutdown().await;
}
