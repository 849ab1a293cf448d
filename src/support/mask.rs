//! Masks for what identifies a person (S121).
//!
//! A mask shows enough to tell two players apart and to confirm what a player reads out, but not enough to use.
//! The number of hidden characters is not visible. A value in an unknown form is hidden whole.

use std::net::{IpAddr, Ipv4Addr};

use unicode_segmentation::UnicodeSegmentation;

const HIDDEN: &str = "…";
/// Characters of an Amazon id that are shown, and the fewest that must stay hidden for that.
const SHOWN_OF_AMAZON_ID: usize = 4;
const HIDDEN_OF_AMAZON_ID: usize = 12;

/// `a…@e….com`: the first letters, and the last label of the domain.
pub fn email(address: &str) -> String {
    let parts = address.rsplit_once('@').and_then(|(local_part, domain)| {
        let (name, top) = domain.rsplit_once('.')?;
        Some((first_letter(local_part)?, first_letter(name)?, top))
    });
    match parts {
        Some((local_part, name, top)) if !top.is_empty() => {
            format!("{local_part}{HIDDEN}@{name}{HIDDEN}.{top}")
        }
        _ => HIDDEN.to_owned(),
    }
}

/// `…WXYZ`: the last four characters, enough to compare with an id that a player reads out.
pub fn amazon_id(id: &str) -> String {
    let hidden = id.chars().count().saturating_sub(SHOWN_OF_AMAZON_ID);
    if hidden < HIDDEN_OF_AMAZON_ID {
        return HIDDEN.to_owned();
    }
    HIDDEN.chars().chain(id.chars().skip(hidden)).collect()
}

/// `203.0.…` or `2001:db8:…`: shows the provider, not the neighbourhood.
///
/// Takes an address, or a network as audit records store it (`203.0.113.0/24`).
pub fn network(address: &str) -> String {
    let address = address.split_once('/').map_or(address, |(address, _)| address);
    match address.trim().parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V4(ip)) => {
            let [a, b, ..] = Ipv4Addr::octets(&ip);
            format!("{a}.{b}.{HIDDEN}")
        }
        Ok(IpAddr::V6(ip)) => {
            let [a, b, ..] = ip.segments();
            format!("{a:x}:{b:x}:{HIDDEN}")
        }
        Err(_) => HIDDEN.to_owned(),
    }
}

fn first_letter(text: &str) -> Option<&str> {
    text.graphemes(true).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_first_letters_and_its_end() {
        assert_eq!(email("ann@example.com"), "a…@e….com");
        assert_eq!(email("a@e.com"), "a…@e….com", "the length is not told");
        assert_eq!(email("Wanda.Long-Name@mail.example.co.uk"), "W…@m….uk");
        assert_eq!(email("\"odd@name\"@example.com"), "\"…@e….com");
        assert_eq!(email("e\u{301}ve@xn--80ak6aa92e.com"), "e\u{301}…@x….com", "a letter stays whole");
    }

    #[test]
    fn an_amazon_id_keeps_its_last_four() {
        assert_eq!(amazon_id("amzn1.account.AGF3UNTJH25WXYZ"), "…WXYZ");
        assert_eq!(amazon_id("amzn1.account.AG"), "…t.AG");
    }

    #[test]
    fn a_network_keeps_its_first_half_at_most() {
        assert_eq!(network("203.0.113.0/24"), "203.0.…");
        assert_eq!(network("203.0.113.77"), "203.0.…");
        assert_eq!(network("2001:db8:1:2300::/56"), "2001:db8:…");
        assert_eq!(network("::ffff:203.0.113.77"), "203.0.…");
    }

    #[test]
    fn what_is_in_no_known_form_is_hidden_whole() {
        for text in ["", "@", "ann", "ann@", "@example.com", "ann@example", "ann@.com", "ann@example.", "😀"]
        {
            assert_eq!(email(text), "…", "{text:?}");
        }
        for text in ["", "1234", "short-id-of-15."] {
            assert_eq!(amazon_id(text), "…", "{text:?}");
        }
        for text in ["", "localhost", "203.0.113", "203.0.113.77:80", "/24"] {
            assert_eq!(network(text), "…", "{text:?}");
        }
    }
}
