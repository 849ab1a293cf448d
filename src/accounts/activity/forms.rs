//! The query of the activity page: which group it shows, and where it continues.

use serde::Deserialize;

use crate::accounts::activity::visible_events::Group;
use crate::web::form::may_be_id;
use crate::web::urls;

/// The query of `GET /account/activity`. It names no player: the list is the signed-in player's own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ActivityForm {
    show: String,
    /// The id of the last record of the previous page.
    before: String,
}

impl ActivityForm {
    /// The group to show; an unknown word shows all groups.
    pub(super) fn group(&self) -> Option<Group> {
        self.show.parse().ok()
    }

    pub(super) fn before(&self) -> Option<String> {
        may_be_id(&self.before).then(|| self.before.clone())
    }
}

/// The address of a group's page that continues after the record `before`.
pub(super) fn address(group: Option<Group>, before: Option<&str>) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(group.map(|group| ("show", group.as_str())))
        .extend_pairs(before.map(|before| ("before", before)))
        .finish();
    if query.is_empty() { urls::ACTIVITY.to_owned() } else { format!("{}?{query}", urls::ACTIVITY) }
}
