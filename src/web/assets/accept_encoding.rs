//! Which compression a browser accepts (RFC 9110 §12.5.3).

use actix_web::http::header::HeaderValue;

use crate::text_enum;

text_enum! {
    /// A compression of static files, the better first.
    pub enum Encoding {
        Brotli = "br",
        Gzip = "gzip",
    }
}

/// The encodings that `Accept-Encoding` allows, the better first. Without the header there are none.
pub(super) fn accepted<'a>(lines: impl Iterator<Item = &'a HeaderValue>) -> Vec<Encoding> {
    let mut weights: Vec<(&str, f32)> = Vec::new();
    for line in lines.filter_map(|line| line.to_str().ok()) {
        weights.extend(line.split(',').take(32).map(weighted_coding));
    }
    let weight = |encoding: Encoding| {
        let named = |name: &str| weights.iter().find(|(coding, _)| coding.eq_ignore_ascii_case(name));
        named(encoding.as_str()).or_else(|| named("*")).map_or(0.0, |(_, weight)| *weight)
    };
    let mut accepted: Vec<Encoding> =
        Encoding::ALL.iter().copied().filter(|encoding| weight(*encoding) > 0.0).collect();
    // A stable sort: of two that are equally welcome the better one stays first.
    accepted.sort_by(|one, other| weight(*other).total_cmp(&weight(*one)));
    accepted
}

/// `gzip;q=0.5` is gzip, 0.5. A weight that cannot be read counts as a refusal.
fn weighted_coding(entry: &str) -> (&str, f32) {
    let (coding, parameters) = entry.split_once(';').unwrap_or((entry, ""));
    let weight = match parameters.split_once('=') {
        Some((_, weight)) => weight.trim().parse().unwrap_or(0.0),
        None => 1.0,
    };
    (coding.trim(), weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(header: &'static str) -> Vec<&'static str> {
        let line = HeaderValue::from_static(header);
        accepted(std::iter::once(&line)).into_iter().map(Encoding::as_str).collect()
    }

    #[test]
    fn the_better_compression_is_chosen_among_those_accepted() {
        assert_eq!(words("gzip, deflate, br, zstd"), ["br", "gzip"]);
        assert_eq!(words("gzip"), ["gzip"]);
        assert_eq!(words("BR;q=0.5, GZIP;q=0.8"), ["gzip", "br"]);
        assert_eq!(words("*;q=0.1"), ["br", "gzip"]);
        assert_eq!(words("br;q=0, *"), ["gzip"]);
        assert_eq!(words("gzip;q=x, br ; q=1"), ["br"]);
        for none in ["", "identity", "deflate", "gzip;q=0, br;q=0.0", "*;q=0"] {
            assert!(words(none).is_empty(), "{none}");
        }
        assert!(accepted(std::iter::empty()).is_empty());
    }
}
