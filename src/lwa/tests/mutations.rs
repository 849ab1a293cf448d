//! A valid token response, changed in ten thousand ways (S49): no panic, and no half-valid response is accepted.

use proptest::prelude::*;
use secrecy::ExposeSecret as _;

use super::TOKENS;
use crate::lwa::json;
use crate::lwa::wire::TokenAnswer;

#[derive(Clone, Debug)]
enum Change {
    Replace(usize, u8),
    Insert(usize, String),
    Remove(usize, usize),
    Repeat(usize, usize),
    Value(&'static str, &'static str),
}

fn change() -> impl Strategy<Value = Change> {
    let field =
        prop::sample::select(vec!["\"Atza|canary-new\"", "\"Atzr|canary-kept\"", "\"bearer\"", "3600"]);
    let value = prop::sample::select(vec![
        "null",
        "true",
        "0",
        "-1",
        "1",
        "86400",
        "86401",
        "1e3",
        "3600.0",
        "\"\"",
        "\"3600\"",
        "\" 3600\"",
        "[]",
        "{}",
        "\"Bearer\"",
        "\"a b\"",
        "\"a\\u0000\"",
        "\"\\ud800\"",
        "18446744073709551616",
    ]);
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Change::Replace(at, byte)),
        (any::<usize>(), "[{}\\[\\]\",:\\\\0-9a-z|\u{0}\u{e9}]{1,3}")
            .prop_map(|(at, text)| Change::Insert(at, text)),
        (any::<usize>(), 1..20_usize).prop_map(|(at, count)| Change::Remove(at, count)),
        (any::<usize>(), 1..60_usize).prop_map(|(at, count)| Change::Repeat(at, count)),
        (field, value).prop_map(|(field, value)| Change::Value(field, value)),
    ]
}

fn apply(body: &mut Vec<u8>, change: Change) {
    let place = |at: usize| at % (body.len() + 1);
    match change {
        Change::Replace(at, byte) => {
            let at = place(at);
            if let Some(old) = body.get_mut(at) {
                *old = byte;
            }
        }
        Change::Insert(at, text) => {
            let at = place(at);
            body.splice(at..at, text.into_bytes());
        }
        Change::Remove(at, count) => {
            let at = place(at);
            body.drain(at..body.len().min(at + count));
        }
        Change::Repeat(at, count) => {
            let at = place(at);
            let part = body[at..body.len().min(at + count)].to_vec();
            body.splice(at..at, part);
        }
        Change::Value(field, value) => {
            let text = String::from_utf8_lossy(body).replace(field, value);
            *body = text.into_bytes();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_changed_answer_is_refused_or_still_right(changes in prop::collection::vec(change(), 1..4)) {
        let mut body = TOKENS.as_bytes().to_vec();
        for change in changes {
            apply(&mut body, change);
        }
        if let Ok(answer) = json::read::<TokenAnswer>(&body) {
            let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&body).unwrap();
            let access = answer.access_token.expose_secret();
            prop_assert_eq!(fields["access_token"].as_str(), Some(access));
            prop_assert!(!access.is_empty() && access.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert_eq!(fields.contains_key("refresh_token"), answer.refresh_token.is_some());
            prop_assert!((1..=86_400).contains(&answer.expires_in.as_secs()));
            prop_assert!(!fields.contains_key("error"));
        }
    }
}
