//! Email addresses in one canonical form.
//!
//! Two spellings of one address have one key, and two addresses that a person could confuse have different
//! keys. Mail goes to the domain that the key names (S104). Line breaks, quoted local parts, bare host names
//! and everything else that programs read differently are refused. Providers' own rules about dots and plus
//! signs are not applied.

use std::fmt;

use email_address::Options;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;

/// RFC 5321 §4.5.3.1.3, less the angle brackets.
const MAX_BYTES: usize = 254;

/// RFC 5321 §4.5.3.1.1.
const MAX_LOCAL_PART: usize = 64;

/// An address to which mail can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress {
    typed: String,
    key: String,
}

/// Which local parts are accepted. International domains are always accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalPart {
    Ascii,
    /// Also letters beyond ASCII, where the mail server supports SMTPUTF8.
    Unicode,
}

/// Why text is not accepted as an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailRefused {
    Empty,
    /// Over 254 bytes.
    TooLong,
    /// Over 64 bytes before the `@`.
    LocalPartTooLong,
    /// Not of the form `somebody@domain.top`.
    NotAnAddress,
    /// The part before the `@` has letters beyond ASCII, which are not accepted.
    LocalPartNotAscii,
}

impl EmailAddress {
    /// Parses typed text; white space around it is ignored.
    pub fn parse(raw: &str, accepted: LocalPart) -> Result<Self, EmailRefused> {
        let raw = raw.trim();
        if raw.is_empty() {
            return Err(EmailRefused::Empty);
        }
        if raw.len() > MAX_BYTES {
            return Err(EmailRefused::TooLong);
        }
        let (local_part, domain) = raw.rsplit_once('@').ok_or(EmailRefused::NotAnAddress)?;
        if accepted == LocalPart::Ascii && !local_part.is_ascii() {
            return Err(EmailRefused::LocalPartNotAscii);
        }
        let local_part: String = local_part.nfc().collect();
        if local_part.len() > MAX_LOCAL_PART {
            return Err(EmailRefused::LocalPartTooLong);
        }
        let domain = canonical_domain(domain).ok_or(EmailRefused::NotAnAddress)?;
        if local_part.contains('"') || local_part.chars().any(is_invisible) {
            return Err(EmailRefused::NotAnAddress);
        }
        let address = Self {
            typed: format!("{local_part}@{domain}"),
            key: format!("{}@{domain}", folded(&local_part)),
        };
        // The key is checked too, because it is parsed again when an account is looked up by it.
        if address.typed.len() > MAX_BYTES || address.key.len() > MAX_BYTES {
            return Err(EmailRefused::TooLong);
        }
        if folded(&local_part).len() > MAX_LOCAL_PART {
            return Err(EmailRefused::LocalPartTooLong);
        }
        if !is_shaped_like_an_address(&address.typed) || !is_shaped_like_an_address(&address.key) {
            return Err(EmailRefused::NotAnAddress);
        }
        Ok(address)
    }

    /// The address for mail: the local part as typed, the domain as A-labels.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// The canonical form, for comparison and the unique constraint.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The address masked for display: `w•••••@example.com`. The number of dots is constant.
    pub fn masked(&self) -> String {
        let (local_part, domain) = self.typed.rsplit_once('@').unwrap_or_default();
        let first = local_part.graphemes(true).next().unwrap_or_default();
        format!("{first}•••••@{domain}")
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed)
    }
}

/// Lower case in NFC; folding the result again does not change it.
fn folded(local_part: &str) -> String {
    local_part.to_lowercase().nfc().collect()
}

/// Lower-case A-labels by UTS #46.
///
/// `None` for anything but a domain name: bad labels, a single label, or a number as the last label (an IP
/// address).
fn canonical_domain(domain: &str) -> Option<String> {
    let domain = idna::domain_to_ascii_strict(domain).ok()?;
    let (_, top) = domain.rsplit_once('.')?;
    (!top.bytes().all(|b| b.is_ascii_digit())).then_some(domain)
}

