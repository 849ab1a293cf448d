//! The profile page.

use crate::accounts::email::masked;
use crate::accounts::profile::forms::ProfileForm;
use crate::accounts::profile::save::{ProfileRefusal, can_sync, save_profile};
use crate::accounts::profile::views::ProfilePage;
use crate::platform::fault::Stop;
use crate::platform::i18n::Language;
use crate::web::pending_action::PendingAction;
use crate::web::responses::{self, PageResult};
use crate::web::{CurrentPlayer, Notice, Page, PageError, PostForm, RequestContext, urls};

/// `GET /account/profile`
pub async fn show(visit: RequestContext) -> PageResult {
    let viewer = visit.player()?;
    let player = &viewer.player;
    let form = ProfileForm {
        display_name: player.display_name.clone(),
        user_name: player.user_name.clone().unwrap_or_default(),
        language: player.language.clone().unwrap_or_default(),
        sync_display_name: if player.sync_display_name { "on".to_owned() } else { String::new() },
    };
    responses::render_page(&profile_page(&visit, viewer, form)?)
}

/// `POST /account/profile`
pub async fn submit(visit: RequestContext, PostForm(form): PostForm<ProfileForm>) -> PageResult {
    let viewer = visit.player()?;
    let wanted = match form.checked(viewer, &visit.app.config.site.name, visit.language) {
        Ok(wanted) => wanted,
        Err(errors) => return not_accepted(&visit, viewer, form, errors),
    };
    match save_profile(&visit, viewer, wanted).await {
        Ok(()) => Ok(Notice::good("saved").attach_to(&visit, responses::see_other(urls::PROFILE))),
        Err(Stop::Refused(ProfileRefusal::UserNameTaken)) => {
            let sentence = visit.language.text("refused-user-name-taken");
            not_accepted(&visit, viewer, form, vec![("user_name".to_owned(), sentence)])
        }
        Err(Stop::Refused(ProfileRefusal::ProofNeeded)) => {
            let pending = PendingAction::cookie(&visit, true, urls::PROFILE.to_owned(), form.encoded());
            Ok(PendingAction::ask_for_proof(&visit, pending))
        }
        Err(Stop::Refused(ProfileRefusal::SessionEnded)) => Ok(responses::see_other(urls::SIGN_IN)),
        Err(Stop::Refused(ProfileRefusal::Throttled { retry_after })) => {
            let mut view = profile_page(&visit, viewer, form)?;
            view.page = view.page.with_notice(Notice::warn("throttled"));
            responses::too_many(&view, retry_after)
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn not_accepted(
    visit: &RequestContext,
    viewer: &CurrentPlayer,
    form: ProfileForm,
    errors: Vec<(String, String)>,
) -> PageResult {
    let mut view = profile_page(visit, viewer, form)?;
    view.page = view.page.with_errors(errors);
    responses::unprocessable(&view)
}

fn profile_page(
    visit: &RequestContext,
    viewer: &CurrentPlayer,
    form: ProfileForm,
) -> Result<ProfilePage, PageError> {
    let browsers = (String::new(), visit.language.text("language-browsers"), form.language.is_empty());
    let ours = Language::ALL.iter().map(|language| {
        let tag = language.as_str();
        (tag.to_owned(), language.name().to_owned(), form.language == tag)
    });
    Ok(ProfilePage {
        page: Page::new(visit, "profile-title", "profile")?,
        can_sync: can_sync(viewer),
        sync_display_name: form.wants_sync(),
        languages: [browsers].into_iter().chain(ours).collect(),
        email_masked: masked(viewer.player.email.as_deref()),
        display_name: form.display_name,
        user_name: form.user_name,
    })
}
