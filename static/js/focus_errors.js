// Moves focus to the error summary when a page comes back with one. Browsers that know autofocus for every element
// have done so by themselves.

export function focusErrors(summary) {
  if (!("autofocus" in summary)) summary.focus();
}
