//! Parses query strings strictly: only known parameters, each at most once (S78).

use std::borrow::Cow;

use crate::platform::db::new_id;
use crate::platform::ids::PlayerId;

/// Why a query string is refused. `code` is the code of the response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedQuery {
    pub code: &'static str,
    /// The parameter. An unknown one is named only if it is a plain short word; its value is never repeated.
    pub parameter: Option<Cow<'static, str>>,
}

/// The values of the `known` parameters, in their order; `None` for a missing one.
pub(super) fn read<const N: usize>(
    query: &str,
    known: [&'static str; N],
) -> Result<[Option<String>; N], MalformedQuery> {
    let mut found = [const { None }; N];
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let known = known.into_iter().zip(found.iter_mut()).find(|(known, _)| **known == *name);
        let Some((parameter, place)) = known else {
            return Err(MalformedQuery { code: "parameter_unknown", parameter: plain(&name) });
        };
        if place.replace(value.into_owned()).is_some() {
            return Err(MalformedQuery { code: "parameter_repeated", parameter: Some(parameter.into()) });
        }
    }
    Ok(found)
}

/// The name of an unknown parameter, if repeating it is safe: no key and no token is as short.
fn plain(name: &str) -> Option<Cow<'static, str>> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let is_short = (1..=32).contains(&name.len());
    (is_short && name.bytes().all(is_plain)).then(|| Cow::Owned(name.to_owned()))
}

/// A whole number within the range, in its one canonical spelling.
pub(super) fn number(
    parameter: &'static str,
    text: &str,
    range: std::ops::RangeInclusive<i64>,
) -> Result<i64, MalformedQuery> {
    let number = text.parse::<i64>().ok().filter(|number| number.to_string() == text);
    number
        .filter(|number| range.contains(number))
        .ok_or(MalformedQuery { code: "parameter_invalid", parameter: Some(parameter.into()) })
}

/// A text that may be an Amazon identity: 1 to 128 visible ASCII characters, which every column accepts.
pub(super) fn amazon_id(text: Option<String>) -> Result<String, MalformedQuery> {
    let refused = |code| MalformedQuery { code, parameter: Some("amazon_id".into()) };
    let text = text.ok_or_else(|| refused("parameter_missing"))?;
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    let has_length = (1..=128).contains(&text.len());
    (is_plain && has_length).then_some(text).ok_or_else(|| refused("parameter_invalid"))
}

/// A player's id from a path; `None` if it does not have the shape of one.
pub(super) fn player_id(text: &str) -> Option<PlayerId> {
    id(text).map(PlayerId::from)
}

/// An id in its stored spelling. Capitals mean the same (RFC 9562 §4).
pub(super) fn id(text: &str) -> Option<String> {
    let has_its_shape = text.len() == new_id(chrono::DateTime::UNIX_EPOCH).len()
        && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    has_its_shape.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(query: &str) -> Result<[Option<String>; 2], &'static str> {
        read(query, ["after", "limit"]).map_err(|refused| refused.code)
    }

    #[test]
    fn each_parameter_stands_once_and_is_known() {
        assert_eq!(code(""), Ok([None, None]));
        assert_eq!(code("limit=5&after=7"), Ok([Some("7".into()), Some("5".into())]));
        assert_eq!(code("after=1&after=1"), Err("parameter_repeated"));
        assert_eq!(code("after=1&%61fter=1"), Err("parameter_repeated"));
        assert_eq!(code("After=1"), Err("parameter_unknown"));
        assert_eq!(code("after=1&language=de"), Err("parameter_unknown"));
        assert_eq!(code("=1"), Err("parameter_unknown"));
    }

    #[test]
    fn an_unknown_parameter_is_named_unless_it_may_be_a_secret() {
        let named = |query: &str| read(query, ["after"]).unwrap_err().parameter;
        for name in ["language", "amazonId", "page-size", "filter.kind"] {
            assert_eq!(named(&format!("{name}=Atza%7Cabc")).as_deref(), Some(name));
        }
        let key = format!("dovetail_sk_{}", "a".repeat(43));
        for name in ["", "%00", "a%20b", "%3Cscript%3E", "Atza%7Cabc", "%C3%A4", key.as_str()] {
            assert_eq!(named(&format!("{name}=1")), None, "{name}");
        }
    }

    #[test]
    fn a_number_has_one_spelling() {
        assert_eq!(number("limit", "7", 1..=9), Ok(7));
        for wrong in ["", "07", "+7", " 7", "7 ", "7.0", "0", "10", "-7", "٧", "99999999999999999999"] {
            assert!(number("limit", wrong, 1..=9).is_err(), "{wrong}");
        }
    }

    #[test]
    fn ids_are_plain_and_short() {
        let id = new_id(chrono::DateTime::UNIX_EPOCH);
        assert_eq!(player_id(&id).map(|player| player.to_string()), Some(id.clone()));
        for spelling in [id.to_uppercase(), id.replace('b', "B")] {
            assert_eq!(player_id(&spelling).map(|player| player.to_string()), Some(id.clone()), "{spelling}");
        }
        for wrong in
            ["", "x", &format!("{id} "), &id.replace('-', "_"), &format!("{}\0", &id[1..]), &format!("{id}0")]
        {
            assert!(player_id(wrong).is_none(), "{wrong}");
        }
        assert!(amazon_id(Some("amzn1.account.AFBJ".into())).is_ok());
        for wrong in [None, Some(""), Some("a b"), Some("a\0"), Some(&*"a".repeat(129)), Some("ä")] {
            assert!(amazon_id(wrong.map(str::to_owned)).is_err(), "{wrong:?}");
        }
    }
}
