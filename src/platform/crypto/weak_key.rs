//! Detects keys that a person typed or copied from an example.
//!
//! It always refuses keys of equal bytes, of bytes that count up, and of readable text. The chance of
//! refusing 32 random bytes is below one in 10^13.

/// Whether `bytes` (32 or more) cannot have come from a random generator.
pub(crate) fn looks_made_up(bytes: &[u8]) -> bool {
    has_few_values(bytes) || counts_evenly(bytes) || is_readable(bytes)
}

fn has_few_values(bytes: &[u8]) -> bool {
    let mut values = bytes.to_vec();
    values.sort_unstable();
    values.dedup();
    values.len() < 16
}

fn counts_evenly(bytes: &[u8]) -> bool {
    let mut steps = bytes.iter().zip(bytes.iter().skip(1)).map(|(a, b)| b.wrapping_sub(*a));
    let first = steps.next();
    steps.all(|step| Some(step) == first)
}

fn is_readable(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| b.is_ascii_graphic() || *b == b' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::crypto::token::random_bytes;

    #[test]
    fn keys_from_examples_are_seen_through() {
        let counting: Vec<u8> = (0..32).collect();
        let counting_down: Vec<u8> = (0..64).rev().map(|n| n * 3).collect();
        for made_up in [
            &[0; 32][..],
            &[255; 64],
            &counting,
            &counting_down,
            b"an example key, change me please",
            b"\x01\x02\x03\x04\x01\x02\x03\x04\x01\x02\x03\x04\x01\x02\x03\x04\x01\x02\x03\x04\x01\x02\x03\x04\x01\x02\x03\x04\x01\x02\x03\x05",
        ] {
            assert!(looks_made_up(made_up), "{made_up:?}");
        }
    }

    #[test]
    fn random_keys_pass() {
        for _ in 0..1000 {
            assert!(!looks_made_up(&random_bytes::<32>().unwrap()));
        }
    }
}
