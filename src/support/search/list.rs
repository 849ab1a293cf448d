//! Pages of the list of names, and its end (S120). Pure.
//!
//! A page begins after a position and not at a number. So no player is left out or shown twice when players come
//! and go. A forged position reads nothing after the first hundred names.

use data_encoding::BASE64URL_NOPAD;

/// Names on a page, and names in all: five pages.
pub(super) const PAGE: usize = 20;
pub(super) const MOST: usize = 100;

/// A position in the list, which is sorted by these fields.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ListPosition {
    /// The search key of the display name.
    pub key: String,
    pub id: String,
}

/// What follows a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NextPage {
    Nothing,
    /// A page that begins after this position.
    Page(ListPosition),
    /// More names, which are not shown.
    Capped,
}

/// How many names to read for the page after this position.
pub(super) fn list_from(after: Option<&ListPosition>) -> usize {
    // One name more than is shown says whether there are more.
    1 + if after.is_some() { MOST } else { PAGE }
}

/// The page after `after` out of the first names, and what follows it.
pub(super) fn page(places: Vec<ListPosition>, after: Option<&ListPosition>) -> (Vec<ListPosition>, NextPage) {
    let begin = after.map_or(0, |after| places.partition_point(|place| place <= after));
    let end = places.len().min(begin + PAGE).min(MOST);
    let goes_on = places.len() > end;
    let page: Vec<ListPosition> = places.into_iter().take(end).skip(begin).collect();
    let onward = match page.last() {
        _ if !goes_on => NextPage::Nothing,
        Some(last) if end < MOST => NextPage::Page(last.clone()),
        _ => NextPage::Capped,
    };
    (page, onward)
}

impl ListPosition {
    /// The position as an address has it.
    pub(super) fn written(&self) -> String {
        BASE64URL_NOPAD.encode(format!("{}/{}", self.id, self.key).as_bytes())
    }

    /// Parses [`ListPosition::written`]; `None` if it is invalid.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64URL_NOPAD.decode(text.as_bytes()).ok()?).ok()?;
        // An id has no slash; a name may have one.
        let (id, key) = text.split_once('/')?;
        Some(Self { key: key.to_owned(), id: id.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(number: usize) -> Vec<ListPosition> {
        (0..number)
            .map(|i| ListPosition { key: format!("name {:04}", i / 3), id: format!("{i:04}") })
            .collect()
    }

    /// Follows the pages to the end.
    fn walked(all: &[ListPosition]) -> (Vec<Vec<ListPosition>>, NextPage) {
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let read = all.iter().take(list_from(after.as_ref())).cloned().collect();
            let (shown, onward) = page(read, after.as_ref());
            pages.push(shown);
            let NextPage::Page(place) = onward else { return (pages, onward) };
            after = Some(place);
        }
    }

    #[test]
    fn pages_hold_everybody_once_and_end() {
        for number in [0, 1, 19, 20, 21, 40, 99, 100] {
            let (pages, onward) = walked(&names(number));
            assert_eq!((pages.concat(), onward), (names(number), NextPage::Nothing), "{number}");
            assert_eq!(pages.len(), number.div_ceil(PAGE).max(1));
        }
        let (pages, onward) = walked(&names(101));
        assert_eq!((pages.concat(), onward), (names(100), NextPage::Capped));
    }

    #[test]
    fn nobody_sees_behind_the_first_hundred() {
        let all = names(500);
        for place in [&all[99], &all[100], &all[300]] {
            let read: Vec<ListPosition> = all.iter().take(list_from(Some(place))).cloned().collect();
            let (shown, onward) = page(read, Some(place));
            assert!(shown.is_empty(), "{shown:?}");
            assert_eq!(onward, NextPage::Capped);
        }
    }

    #[test]
    fn a_place_survives_the_address() {
        let place = ListPosition { key: "a/b % 李 &".into(), id: "019afb3c".into() };
        assert_eq!(ListPosition::read(&place.written()), Some(place));
        for broken in
            ["", "=", "abc", "!", "\0", &BASE64URL_NOPAD.encode(b"\xff/"), &BASE64URL_NOPAD.encode(b"x")]
        {
            assert_eq!(ListPosition::read(broken), None, "{broken:?}");
        }
    }
}
