// Moves focus to the error summary when a page comes back with one.

export function focusErrors(summary) {
  summary.focus();
}
