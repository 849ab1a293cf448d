// Lets a form be sent once. The button keeps its focus and its value (a disabled button would lose both), a second submit is dropped.
// Coming back through the browser's history finds the form usable again.

export function disableOnSubmit(form) {
  let sent = false;

  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
      return;
    }
    sent = true;
    event.submitter?.setAttribute("aria-disabled", "true");
  });

  window.addEventListener("pageshow", () => {
    sent = false;
    for (const button of form.querySelectorAll('[aria-disabled="true"]')) button.removeAttribute("aria-disabled");
  });
}
