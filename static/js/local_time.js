// Writes a <time> in the reader's own zone. The server's text, which is UTC, stays where the date cannot be read.
// data-shows: "date" (default) or "moment" (date and time of day).

const shapes = {
  date: { dateStyle: "long" },
  moment: { dateStyle: "long", timeStyle: "short" },
};

export function localTime(element) {
  const instant = new Date(element.dateTime);
  if (Number.isNaN(instant.getTime())) return;
  const shape = shapes[element.dataset.shows] ?? shapes.date;
  element.textContent = new Intl.DateTimeFormat(document.documentElement.lang, shape).format(instant);
  element.title = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full", timeStyle: "long" }).format(instant);
}
