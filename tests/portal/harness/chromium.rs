//! Real headless Chromium, driven through chromedriver.
//!
//! One chromedriver serves the whole test binary; each test has a browser with its own profile. A browser closes
//! when its test ends, even by a panic. The driver ends with the process, even when that is killed.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;

use data_encoding::BASE64;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use http::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::{ParseError, Url};

/// The window of a browser: size, colour scheme and language.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Width and height of the viewport, in CSS pixels.
    pub size: (u32, u32),
    pub scheme: Scheme,
    pub scripts: Scripts,
    /// As in `Accept-Language`, whatever the language of the machine.
    pub language: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    On,
    Off,
}

impl Default for Window {
    fn default() -> Self {
        Self { size: (1280, 800), scheme: Scheme::Light, scripts: Scripts::On, language: "en" }
    }
}

/// An open browser; its commands are those of [`Client`].
///
/// A click does not always wait for the page it leads to. So stories go on with `browser.wait().for_url(…)` or
/// `for_element(…)`.
pub struct Chromium {
    client: Client,
    session: String,
    _profile: TempDir,
}

impl Chromium {
    pub async fn open(window: Window) -> Self {
        Self::open_with(window, &[]).await
    }

    /// Opens a browser with more arguments.
    pub async fn open_with(window: Window, more: &[String]) -> Self {
        let profile = TempDir::new().unwrap();
        let client = ClientBuilder::rustls()
            .unwrap()
            .capabilities(capabilities(window, profile.path(), more))
            .connect(&format!("http://127.0.0.1:{}", driver().port))
            .await
            .expect("Chromium starts");
        let session = client.session_id().await.unwrap().unwrap();
        let browser = Self { client, session, _profile: profile };
        browser.show(window).await;
        browser
    }

    /// The console messages since the last call, with violations of the Content-Security-Policy.
    pub async fn console(&self) -> Vec<String> {
        let entries = self.command("se/log", json!({ "type": "browser" })).await;
        entries
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["message"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Saves the whole page, also below the fold, as `target/screenshots/{name}.png`.
    pub async fn save_screenshot(&self, name: &str) -> PathBuf {
        let shot = self
            .devtools("Page.captureScreenshot", json!({ "format": "png", "captureBeyondViewport": true }))
            .await;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join(name).with_extension("png");
        fs::write(&file, BASE64.decode(shot["data"].as_str().unwrap().as_bytes()).unwrap()).unwrap();
        file
    }

    /// Changes size and scheme of an open window, by override, because a window cannot be as narrow as a phone.
    pub async fn show(&self, window: Window) {
        let (width, height) = window.size;
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = match window.scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    /// Nothing is cached, and everything takes as long as on a slow phone line.
    pub async fn is_new_and_slow(&self) {
        self.devtools("Network.enable", json!({})).await;
        self.devtools("Network.clearBrowserCache", json!({})).await;
        let slow = json!({
            "offline": false,
            "latency": 150,
            "downloadThroughput": 200_000,
            "uploadThroughput": 90_000,
        });
        self.devtools("Network.emulateNetworkConditions", slow).await;
    }

    /// Sets a cookie for the host of `url`; the WebDriver command would share it with subdomains.
    pub async fn plant(&self, url: &str, name: &str, value: &str) {
        let cookie = json!({ "url": url, "name": name, "value": value, "path": "/", "httpOnly": true, "sameSite": "Lax" });
        self.devtools("Network.setCookie", cookie).await;
    }

    /// Gives the browser an authenticator that keeps passkeys, as a phone or laptop has one. Its user always agrees.
    pub async fn has_authenticator(&self) {
        let kind = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserConsenting": true,
            "isUserVerified": true,
        });
        self.command("webauthn/authenticator", kind).await;
    }

    async fn devtools(&self, method: &str, parameters: Value) -> Value {
        self.command("goog/cdp/execute", json!({ "cmd": method, "params": parameters })).await
    }

    async fn command(&self, path: &'static str, body: Value) -> Value {
        self.client.issue_cmd(Extension { path, body }).await.unwrap()
    }
}

impl Deref for Chromium {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Drop for Chromium {
    /// Works without the async runtime, which may be ending or panicking.
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", driver().port)) {
            let request = format!(
                "DELETE /session/{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                self.session
            );
            let _ = stream.write_all(request.as_bytes());
            let _ = stream.read(&mut [0; 64]); // The answer comes when the browser is gone.
        }
    }
}

fn capabilities(window: Window, profile: &Path, more: &[String]) -> serde_json::Map<String, Value> {
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        &format!("--user-data-dir={}", profile.display()),
    ];
    let arguments: Vec<&str> = arguments.into_iter().chain(more.iter().map(String::as_str)).collect();
    let scripts = match window.scripts {
        Scripts::On => 1,
        Scripts::Off => 2,
    };
    let capabilities = json!({
        "goog:chromeOptions": {
            "args": arguments,
            "prefs": {
                "intl.accept_languages": window.language,
                "profile.managed_default_content_settings.javascript": scripts,
            },
        },
        "goog:loggingPrefs": { "browser": "ALL" },
    });
    capabilities.as_object().unwrap().clone()
}

