// Writes a <time> in the reader's own zone. The server's text, which is UTC, stays where the date cannot be read.
// data-shows: "date" (default), "moment" (date and time of day) or "time" (time of day).

const shapes = {
  date: { dateStyle: "long" },
  moment: { dateStyle: "long", timeStyle: "short" },
  time: { timeStyle: "short" },
};

// The page's language, written as the server writes dates in running text: one page, one way of writing them.
function readersLocale() {
  const language = document.documentElement.lang;
  return language === "en" ? "en-GB" : language;
}

export function localTime(element) {
  const instant = new Date(element.dateTime);
  if (Number.isNaN(instant.getTime())) return;
  const shape = shapes[element.dataset.shows] ?? shapes.date;
  const locale = readersLocale();
  element.textContent = new Intl.DateTimeFormat(locale, shape).format(instant);
  element.title = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" }).format(instant);
}