/// Control, format, private-use and unassigned characters, and all white space.
///
/// None of them can be seen, and some end a mail header.
fn is_invisible(c: char) -> bool {
    c.is_whitespace() || c.general_category_group() == GeneralCategoryGroup::Other
}

fn is_shaped_like_an_address(address: &str) -> bool {
    let options = Options::default().without_display_text().without_domain_literal().with_required_tld();
    email_address::EmailAddress::parse_with_options(address, options).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use EmailRefused::{Empty, LocalPartNotAscii, LocalPartTooLong, NotAnAddress, TooLong};

    fn ascii(raw: &str) -> Result<EmailAddress, EmailRefused> {
        EmailAddress::parse(raw, LocalPart::Ascii)
    }

    fn key(raw: &str) -> String {
        EmailAddress::parse(raw, LocalPart::Unicode).unwrap().key
    }

    #[test]
    fn spellings_of_one_address_share_a_key() {
        for raw in [
            "ann@example.com",
            " ann@example.com\r\n",
            "Ann@Example.COM",
            "ANN@ｅｘａｍｐｌｅ.com",
            "ann@example。com",
        ] {
            assert_eq!(ascii(raw).unwrap().key(), "ann@example.com", "{raw}");
        }
        assert_eq!(key("ann@BÜCHER.example"), "ann@xn--bcher-kva.example");
        assert_eq!(key("ann@bu\u{308}cher.example"), key("ann@xn--bcher-kva.example"));
        assert_eq!(key("Jose\u{301}@example.com"), key("josé@example.com"));
    }

    #[test]
    fn the_local_part_is_kept_as_typed_for_sending() {
        let address = ascii(" Ann.Marie+Game@EXAMPLE.com ").unwrap();
        assert_eq!(address.typed(), "Ann.Marie+Game@example.com");
        assert_eq!(address.key(), "ann.marie+game@example.com");
        assert_eq!(address.to_string(), address.typed());
    }

    #[test]
    fn dots_and_plus_signs_tell_addresses_apart() {
        assert_ne!(key("a.nn@gmail.com"), key("ann@gmail.com"));
        assert_ne!(key("ann+x@gmail.com"), key("ann@gmail.com"));
    }

    #[test]
    fn look_alikes_do_not_share_a_key() {
        for (one, other) in [
            ("mıke@example.org", "mike@example.org"),
            ("mİke@example.org", "mike@example.org"),
            ("groß@example.org", "gross@example.org"),
            ("ann@straße.example", "ann@strasse.example"),
            ("аnn@example.org", "ann@example.org"),
            ("ann@exаmple.org", "ann@example.org"),
            ("ſam@example.org", "sam@example.org"),
            ("ａnn@example.org", "ann@example.org"),
            ("ﬁn@example.org", "fin@example.org"),
            ("ann@gıthub.com", "ann@github.com"),
        ] {
            let look_alike = EmailAddress::parse(one, LocalPart::Unicode).map(|address| address.key);
            assert_ne!(look_alike.as_ref(), Ok(&key(other)), "{one}");
        }
    }

    #[test]
    fn what_folds_to_another_address_is_also_sent_there() {
        // U+212A KELVIN SIGN is canonically the letter K, so the key and the recipient are those of "k".
        let kelvin = EmailAddress::parse("\u{212a}im@example.org", LocalPart::Unicode).unwrap();
        assert_eq!((kelvin.typed(), kelvin.key()), ("Kim@example.org", "kim@example.org"));
        // Mail goes to the domain of the key.
        let wide = ascii("ann@ｅxample.org").unwrap();
        assert_eq!(wide.typed(), "ann@example.org");
    }

    #[test]
    fn letters_beyond_ascii_need_to_be_accepted() {
        assert_eq!(ascii("josé@example.com"), Err(LocalPartNotAscii));
        assert_eq!(ascii("\u{212a}im@example.com"), Err(LocalPartNotAscii));
        assert!(EmailAddress::parse("josé@example.com", LocalPart::Unicode).is_ok());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for raw in [
            "ann",
            "@example.com",
            "ann@",
            "ann@@example.com",
            "ann@example",
            "ann@localhost",
            "ann@[127.0.0.1]",
            "ann@127.0.0.1",
            "a b@example.com",
            "ann@exa mple.com",
            ".ann@example.com",
            "ann.@example.com",
            "an..n@example.com",
            "ann@.example.com",
            "ann@example..com",
            "ann@example.com.",
            "ann@-example.com",
            "ann@example-.com",
            "ann@xn--a.example",
            "ann@exam_ple.com",
            "\"ann\"@example.com",
            "\"a@b\"@example.com",
            "Ann <ann@example.com>",
            "ann@example.com,bo@example.com",
            "ann@example.com bo@example.com",
            "ann＠example.com",
            "ann@exam＠ple.com",
            "ann(comment)@example.com",
            "ann@example.com\r\nBcc: bo@example.com",
            "ann\r\n@example.com",
            "ann\0@example.com",
            "ann@example.com\0",
            "ann\u{202e}@example.com",
            "ann@exa\u{202e}mple.com",
            "an\tn@example.com",
            "mailto:ann@example.com?x",
            "ann@example.com/path",
        ] {
            assert!(EmailAddress::parse(raw, LocalPart::Unicode).is_err(), "{raw:?}");
            assert!(ascii(raw).is_err(), "{raw:?}");
        }
        assert_eq!(ascii("ann"), Err(NotAnAddress));
        assert_eq!(ascii(" \n"), Err(Empty));
        assert_eq!(ascii("ann\u{200b}@example.com"), Err(LocalPartNotAscii));
        assert_eq!(EmailAddress::parse("ann\u{200b}@example.com", LocalPart::Unicode), Err(NotAnAddress));
    }

    #[test]
    fn length_is_bounded() {
        let with_domain_of = |labels: usize| format!("ann@{}example.com", "abcdefghi.".repeat(labels));
        assert!(ascii(&with_domain_of(23)).is_ok());
        assert_eq!(ascii(&with_domain_of(24)), Err(TooLong));
        assert_eq!(ascii(&format!("{}@example.com", "a".repeat(65))), Err(LocalPartTooLong));
        assert_eq!(ascii(&"a".repeat(1_000_000)), Err(TooLong));
    }

    #[test]
    fn a_masked_address_shows_the_first_letter_and_the_domain() {
        assert_eq!(ascii("w@example.com").unwrap().masked(), "w•••••@example.com");
        assert_eq!(ascii("Wanda.Long-Name@example.com").unwrap().masked(), "W•••••@example.com");
    }

    proptest! {
        #[test]
        fn reading_an_address_again_changes_nothing(raw in "[\\PC]{1,12}@[\\PC]{1,12}\\.(com|example|中国)|\\PC{1,40}") {
            if let Ok(address) = EmailAddress::parse(&raw, LocalPart::Unicode) {
                prop_assert_eq!(EmailAddress::parse(address.typed(), LocalPart::Unicode), Ok(address.clone()));
                let by_key = EmailAddress::parse(address.key(), LocalPart::Unicode).unwrap();
                prop_assert_eq!(by_key.key(), address.key());
                prop_assert!(address.typed().len() <= MAX_BYTES && !address.typed().chars().any(is_invisible));
            }
        }

        #[test]
        fn case_never_matters_to_an_ascii_address(local in "[A-Za-z0-9+_-]{1,20}", domain in "[A-Za-z0-9]{1,20}") {
            let raw = format!("{local}@{domain}.example");
            prop_assert_eq!(ascii(&raw).unwrap().key, ascii(&raw.to_uppercase()).unwrap().key);
        }

        #[test]
        fn an_ascii_key_comes_from_ascii_letters_only(raw in "[a-zA-ZıİKſßﬁａ]{1,8}@[a-z]{1,8}\\.org") {
            // With ASCII-only local parts, no letter of another script can reach an account.
            if let Ok(address) = ascii(&raw) {
                prop_assert!(raw.is_ascii());
                prop_assert_eq!(address.key(), raw.to_ascii_lowercase());
            }
        }

        #[test]
        fn no_text_is_too_strange_to_judge(raw in any::<String>()) {
            let _ = EmailAddress::parse(&raw, LocalPart::Unicode);
        }
    }
}
