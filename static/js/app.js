// Attaches behaviours to the elements that ask for them by name. Every page works without this file.
import { addPasskey } from "./add_passkey.js";
import { disableOnSubmit } from "./disable_on_submit.js";
import { focusErrors } from "./focus_errors.js";
import { localTime } from "./local_time.js";
import { showPassword } from "./show_password.js";
import { tellPasskeys } from "./tell_passkeys.js";
import { usePasskey } from "./use_passkey.js";

const behaviours = {
  "add-passkey": addPasskey,
  "disable-on-submit": disableOnSubmit,
  "focus-errors": focusErrors,
  "local-time": localTime,
  "show-password": showPassword,
  "tell-passkeys": tellPasskeys,
  "use-passkey": usePasskey,
};

for (const element of document.querySelectorAll("[data-behaviour]")) {
  for (const name of element.dataset.behaviour.split(" ")) {
    behaviours[name]?.(element);
  }
}
