//! Notices: what was just done, or why not, at the top of a page.
//!
//! A notice that follows a redirect is in a cookie until the next page.

use actix_web::HttpResponse;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::platform::i18n::Language;
use crate::text_enum;
use crate::web::cookies::CookieName;
use crate::web::request_context::RequestContext;

text_enum! {
    /// How a notice looks. Warnings and errors are announced at once.
    pub enum Severity {
        Info = "info",
        Good = "good",
        Warn = "warn",
        Bad = "bad",
    }
}

/// A notice with the messages `notice-<text>-title` and `notice-<text>-body`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notice {
    severity: Severity,
    /// The value of `data-code`.
    code: String,
    text: String,
    /// Variables of the texts.
    args: Vec<(String, String)>,
    /// Address of a link, and the message of its label.
    way: Option<(String, String)>,
}

/// A notice in the language of its page.
pub struct ShownNotice {
    pub severity: Severity,
    pub code: String,
    pub title: String,
    pub body: String,
    /// Address and label of a link.
    pub way: Option<(String, String)>,
}

impl Notice {
    pub fn info(code: &str) -> Self {
        Self::new(Severity::Info, code)
    }

    pub fn good(code: &str) -> Self {
        Self::new(Severity::Good, code)
    }

    pub fn warn(code: &str) -> Self {
        Self::new(Severity::Warn, code)
    }

    pub fn bad(code: &str) -> Self {
        Self::new(Severity::Bad, code)
    }

    /// The page of a mailed link does not know the link, because the browser sent no cookie that carries it.
    pub fn link_not_carried() -> Self {
        Self::warn("cookies_needed").with_text("link-not-carried")
    }

    /// A notice whose text is named like its code.
    fn new(severity: Severity, code: &str) -> Self {
        let (code, text) = (code.to_owned(), code.replace('_', "-"));
        Self { severity, code, text, args: Vec::new(), way: None }
    }

    /// Replaces the text: the same thing happened in another way.
    #[must_use]
    pub fn with_text(self, text: &str) -> Self {
        Self { text: text.to_owned(), ..self }
    }

    /// Fills `$name` in the texts.
    #[must_use]
    pub fn with_name(self, name: &str) -> Self {
        self.with_arg("name", name)
    }

    #[must_use]
    pub fn with_arg(mut self, name: &str, value: &str) -> Self {
        self.args.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a link, whose label is the message `label`.
    #[must_use]
    pub fn with_way(self, href: &str, label: &str) -> Self {
        Self { way: Some((href.to_owned(), label.to_owned())), ..self }
    }

    /// Adds the notice to a redirect, as a cookie for two minutes.
    pub fn attach_to(&self, context: &RequestContext, mut response: HttpResponse) -> HttpResponse {
        let cookie = context.cookies.write(CookieName::Flash, self, context.now, TimeDelta::minutes(2));
        if let Some(cookie) = cookie {
            // A missing notice is better than a failed request.
            let _ = response.add_cookie(&cookie);
        }
        response
    }

    pub(super) fn translate(self, language: Language) -> ShownNotice {
        let args: Vec<(&str, &str)> =
            self.args.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let text = |part: &str| language.text_with(&format!("notice-{}-{part}", self.text), &args);
        let (title, body) = (text("title"), text("body"));
        let way = self.way.map(|(href, label)| (href, language.text(&label)));
        ShownNotice { severity: self.severity, code: self.code, title, body, way }
    }
}
