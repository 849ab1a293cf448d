//! The mail about a change of the second factor.

use crate::outbound::mail::{Kind, MailMessage, MailRecipient};
use crate::platform::fault::Fault;
use crate::web::{CurrentPlayer, RequestContext};

/// The mail, with the browser and network from which the change came.
pub(super) fn message(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    kind: Kind,
) -> Result<Option<MailMessage>, Fault> {
    let to = MailRecipient::current(context, current_player);
    let (browser, network) = (context.caller.browser_in(to.language), context.caller.network());
    MailMessage::compose(
        &context.app,
        kind,
        &to,
        &[("browser", browser.as_str()), ("network", network.as_str())],
    )
}
