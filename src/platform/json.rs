//! A strict JSON reader.
//!
//! A value is read only from one whole object without duplicate keys at any depth, and nested no deeper than
//! the caller allows (S78). Every other input gives the same error. serde's own message is dropped, because
//! it quotes the input.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};

/// The input does not meet the conditions of [`read`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedJson;

/// Reads a `T` from a whole body that is nested at most `depth` deep.
pub fn read<T: DeserializeOwned>(body: &[u8], depth: usize) -> Result<T, MalformedJson> {
    check(body, depth).and_then(|()| serde_json::from_slice(body)).map_err(|_| MalformedJson)
}

fn check(body: &[u8], depth: usize) -> serde_json::Result<()> {
    // serde would also read a struct from an array.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(serde_json::Error::custom("not an object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    StrictValue { depth_left: depth }.deserialize(&mut reader)?;
    reader.end()
}

/// Checks a value without keeping it.
#[derive(Clone, Copy)]
struct StrictValue {
    depth_left: usize,
}

impl StrictValue {
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth_left = self.depth_left.checked_sub(1).ok_or_else(|| E::custom("nested too deeply"))?;
        Ok(Self { depth_left })
    }
}

impl<'de> DeserializeSeed<'de> for StrictValue {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StrictValue {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        let mut keys = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            entries.next_value_seed(inner)?;
            if !keys.insert(key) {
                return Err(A::Error::custom("a key stands twice"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Answer {
        word: String,
    }

    #[test]
    fn one_whole_object_is_read() {
        let answer: Answer =
            read(br#" {"word":"yes","other":[{"a":1.5,"b":null,"c":true,"d":-1}]} "#, 8).unwrap();
        assert_eq!(answer.word, "yes");
    }

    #[test]
    fn anything_else_is_malformed() {
        for body in [
            &b""[..],
            b"null",
            b"\"word\"",
            b"[\"yes\"]",
            b"{\"word\":\"yes\"",
            b"{\"word\":\"yes\"} x",
            b"{\"word\":\"yes\"}{}",
            b"{\"word\":\"yes\",\"word\":\"yes\"}",
            b"{\"word\":\"yes\",\"w\\u006frd\":\"yes\"}",
            b"{\"word\":\"yes\",\"other\":{\"a\":1,\"a\":2}}",
            b"{\"word\":\"yes\",\"other\":[[[[[[[[1]]]]]]]]}",
            b"{\"word\":\"yes\",\"other\":\"\xff\"}",
            b"{\"word\":\"\\ud800\"}",
            b"{\"word\":\"yes\",\"other\":NaN}",
            b"{\"word\":\"yes\",\"other\":1e999}",
            b"\xef\xbb\xbf{\"word\":\"yes\"}",
        ] {
            assert!(read::<Answer>(body, 8).is_err(), "{}", String::from_utf8_lossy(body));
        }
    }
}
