//! The elements of a page by their accessible names: headings, notices, forms and buttons.

use scraper::{ElementRef, Html, Selector};

/// The first element that matches.
pub fn first<'a>(page: &'a Html, selector: &str) -> Option<ElementRef<'a>> {
    page.select(&parsed(selector)).next()
}

/// All elements that match, in the order of the page.
pub fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&parsed(selector)).collect()
}

/// All elements within `element` that match.
pub fn all_in<'a>(element: ElementRef<'a>, selector: &str) -> Vec<ElementRef<'a>> {
    element.select(&parsed(selector)).collect()
}

/// The text, with every run of white space as one space.
pub fn text(element: ElementRef<'_>) -> String {
    let pieces: Vec<&str> = element.text().flat_map(str::split_whitespace).collect();
    pieces.join(" ")
}

/// The accessible name of a button or a link.
pub fn name(element: ElementRef<'_>) -> String {
    element.attr("aria-label").map_or_else(|| text(element), str::to_owned)
}

/// The button of this name, or the only one whose name begins so.
pub fn button<'a>(page: &'a Html, wanted: &str) -> Option<ElementRef<'a>> {
    let buttons: Vec<_> =
        all(page, "button").into_iter().filter(|button| button.attr("type") != Some("button")).collect();
    let exact: Vec<_> = buttons.iter().copied().filter(|button| name(*button) == wanted).collect();
    let begins: Vec<_> = buttons.iter().copied().filter(|button| name(*button).starts_with(wanted)).collect();
    let found = if exact.is_empty() { begins } else { exact };
    // A panel that is shown twice has two buttons of one name, which must do the same.
    let actions: Vec<_> = found.iter().map(|button| form_of(*button).attr("action")).collect();
    assert!(actions.windows(2).all(|pair| pair[0] == pair[1]), "several buttons {wanted:?}: {actions:?}");
    found.first().copied()
}

/// The link of this name.
pub fn link<'a>(page: &'a Html, wanted: &str) -> ElementRef<'a> {
    let links = all(page, "a[href]");
    let found = links.iter().copied().find(|link| name(*link) == wanted);
    found.unwrap_or_else(|| panic!("no link {wanted:?}; there are {:?}", names(&links)))
}

/// The accessible names of these elements.
pub fn names(elements: &[ElementRef<'_>]) -> Vec<String> {
    elements.iter().map(|element| name(*element)).collect()
}

/// The form around a button.
pub fn form_of(button: ElementRef<'_>) -> ElementRef<'_> {
    let forms = button.ancestors().filter_map(ElementRef::wrap);
    forms.into_iter().find(|element| element.value().name() == "form").expect("a button stands in a form")
}

/// The fields of an untouched form, as a browser sends them: hidden fields, preset values, ticked boxes.
pub fn fields(form: ElementRef<'_>) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for control in form.select(&parsed("input[name], select[name], textarea[name]")) {
        let field = control.attr("name").unwrap_or_default().to_owned();
        let value = match (control.value().name(), control.attr("type")) {
            ("select", _) => chosen(control),
            ("textarea", _) => Some(text(control)),
            (_, Some("checkbox" | "radio")) => {
                control.attr("checked").map(|_| control.attr("value").unwrap_or("on").to_owned())
            }
            _ => Some(control.attr("value").unwrap_or_default().to_owned()),
        };
        fields.extend(value.map(|value| (field, value)));
    }
    fields
}

/// Whether the form has a control of this name, ticked or not.
pub fn has_field(form: ElementRef<'_>, field: &str) -> bool {
    form.select(&parsed("input, select, textarea")).any(|control| control.attr("name") == Some(field))
}

fn chosen(select: ElementRef<'_>) -> Option<String> {
    let options: Vec<_> = select.select(&parsed("option")).collect();
    let option = options.iter().find(|option| option.attr("selected").is_some()).or(options.first())?;
    Some(option.attr("value").map_or_else(|| text(*option), str::to_owned))
}

fn parsed(selector: &str) -> Selector {
    Selector::parse(selector).unwrap()
}
