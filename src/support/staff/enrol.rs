//! Becoming staff: whoever holds the link chooses a password and proves that the app has the secret.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::audit::{self, Kind};
use crate::platform::crypto::token::Token;
use crate::platform::fault::{Fault, Stop};
use crate::platform::password::{Context, Overloaded, Password, PasswordRefused};
use crate::sessions::staff::{self, NewSession};
use crate::support::staff::login_attempts::{self, Refused as CodeRefused};
use crate::support::staff::model::{Member, place_of_password};
use crate::support::staff::recovery::Codes;
use crate::support::staff::second_factor::Factor;
use crate::support::staff::sign_in::about;
use crate::support::staff::store;
use crate::web::cookies::Name;
use crate::web::{StaffViewer, Visit};

/// The token of an enrolment link, out of the address bar (S47).
#[derive(Serialize, Deserialize)]
pub(super) struct Link {
    enrolment_token: String,
}

impl Link {
    pub fn new(token: &Token) -> Self {
        Self { enrolment_token: token.expose().to_owned() }
    }

    /// The token whose link was opened in this browser.
    pub fn of(visit: &Visit) -> Option<Token> {
        let link: Self = visit.cookies.read(&visit.request, Name::Enrolment, visit.now)?;
        Token::parse(&link.enrolment_token)
    }
}

/// Why somebody is not staff yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    DeadLink,
    Password(PasswordRefused),
    Code,
    TooMany { retry_after: i64 },
    Overloaded,
}

/// Who may enrol with the link that was opened here.
pub(super) async fn whose(visit: &Visit) -> Result<Option<Member>, Fault> {
    let Some(token) = Link::of(visit) else { return Ok(None) };
    let (hash, now) = (token.hash(), visit.now);
    visit.app.db.read(move |conn| store::by_enrolment(conn, hash.as_str(), now)).await
}

/// Uses the link up: the password is set, the factor proven, and the person signed in, with ten recovery codes.
pub(super) async fn enrol(
    visit: &Visit,
    password: &SecretString,
    code: &str,
) -> Result<(Token, Codes), Stop<Refused>> {
    let Some((member, link)) = whose(visit).await?.zip(Link::of(visit)) else {
        return Err(Stop::Refused(Refused::DeadLink));
    };
    let password = judged(visit, &member, password).map_err(|why| Stop::Refused(Refused::Password(why)))?;
    let step = match Factor::check(visit, &member, code).await {
        Ok(Factor::Step(step)) => step,
        Ok(Factor::Recovery(_)) | Err(Stop::Refused(CodeRefused::Wrong)) => {
            return Err(Stop::Refused(Refused::Code));
        }
        Err(Stop::Refused(CodeRefused::TooMany { retry_after })) => {
            return Err(Stop::Refused(Refused::TooMany { retry_after }));
        }
        Err(Stop::Refused(CodeRefused::Overloaded)) => return Err(Stop::Refused(Refused::Overloaded)),
        Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
    };
    let hash = visit.app.passwords.hash(password, place_of_password(&member.id)).await;
    let hash = hash.map_err(|stop| match stop {
        Stop::Refused(Overloaded) => Stop::Refused(Refused::Overloaded),
        Stop::Fault(fault) => Stop::Fault(fault),
    })?;
    let codes = Codes::generate()?;
    let hashes = codes.hashes(&visit.app, &member.id);
    let session = NewSession::prepare(visit, &member.id)?;
    let token = session.token.clone();
    let enrolled = about(visit, &member.id, Kind::StaffEnrolled).in_session(&session.id);
    let (id, link, now) = (member.id.clone(), link.hash(), visit.now);
    visit
        .app
        .db
        .write(move |conn| {
            if !store::enrol(conn, &id, link.as_str(), &hash, step, now)? {
                return Err(Stop::Refused(Refused::DeadLink));
            }
            store::put_recovery(conn, &id, &hashes, now)?;
            staff::end_all(conn, &id)?;
            staff::start(conn, &session)?;
            Ok(audit::append(conn, &enrolled)?)
        })
        .await?;
    login_attempts::code_was_right(visit, &member.id).await?;
    Ok((token, codes))
}

/// New recovery codes instead of the old ones.
pub(super) async fn renew_recovery(visit: &Visit, viewer: &StaffViewer) -> Result<Codes, Fault> {
    let codes = Codes::generate()?;
    let hashes = codes.hashes(&visit.app, &viewer.id);
    let event = about(visit, &viewer.id, Kind::StaffRecoveryRenewed).in_session(&viewer.session.id);
    let (id, now) = (viewer.id.clone(), visit.now);
    visit
        .app
        .db
        .write(move |conn| {
            store::put_recovery(conn, &id, &hashes, now)?;
            Ok::<_, Fault>(audit::append(conn, &event)?)
        })
        .await?;
    Ok(codes)
}

fn judged(visit: &Visit, member: &Member, typed: &SecretString) -> Result<Password, PasswordRefused> {
    let config = &visit.app.config;
    let context = Context {
        min: config.policy.password.staff_min,
        site: &config.site.name,
        company_words: &[],
        display_name: "",
        email: &member.email,
    };
    Password::judge(typed, &context)
}
