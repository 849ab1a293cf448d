//! Notices: what was just done, or why not, at the top of a page.
//!
//! A notice that follows a redirect is in a cookie until the next page. A bad one is the page's refusal: its summary
//! takes the focus, the fields that it is about are marked, and the title of the window says that there is an error.

use actix_web::HttpResponse;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::platform::i18n::Language;
use crate::text_enum;
use crate::web::cookies::CookieName;
use crate::web::request_context::RequestContext;
use crate::web::try_again::{ShownTryAgain, TryAgain};

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
    /// The ids of the fields that it is about.
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default)]
    try_again: Option<TryAgain>,
    #[serde(default)]
    support_helps: bool,
}

/// A notice in the language of its page.
pub struct ShownNotice {
    pub severity: Severity,
    pub code: String,
    pub title: String,
    pub body: String,
    /// Address and label of a link.
    pub way: Option<(String, String)>,
    pub fields: Vec<String>,
    pub try_again: Option<ShownTryAgain>,
    /// Whether support is a way on. The page knows whether there is an address to write to.
    pub support_helps: bool,
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

    /// Too many tries; the next one may come after `retry_after` seconds.
    pub fn throttled(now: DateTime<Utc>, retry_after: i64) -> Self {
        Self::bad("throttled").with_wait(now, retry_after)
    }

    /// The page of a mailed link does not know the link, because the browser sent no cookie that carries it.
    pub fn link_not_carried() -> Self {
        Self::warn("cookies_needed").with_text("link-not-carried")
    }

    /// A notice whose text is named like its code.
    fn new(severity: Severity, code: &str) -> Self {
        let (code, text) = (code.to_owned(), code.replace('_', "-"));
        Self {
            severity,
            code,
            text,
            args: Vec::new(),
            way: None,
            fields: Vec::new(),
            try_again: None,
            support_helps: false,
        }
    }

    /// Marks the field with this id: what was typed there is refused.
    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        self.fields.push(field.to_owned());
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn with_wait(self, now: DateTime<Utc>, retry_after: i64) -> Self {
        Self { try_again: Some(TryAgain::after(now, retry_after)), ..self }
    }

    /// Adds a link to support, where the operator has named an address for it.
    #[must_use]
    pub fn with_support(self) -> Self {
        Self { support_helps: true, ..self }
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
        ShownNotice {
            severity: self.severity,
            code: self.code,
            title,
            body,
            way,
            fields: self.fields,
            try_again: self.try_again.map(|wait| wait.in_words(language)),
            support_helps: self.support_helps,
        }
    }
}
