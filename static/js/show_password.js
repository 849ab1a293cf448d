// Brings out the "Show" button beside a password, which the page keeps hidden for readers without script.
// The field is masked again before it is sent, so that browsers do not remember it as plain text.

export function showPassword(button) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  if (!field) return;
  button.hidden = false;

  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };

  button.addEventListener("click", () => show(field.type === "password"));
  field.form?.addEventListener("submit", () => show(false));
}
