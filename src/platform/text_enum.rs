//! Enums whose values are written as words: in the database, in JSON, in forms, in settings, in logs and as
//! labels of metrics.

use std::str::FromStr;

/// An enum that [`text_enum`](crate::text_enum) defines.
pub trait TextEnum: Copy + FromStr + 'static {
    const ALL: &'static [Self];

    fn as_str(self) -> &'static str;
}

/// The value with this word. The error is the end of a sentence, and lists the words.
pub fn parse<E: TextEnum>(text: &str) -> Result<E, String> {
    E::ALL.iter().copied().find(|value| value.as_str() == text).ok_or_else(|| {
        let words: Vec<&str> = E::ALL.iter().map(|value| value.as_str()).collect();
        match words.split_last() {
            Some((last, [])) => format!("must be {last}"),
            Some((last, others)) => format!("must be {} or {last}", others.join(", ")),
            None => "has no value".to_owned(),
        }
    })
}

/// Defines enums whose values are written as words, the same word everywhere.
macro_rules! text_enum {
    ($(
        $(#[$attribute:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$variant_attribute:meta])* $variant:ident = $word:literal),+ $(,)?
        }
    )+) => { $(
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        $visibility enum $name { $($(#[$variant_attribute])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl $crate::platform::text_enum::TextEnum for $name {
            const ALL: &'static [Self] = $name::ALL;

            fn as_str(self) -> &'static str {
                $name::as_str(self)
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                $crate::platform::text_enum::parse(text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )+ };
}
pub(crate) use text_enum;

#[cfg(test)]
mod tests {
    text_enum! {
        enum Place {
            First = "1st",
            Second = "2nd",
            Last = "last",
        }
    }

    #[test]
    fn a_value_and_its_word_name_each_other() {
        for place in Place::ALL {
            assert_eq!(place.as_str().parse(), Ok(*place));
            assert_eq!(serde_json::json!(place), place.to_string());
        }
        assert_eq!(serde_json::from_str::<Place>("\"2nd\"").unwrap(), Place::Second);
        for wrong in ["", "First", "1ST", " last"] {
            assert_eq!(wrong.parse::<Place>(), Err("must be 1st, 2nd or last".to_owned()), "{wrong}");
        }
    }
}
