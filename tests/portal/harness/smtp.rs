//! A mail server that listens on a port and keeps what it gets.
//!
//! It speaks SMTP through `mailin`, and misbehaves on request: it refuses, closes, loses its answer, or does not
//! answer. With STARTTLS it has a self-signed certificate.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use mailin::{Action, Handler, Response, Session, SessionBuilder};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A mail server of one test.
pub struct MailServer {
    address: SocketAddr,
    certificate: Option<String>,
    desk: Arc<Desk>,
}

/// How it answers, from the next command on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Accepts,
    /// Answers every recipient with this code: 4xx is temporary, 5xx permanent.
    Refuses(u16),
    /// Closes the connection instead of answering.
    HangsUp,
    /// Takes the mail and closes the connection before it answers, so the sender cannot know.
    LosesItsAnswer,
    /// Does not answer until this changes.
    IsSilent,
    /// Does not answer for this recipient until this changes.
    IsSilentTo(&'static str),
}

/// A mail as it arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    /// Headers, empty line and body, as sent.
    pub text: String,
    pub over_tls: bool,
}

impl MailServer {
    pub fn start() -> Self {
        Self::listen(None)
    }

    /// Starts a server that offers STARTTLS.
    pub fn start_with_tls() -> Self {
        let made =
            rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        Self::listen(Some(made))
    }

    /// The value for `DOVETAIL_SMTP_URL`, without a query.
    pub fn url(&self) -> String {
        format!("smtp://localhost:{}", self.address.port())
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its certificate in PEM, for a client that should trust it.
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    pub fn behave(&self, manner: Manner) {
        self.desk.lock().manner = manner;
        self.desk.changed.notify_all();
    }

    /// The mails so far, in order.
    pub fn received(&self) -> Vec<Received> {
        self.desk.lock().received.clone()
    }

    /// Waits until `count` mails have arrived; panics after ten seconds with the mails that did arrive.
    pub fn wait_for(&self, count: usize) -> Vec<Received> {
        let limit = Duration::from_secs(10);
        let waited =
            self.desk.changed.wait_timeout_while(self.desk.lock(), limit, |book| book.received.len() < count);
        let (book, timeout) = waited.unwrap();
        assert!(!timeout.timed_out(), "waited for {count} mails, got {:#?}", book.received);
        book.received.clone()
    }

    fn listen(made: Option<rcgen::CertifiedKey<rcgen::KeyPair>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let desk = Arc::new(Desk::default());
        let certificate = made.as_ref().map(|made| made.cert.pem());
        let tls = made.map(|made| Arc::new(tls_of(&made)));
        let shared = Arc::clone(&desk);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if shared.lock().closed {
                    return;
                }
                let (tls, desk) = (tls.clone(), Arc::clone(&shared));
                thread::spawn(move || serve(stream, tls, &desk));
            }
        });
        Self { address, certificate, desk }
    }
}

impl Drop for MailServer {
    /// Frees the port, and the threads that wait while the server does not answer.
    fn drop(&mut self) {
        let mut book = self.desk.lock();
        book.closed = true;
        book.manner = Manner::HangsUp;
        drop(book);
        self.desk.changed.notify_all();
        let _ = TcpStream::connect(self.address);
    }
}

fn tls_of(made: &rcgen::CertifiedKey<rcgen::KeyPair>) -> ServerConfig {
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap()
}

#[derive(Default)]
struct Desk {
    book: Mutex<Book>,
    changed: Condvar,
}

struct Book {
    manner: Manner,
    received: Vec<Received>,
    closed: bool,
}

impl Default for Book {
    fn default() -> Self {
        Self { manner: Manner::Accepts, received: Vec::new(), closed: false }
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the server may answer for this recipient, and returns how.
    fn manner_towards(&self, to: &str) -> Manner {
        let is_silent = |book: &mut Book| match book.manner {
            Manner::IsSilent => true,
            Manner::IsSilentTo(recipient) => to.contains(recipient),
            _ => false,
        };
        self.changed.wait_while(self.lock(), is_silent).unwrap_or_else(PoisonError::into_inner).manner
    }

    /// Waits until the server may answer, and returns how.
    fn manner(&self) -> Manner {
        let waited = self.changed.wait_while(self.lock(), |book| book.manner == Manner::IsSilent);
        waited.unwrap_or_else(PoisonError::into_inner).manner
    }
}

/// Serves one connection until either side ends it.
fn serve(mut stream: TcpStream, tls: Option<Arc<ServerConfig>>, desk: &Arc<Desk>) -> io::Result<()> {
    let mut builder = SessionBuilder::new("localhost");
    if tls.is_some() {
        builder.enable_start_tls();
    }
    let clerk = Clerk { desk: Arc::clone(desk), mail: Received::default(), over_tls: false };
    let mut session = builder.build(IpAddr::from([127, 0, 0, 1]), clerk);
    if desk.manner() == Manner::HangsUp {
        return Ok(());
    }
    stream.write_all(&session.greeting().buffer()?)?;
    let upgrade = converse(&mut session, &mut stream, desk)?;
    if let (true, Some(tls)) = (upgrade, tls) {
        let connection = ServerConnection::new(tls).map_err(io::Error::other)?;
        let clerk = Clerk { desk: Arc::clone(desk), mail: Received::default(), over_tls: true };
        let mut session = builder.build(IpAddr::from([127, 0, 0, 1]), clerk);
        session.tls_active();
        converse(&mut session, &mut StreamOwned::new(connection, stream), desk)?;
    }
    Ok(())
}

/// Answers line by line; true if the client wants to continue with TLS.
fn converse(session: &mut Session<Clerk>, stream: &mut (impl Read + Write), desk: &Desk) -> io::Result<bool> {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    while stream.read_until(b'\n', &mut line)? > 0 {
        let before = desk.lock().received.len();
        let response = session.process(&line);
        line.clear();
        let taken = desk.lock().received.len() > before;
        match desk.manner() {
            Manner::HangsUp => return Ok(false),
            Manner::LosesItsAnswer if taken => return Ok(false),
            _ => stream.get_mut().write_all(&response.buffer()?)?,
        }
        match response.action {
            Action::Close => return Ok(false),
            Action::UpgradeTls => return Ok(true),
            Action::Reply | Action::NoReply => {}
        }
    }
    Ok(false)
}

/// Stores the mails of one connection.
struct Clerk {
    desk: Arc<Desk>,
    mail: Received,
    over_tls: bool,
}

impl Handler for Clerk {
    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        self.mail = Received { from: from.to_owned(), over_tls: self.over_tls, ..Received::default() };
        mailin::response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        if let Manner::Refuses(code) = self.desk.manner_towards(to) {
            return Response::custom(code, "Not now, not here".to_owned());
        }
        self.mail.to.push(to.to_owned());
        mailin::response::OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.mail.text.push_str(&String::from_utf8_lossy(line));
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        self.desk.lock().received.push(std::mem::take(&mut self.mail));
        self.desk.changed.notify_all();
        mailin::response::OK
    }
}