/// A command of chromedriver beyond the standard.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

struct Driver {
    port: u16,
    /// Its standard input is a pipe that closes with this process.
    _shell: Child,
}

/// The shell waits for that pipe to close, then ends chromedriver and its browsers.
///
/// This works for a killed test run too.
const UNTIL_WE_END: &str = "setsid chromedriver --port=0 & read -r _; kill -- -$!";

fn driver() -> &'static Driver {
    static DRIVER: OnceLock<Driver> = OnceLock::new();
    DRIVER.get_or_init(|| {
        let mut shell = Command::new("sh")
            .args(["-c", UNTIL_WE_END])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("sh is there");
        let mut lines = BufReader::new(shell.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = lines
            .find_map(|line| {
                line.strip_prefix("ChromeDriver was started successfully on port ")?
                    .trim_end_matches('.')
                    .parse()
                    .ok()
            })
            .expect("chromedriver starts; `tests/run prepare` installs it");
        thread::spawn(move || lines.for_each(drop));
        Driver { port, _shell: shell }
    })
}

mod the_browser {
    use std::net::TcpListener;

    use fantoccini::Locator;

    use super::*;

    const PAGE: &str = "<!doctype html><html lang=en><title>Tried</title>\
        <style>body { margin: 0; height: 2000px } p { margin: 0 } @media (prefers-color-scheme: dark) { body { color: red } }</style>\
        <p id=said>nothing</p><form action=/pressed><button>Press</button></form>\
        <script nonce=ours>document.getElementById('said').textContent = 'scripts run'</script>\
        <script>document.getElementById('said').textContent = 'inline scripts run'</script>";

    /// Serves the same page for every request.
    fn serve_the_page() -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                thread::spawn(move || {
                    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
                    if lines.by_ref().take_while(|line| !line.is_empty()).count() > 0 {
                        let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-ours'";
                        let head = format!(
                            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Security-Policy: {policy}\r\n\
                             Connection: close\r\nContent-Length: {}\r\n\r\n{PAGE}",
                            PAGE.len()
                        );
                        let _ = stream.write_all(head.as_bytes());
                    }
                });
            }
        });
        port
    }

    async fn said(browser: &Chromium) -> String {
        browser.find(Locator::Id("said")).await.unwrap().text().await.unwrap()
    }

    #[tokio::test]
    async fn opens_pages_by_both_names_of_this_machine() {
        let port = serve_the_page();
        let browser = Chromium::open(Window::default()).await;
        for host in ["localhost", "127.0.0.1"] {
            browser.goto(&format!("http://{host}:{port}/")).await.unwrap();
            assert_eq!(browser.title().await.unwrap(), "Tried");
            assert_eq!(browser.current_url().await.unwrap().host_str(), Some(host));
        }
    }

    #[tokio::test]
    async fn speaks_the_language_asked_for() {
        let port = serve_the_page();
        for language in ["en", "de"] {
            let browser = Chromium::open(Window { language, ..Window::default() }).await;
            browser.goto(&format!("http://localhost:{port}/")).await.unwrap();
            assert_eq!(browser.execute("return navigator.language", Vec::new()).await.unwrap(), language);
        }
    }

    #[tokio::test]
    async fn the_console_tells_of_a_refused_inline_script() {
        let port = serve_the_page();
        let browser = Chromium::open(Window::default()).await;
        browser.goto(&format!("http://localhost:{port}/")).await.unwrap();
        assert_eq!(said(&browser).await, "scripts run");
        let console = browser.console().await;
        assert!(console.iter().any(|line| line.contains("Content Security Policy")), "{console:?}");
        assert_eq!(browser.console().await, Vec::<String>::new());
    }

    #[tokio::test]
    async fn a_person_without_scripts_can_press_a_button() {
        let port = serve_the_page();
        let browser = Chromium::open(Window { scripts: Scripts::Off, ..Window::default() }).await;
        browser.goto(&format!("http://localhost:{port}/")).await.unwrap();
        assert_eq!(said(&browser).await, "nothing");
        browser.find(Locator::Css("button")).await.unwrap().click().await.unwrap();
        let next = Url::parse(&format!("http://localhost:{port}/pressed?")).unwrap();
        browser.wait().for_url(&next).await.unwrap();
    }

    #[tokio::test]
    async fn a_screenshot_has_the_width_asked_for_and_the_whole_height() {
        let port = serve_the_page();
        let browser =
            Chromium::open(Window { size: (360, 640), scheme: Scheme::Dark, ..Window::default() }).await;
        browser.goto(&format!("http://localhost:{port}/")).await.unwrap();
        let colour = browser.find(Locator::Css("body")).await.unwrap().css_value("color").await.unwrap();
        assert_eq!(colour, "rgba(255, 0, 0, 1)");
        let png = fs::read(browser.save_screenshot("harness").await).unwrap();
        let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
        assert_eq!((number(16), number(20)), (360, 2000));
    }
}
