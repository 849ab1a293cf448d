//! The list of names, page by page: where a page begins and ends, and where the list does (S120). Pure.
//!
//! A page begins behind a place and not at a number, so that nobody is left out or shown twice when players come
//! and go. However somebody changes a place, nothing behind the first hundred names is read.

use data_encoding::BASE64URL_NOPAD;

/// Names on a page, and in all: five pages.
pub(super) const PAGE: usize = 20;
pub(super) const MOST: usize = 100;

/// Somebody's place in the list, which is in this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ListPosition {
    /// The folded display name.
    pub key: String,
    pub id: String,
}

/// What comes after a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NextPage {
    Nothing,
    /// A page behind this place.
    Page(ListPosition),
    /// More names, which are not shown.
    Capped,
}

/// How many names must be read for the page behind this place.
pub(super) fn reach(after: Option<&ListPosition>) -> usize {
    // One more than is shown tells whether there are more.
    1 + if after.is_some() { MOST } else { PAGE }
}

/// The page behind `after`, out of the first names of all, and what comes after it.
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
    /// As it stands in an address.
    pub(super) fn written(&self) -> String {
        BASE64URL_NOPAD.encode(format!("{}/{}", self.id, self.key).as_bytes())
    }

    /// Reads [`ListPosition::written`]; nothing if it is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64URL_NOPAD.decode(text.as_bytes()).ok()?).ok()?;
        // An id has no slash, a name may.
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

    /// All pages, as somebody sees them who goes on for as long as there is a way.
    fn walked(all: &[ListPosition]) -> (Vec<Vec<ListPosition>>, NextPage) {
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let read = all.iter().take(reach(after.as_ref())).cloned().collect();
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
            let read: Vec<ListPosition> = all.iter().take(reach(Some(place))).cloned().collect();
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
