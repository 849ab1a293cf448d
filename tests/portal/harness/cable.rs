//! A line between two programs that can be cut and mended.

use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Listens on a port of its own and passes everything on while it is whole. Cutting it ends what runs through it;
/// who connects to a cut line is hung up on.
pub struct Cable {
    port: u16,
    is_whole: Arc<watch::Sender<bool>>,
}

impl Cable {
    /// A line to `target`, as `host:port`.
    pub async fn to(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let is_whole = Arc::new(watch::Sender::new(true));
        let (target, state) = (target.to_owned(), Arc::clone(&is_whole));
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut whole = state.subscribe();
                if !*whole.borrow() {
                    continue;
                }
                let Ok(mut far) = TcpStream::connect(&target).await else { continue };
                tokio::spawn(async move {
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = whole.wait_for(|whole| !whole) => {}
                    }
                });
            }
        });
        Self { port, is_whole }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn cut(&self) {
        self.is_whole.send_replace(false);
    }

    pub fn mend(&self) {
        self.is_whole.send_replace(true);
    }
}
