//! The profile page.

use crate::accounts::email::{masked, masked_waiting};
use crate::accounts::profile::forms::ProfileForm;
use crate::accounts::profile::save::{ProfileRefusal, can_sync, save_profile};
use crate::accounts::profile::views::ProfilePage;
use crate::platform::fault::Stop;
use crate::platform::i18n::Language;
use crate::web::pending_action::PendingAction;
use crate::web::responses::{self, PageResult};
use crate::web::{CurrentPlayer, Notice, Page, PageError, PostForm, RequestContext, urls};

/// `GET /account/profile`
pub async fn show(context: RequestContext) -> PageResult {
    let current_player = context.player()?;
    let player = &current_player.player;
    let form = ProfileForm {
        display_name: player.display_name.clone(),
        user_name: player.user_name.clone().unwrap_or_default(),
        language: player.language.clone().unwrap_or_default(),
        sync_display_name: if player.sync_display_name { "on".to_owned() } else { String::new() },
    };
    responses::render_page(&profile_page(&context, current_player, form).await?)
}

/// `POST /account/profile`
pub async fn submit(context: RequestContext, PostForm(form): PostForm<ProfileForm>) -> PageResult {
    let current_player = context.player()?;
    let wanted = match form.checked(current_player, &context.app.config.site.name, context.language) {
        Ok(wanted) => wanted,
        Err(errors) => return not_accepted(&context, current_player, form, errors).await,
    };
    match save_profile(&context, current_player, wanted).await {
        Ok(()) => Ok(Notice::good("saved").attach_to(&context, responses::see_other(urls::PROFILE))),
        Err(Stop::Refused(ProfileRefusal::UserNameTaken)) => {
            let sentence = context.language.text("refused-user-name-taken");
            not_accepted(&context, current_player, form, vec![("user_name".to_owned(), sentence)]).await
        }
        Err(Stop::Refused(ProfileRefusal::ProofNeeded)) => {
            let pending = PendingAction::cookie(&context, true, urls::PROFILE.to_owned(), form.encoded());
            Ok(PendingAction::ask_for_proof(&context, pending))
        }
        Err(Stop::Refused(ProfileRefusal::SessionEnded)) => Ok(responses::see_other(urls::SIGN_IN)),
        Err(Stop::Refused(ProfileRefusal::Throttled { retry_after })) => {
            let mut view = profile_page(&context, current_player, form).await?;
            view.page = view.page.with_notice(Notice::throttled(context.now, retry_after).at("user_name"));
            responses::too_many(&view, retry_after)
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

async fn not_accepted(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    form: ProfileForm,
    errors: Vec<(String, String)>,
) -> PageResult {
    let mut view = profile_page(context, current_player, form).await?;
    view.page = view.page.with_errors(errors);
    responses::unprocessable(&view)
}

async fn profile_page(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    form: ProfileForm,
) -> Result<ProfilePage, PageError> {
    let browsers = (String::new(), context.language.text("language-browsers"), form.language.is_empty());
    let ours = Language::ALL.iter().map(|language| {
        let tag = language.as_str();
        (tag.to_owned(), language.name().to_owned(), form.language == tag)
    });
    Ok(ProfilePage {
        email_waiting: masked_waiting(context, current_player).await?,
        page: Page::new(context, "profile-title", "profile")?,
        can_sync: can_sync(current_player),
        sync_display_name: form.wants_sync(),
        languages: [browsers].into_iter().chain(ours).collect(),
        email_masked: masked(current_player.player.email.as_deref()),
        display_name: form.display_name,
        user_name: form.user_name,
    })
}