mod the_mail_server {
    use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
    use lettre::{Message, SmtpTransport, Transport};

    use super::*;

    fn mail(text: &str) -> Message {
        Message::builder()
            .from("Dovetail <portal@dovetail.test>".parse().unwrap())
            .to("ann@example.test".parse().unwrap())
            .subject("Your code")
            .body(text.to_owned())
            .unwrap()
    }

    fn client(server: &MailServer, tls: Tls) -> SmtpTransport {
        SmtpTransport::builder_dangerous("localhost")
            .port(server.address().port())
            .tls(tls)
            .pool_config(no_pool())
            .build()
    }

    fn no_pool() -> lettre::transport::smtp::PoolConfig {
        lettre::transport::smtp::PoolConfig::new().max_size(1)
    }

    fn required(trusted: Option<&str>) -> Tls {
        let mut parameters = TlsParameters::builder("localhost".to_owned());
        if let Some(pem) = trusted {
            parameters = parameters.add_root_certificate(Certificate::from_pem(pem.as_bytes()).unwrap());
        }
        Tls::Required(parameters.build().unwrap())
    }

    #[test]
    fn keeps_what_it_is_sent() {
        let server = MailServer::start();
        assert_eq!(server.url(), format!("smtp://localhost:{}", server.address().port()));
        client(&server, Tls::None).send(&mail("123456\r\n.a line with a dot\r\n")).unwrap();
        let received = server.wait_for(1).remove(0);
        assert_eq!(
            (received.from.as_str(), received.to.as_slice()),
            ("portal@dovetail.test", &["ann@example.test".to_owned()][..])
        );
        assert!(received.text.contains("Subject: Your code"), "{received:?}");
        assert!(received.text.contains("\r\n\r\n123456\r\n.a line with a dot\r\n"), "{received:?}");
        assert!(!received.over_tls);
    }

    #[test]
    fn refuses_for_now_and_for_good() {
        let server = MailServer::start();
        let client = client(&server, Tls::None);
        server.behave(Manner::Refuses(450));
        assert!(client.send(&mail("")).unwrap_err().is_transient());
        server.behave(Manner::Refuses(550));
        assert!(client.send(&mail("")).unwrap_err().is_permanent());
        assert_eq!(server.received(), Vec::new());
        server.behave(Manner::Accepts);
        client.send(&mail("")).unwrap();
        assert_eq!(server.received().len(), 1);
    }

    #[test]
    fn hangs_up_with_or_without_the_mail() {
        let server = MailServer::start();
        let client = client(&server, Tls::None);
        server.behave(Manner::HangsUp);
        assert!(client.send(&mail("")).is_err());
        assert_eq!(server.received().len(), 0);
        server.behave(Manner::LosesItsAnswer);
        assert!(client.send(&mail("")).is_err());
        assert_eq!(server.received().len(), 1);
    }

    #[test]
    fn is_silent_until_told_otherwise() {
        let server = MailServer::start();
        let client = client(&server, Tls::None);
        server.behave(Manner::IsSilent);
        let sending = thread::spawn(move || client.send(&mail("")).is_ok());
        assert_eq!(server.received().len(), 0);
        server.behave(Manner::Accepts);
        assert!(sending.join().unwrap());
        assert_eq!(server.received().len(), 1);
    }

    #[test]
    fn speaks_tls_to_those_who_trust_it() {
        let server = MailServer::start_with_tls();
        assert!(client(&server, required(None)).send(&mail("")).is_err());
        client(&server, required(server.certificate())).send(&mail("")).unwrap();
        let received = server.received();
        assert_eq!(received.iter().map(|mail| mail.over_tls).collect::<Vec<_>>(), [true]);
    }

    #[test]
    fn offers_no_tls_unless_asked() {
        let server = MailServer::start();
        assert!(client(&server, required(None)).send(&mail("")).is_err());
    }
}
