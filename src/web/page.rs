//! The values that every layout prints. A page struct has them as `page`.

use std::rc::Rc;

use actix_web::{HttpMessage, HttpRequest};
use chrono::{DateTime, SecondsFormat, Utc};

use crate::platform::i18n::Language;
use crate::web::assets;
use crate::web::cookies::CookieName;
use crate::web::error::PageError;
use crate::web::headers::LeadsToAmazon;
use crate::web::notice::{Notice, Severity, ShownNotice};
use crate::web::refused_form::TypedBefore;
use crate::web::request_context::{LANGUAGE, RequestContext};
use crate::web::staff_member::{CurrentStaffMember, Role};
use crate::web::try_again::ShownTryAgain;
use crate::web::urls;

/// What the layout prints around a page's own content.
pub struct Page {
    language: Language,
    request: HttpRequest,
    pub lang: &'static str,
    pub dir: &'static str,
    pub title: String,
    /// What the page is for, in one sentence for search engines.
    pub description: String,
    pub site: String,
    pub css: String,
    pub js: String,
    pub csrf: String,
    pub current_player: Option<PlayerChip>,
    /// On support pages only.
    pub staff: Option<Rc<CurrentStaffMember>>,
    /// The navigation entry of this page.
    pub current: &'static str,
    pub notice: Option<ShownNotice>,
    /// What was typed into an outdated form of this page.
    typed: Option<TypedBefore>,
    /// Rejected input: the field's id and a sentence.
    pub errors: Vec<(String, String)>,
    /// Whether the page stands in for one that cannot be shown.
    is_error: bool,
    pub support_url: Option<String>,
    pub privacy_url: String,
    /// Amazon's list of the apps that a customer allowed.
    pub amazon_apps: String,
    /// Whether sign-in with Amazon is likely to fail at the moment (S86).
    pub amazon_is_failing: bool,
    /// The languages in the footer: tag, own name, whether it is current, and the query for this page in it.
    ///
    /// Empty for players, who choose their language in the profile.
    pub languages: Vec<(&'static str, &'static str, bool, String)>,
}

/// The signed-in player, as the layout names them.
pub struct PlayerChip {
    pub display_name: String,
    /// When a wait for a lost second factor is over, if one runs: every page shows it.
    pub factor_recovery: Option<ShownTime>,
}

/// An instant, in RFC 3339 for machines and as text in the page's language.
#[derive(Clone)]
pub struct ShownTime {
    pub iso: String,
    pub text: String,
}

impl ShownTime {
    fn moment(language: Language, at: DateTime<Utc>) -> Self {
        Self { iso: at.to_rfc3339_opts(SecondsFormat::Secs, true), text: language.date_time(at) }
    }
}

impl Page {
    /// The layout of a page whose title is the message `title`. Takes the notice from its cookie.
    pub fn new(context: &RequestContext, title: &str, current: &'static str) -> Result<Self, PageError> {
        let flash: Option<Notice> = context.cookies.read(&context.request, CookieName::Flash, context.now);
        if flash.is_some() {
            context.mark_flash_shown();
        }
        let settings = &context.app.config.site;
        Ok(Self {
            language: context.language,
            request: context.request.clone(),
            lang: context.language.as_str(),
            dir: "ltr",
            title: context.language.text(title),
            description: description(context.language, title),
            site: settings.name.clone(),
            css: assets::url("app.css"),
            js: assets::url("js/app.js"),
            csrf: context.csrf_token()?,
            current_player: context.current_player.as_ref().map(|current_player| PlayerChip {
                display_name: current_player.player.display_name.clone(),
                factor_recovery: current_player
                    .factor_recovery_due
                    .map(|at| ShownTime::moment(context.language, at)),
            }),
            staff: context.staff.clone(),
            current,
            notice: flash.map(|notice| notice.translate(context.language)),
            typed: context.request.extensions().get::<TypedBefore>().cloned(),
            errors: Vec::new(),
            is_error: false,
            support_url: settings.support_url.as_ref().map(ToString::to_string),
            privacy_url: settings
                .privacy_url
                .as_ref()
                .map_or_else(|| urls::PRIVACY.to_owned(), ToString::to_string),
            amazon_apps: context.app.config.amazon.endpoints.apps(),
            amazon_is_failing: context.app.lwa.is_failing(),
            languages: languages(context),
        })
    }

    /// The text of a message.
    pub fn t(&self, message: &str) -> String {
        self.language.text(message)
    }

    /// The text of a message with its variables filled.
    pub fn t_of(&self, message: &str, args: &[(&str, &str)]) -> String {
        self.language.text_with(message, args)
    }

    /// The name of a role.
    pub fn role(&self, role: Role) -> String {
        self.t(&format!("role-{}", role.as_str()))
    }

    /// The name of the signed-in member's role.
    pub fn role_of(&self, staff: &CurrentStaffMember) -> String {
        self.role(staff.role)
    }

