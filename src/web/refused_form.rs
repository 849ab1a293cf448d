//! A refused form is answered 303 to its page, and the GET of that page shows the refusal once.
//!
//! So back and reload end at a page, and never at the browser's question whether to send the form again. The page
//! with the refusal is held in `sessions::held_answer`. A sealed cookie, [`HeldMark`], says that something is held and
//! where it is shown, so that no other page asks the database.

use std::rc::Rc;

use actix_web::HttpMessage;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::platform::ids::SessionId;
use crate::web::cookies::{CookieName, OutgoingCookie};
use crate::web::request_context::RequestContext;

/// What a person typed, as name and value of each field.
pub type TypedFields = Vec<(String, String)>;

/// Put on a request whose form has been read: the refusal is shown at the page of this form.
#[derive(Clone)]
pub struct PostedForm {
    /// The path that the form was sent to.
    pub path: String,
    /// What the page needs in its query, such as `next`.
    pub query: String,
    /// The player whom an action of staff is about.
    pub player: Option<String>,
}

/// Put on a request whose form came from a page that was rendered for somebody else, or for nobody.
#[derive(Clone)]
pub struct OutdatedForm(pub TypedFields);

/// Put on a request whose page shows what was typed into an outdated form.
#[derive(Clone)]
pub struct TypedBefore(pub Rc<TypedFields>);

/// The fields of a form that its page needs in its query, to be the same page when it is loaded again.
const IN_QUERY: [&str; 3] = ["next", "return_to", "attempt"];

/// The fields of an outdated form that are shown again: texts, never a password or a code.
const SHOWN_AGAIN: [&str; 5] = ["display_name", "email", "identifier", "language", "user_name"];

impl PostedForm {
    /// The form that was sent to `path`.
    pub fn of(path: &str, fields: &[(String, String)]) -> Self {
        let is_told = |name: &str, value: &str| IN_QUERY.contains(&name) && !value.is_empty();
        let told = fields.iter().filter(|(name, value)| is_told(name, value));
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(told.map(|(name, value)| (name.as_str(), value.as_str())))
            .finish();
        let player = fields.iter().find(|(name, _)| name == "player").map(|(_, value)| value.clone());
        Self { path: path.to_owned(), query, player }
    }

    pub(super) fn put_on(self, context: &RequestContext) {
        context.request.extensions_mut().insert(self);
    }

    /// Has a refusal of this request answered directly, because its page shows a secret that is not to be stored.
    pub fn answer_directly(context: &RequestContext) {
        context.request.extensions_mut().remove::<Self>();
    }
}

impl OutdatedForm {
    pub(super) fn of(fields: &[(String, String)]) -> Self {
        let shown = fields.iter().filter(|(name, value)| {
            SHOWN_AGAIN.contains(&name.as_str()) && !value.is_empty() && value.len() <= 512
        });
        Self(shown.cloned().collect())
    }
}

/// What waits for the browser at `path`.
#[derive(Clone, Serialize, Deserialize)]
pub struct HeldMark {
    pub path: String,
    /// Who typed it, and where. A sign-in or sign-out takes the cookie away.
    session: Option<SessionId>,
    browser: String,
    pub held: Held,
}

#[derive(Clone, Serialize, Deserialize)]
pub enum Held {
    /// The id of a page in the database.
    Answer(String),
    /// What was typed into an outdated form.
    Typed(TypedFields),
}

impl HeldMark {
    /// The cookie for what is shown at `path`.
    pub fn cookie(
        context: &RequestContext,
        path: &str,
        held: Held,
        lasts: TimeDelta,
    ) -> Option<OutgoingCookie> {
        let mark = Self {
            path: path.to_owned(),
            session: context.session_id().cloned(),
            browser: context.browser_hash().as_str().to_owned(),
            held,
        };
        context.cookies.write(CookieName::Held, &mark, context.now, lasts)
    }

    /// Whether the browser sends a mark, of whomever.
    pub(super) fn is_sent(context: &RequestContext) -> bool {
        context.cookies.read::<Self>(&context.request, CookieName::Held, context.now).is_some()
    }

    /// What waits for this request.
    pub fn of(context: &RequestContext) -> Option<Self> {
        let mark: Self = context.cookies.read(&context.request, CookieName::Held, context.now)?;
        // A session is of one browser; what a visitor typed is told by the browser's own value.
        let is_of_browser = mark.session.is_some() || mark.browser == context.browser_hash().as_str();
        let is_theirs = mark.session.as_ref() == context.session_id() && is_of_browser;
        (is_theirs && mark.path == context.request.path()).then_some(mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(fields: &[(&str, &str)]) -> TypedFields {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_page_is_found_again_with_what_it_needs() {
        let sent =
            fields(&[("identifier", "ann"), ("password", "x"), ("next", "/account/data"), ("attempt", "")]);
        assert_eq!(PostedForm::of("/sign-in", &sent).query, "next=%2Faccount%2Fdata");
    }

    #[test]
    fn no_secret_of_an_outdated_form_is_kept() {
        let names = ["identifier", "password", "current_password", "new_password", "code", "token", "csrf"];
        let sent: Vec<_> = names.iter().map(|name| (*name, "typed")).collect();
        assert_eq!(OutdatedForm::of(&fields(&sent)).0, fields(&[("identifier", "typed")]));
    }
}