    pub fn language(&self) -> Language {
        self.language
    }

    /// Returns a form's action unchanged. An action that leads to Amazon changes the page's headers.
    pub fn action<'a>(&self, action: &'a str) -> &'a str {
        if urls::leads_to_amazon(action) {
            self.request.extensions_mut().insert(LeadsToAmazon);
        }
        action
    }

    /// The address of a static file, which browsers may cache without end.
    #[expect(clippy::unused_self, reason = "templates ask the page for everything")]
    pub fn asset(&self, path: &str) -> String {
        assets::url(path)
    }

    /// The title of the window. It begins with "Error" where something was refused.
    pub fn window_title(&self) -> String {
        if self.is_error || self.is_refused() {
            self.t_of("title-of-error", &[("title", &self.title)])
        } else {
            self.title.clone()
        }
    }

    /// Whether the page answers a form that was not accepted, so that its summary takes the focus.
    pub fn is_refused(&self) -> bool {
        !self.errors.is_empty() || self.refusal().is_some()
    }

    /// Why the form was not accepted, if not for a field's own sentence.
    pub fn refusal(&self) -> Option<&ShownNotice> {
        self.notice.as_ref().filter(|notice| notice.severity == Severity::Bad)
    }

    /// The refusal, if it is about this field.
    fn refusal_at(&self, field: &str) -> Option<&ShownNotice> {
        self.refusal().filter(|notice| notice.fields.iter().any(|id| id == field))
    }

    /// The error under a field; empty if there is none.
    pub fn error(&self, field: &str) -> &str {
        match self.errors.iter().find(|(id, _)| id == field) {
            Some((_, sentence)) => sentence,
            None => self.refusal_at(field).map_or("", |notice| &notice.title),
        }
    }

    /// When what is typed into this field is looked at again.
    pub fn try_again_at(&self, field: &str) -> Option<&ShownTryAgain> {
        self.refusal_at(field)?.try_again.as_ref()
    }

    /// What was typed into this field, if the form was outdated.
    pub fn typed(&self, field: &str) -> Option<&str> {
        let TypedBefore(fields) = self.typed.as_ref()?;
        fields.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str())
    }

    /// A date for templates.
    pub fn when(&self, at: DateTime<Utc>) -> ShownTime {
        ShownTime { iso: at.to_rfc3339_opts(SecondsFormat::Secs, true), text: self.language.date(at) }
    }

    /// A date with its time of day, for templates.
    pub fn moment(&self, at: DateTime<Utc>) -> ShownTime {
        ShownTime::moment(self.language, at)
    }

    /// The message about what still works while Amazon fails.
    pub fn amazon_failing_body(&self) -> &'static str {
        if self.current_player.is_some() { "amazon-failing-signed-in" } else { "amazon-failing-signed-out" }
    }

    /// Replaces the title, for a page about something with a name of its own.
    #[must_use]
    pub fn with_title(mut self, title: String) -> Self {
        self.title = title;
        self
    }

    #[must_use]
    pub fn with_errors(mut self, errors: Vec<(String, String)>) -> Self {
        self.errors = errors;
        self
    }

    /// Says in the title of the window that this page stands in for another one.
    #[must_use]
    pub fn into_error(mut self) -> Self {
        self.is_error = true;
        self
    }

    #[must_use]
    pub fn with_notice(mut self, notice: Notice) -> Self {
        self.notice = Some(notice.translate(self.language));
        self
    }
}

/// The description of the page with this title. Pages that nobody searches for share one.
fn description(language: Language, title: &str) -> String {
    let own = format!("description-{title}");
    language.text(if language.has(&own) { &own } else { "description-page" })
}

fn languages(context: &RequestContext) -> Vec<(&'static str, &'static str, bool, String)> {
    if context.current_player.is_some() && context.staff.is_none() {
        return Vec::new();
    }
    let of = |language: Language| {
        let is_current = language == context.language;
        (
            language.as_str(),
            language.name(),
            is_current,
            in_language(context.request.query_string(), language),
        )
    };
    Language::ALL.iter().copied().map(of).collect()
}

/// The parameters that identify a page. Others may be codes or mailed tokens, which no page repeats (S72).
const KEPT: [&str; 3] = ["next", "return_to", "attempt"];

/// The query that shows the same page in `language`.
fn in_language(query: &str, language: Language) -> String {
    let kept =
        url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| KEPT.contains(&name.as_ref()));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair(LANGUAGE, language.as_str())
        .finish();
    format!("?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_language_keeps_where_the_visitor_was_going() {
        let query = in_language("next=%2Faccount%2Fprofile&language=en", Language::German);
        assert_eq!(query, "?next=%2Faccount%2Fprofile&language=de");
        assert_eq!(in_language("", Language::English), "?language=en");
        assert_eq!(in_language("code=x&state=y&token=z", Language::English), "?language=en");
    }
}
