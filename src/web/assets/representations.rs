//! A static file as it is sent: plain, and compressed where that makes it smaller.

use std::borrow::Cow;
use std::io::{self, Write};

use actix_web::http::header::HeaderValue;
use actix_web::web::Bytes;
use data_encoding::HEXLOWER;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::web::assets::accept_encoding::{Encoding, accepted};

/// As good as brotli compresses within some milliseconds. Higher levels gain a hundredth and take ten times as long.
const BROTLI_LEVEL: i32 = 9;

/// The largest window that every browser reads, as a power of two.
const BROTLI_WINDOW: i32 = 22;

/// Fonts and pictures in bitmaps are compressed already; what gains less than a tenth is sent as it is.
const WORTH_IT: f64 = 0.9;

/// A file with its representations.
pub(super) struct StaticFile {
    pub(super) content_type: HeaderValue,
    plain: Representation,
    compressed: Vec<Representation>,
}

/// The bytes of a response, and the strong entity tag of exactly these bytes (RFC 9110 §8.8.3).
pub(super) struct Representation {
    pub(super) encoding: Option<Encoding>,
    pub(super) tag: HeaderValue,
    pub(super) body: Bytes,
}

impl StaticFile {
    pub(super) fn new(path: &str, content: Cow<'static, [u8]>) -> Self {
        let plain = match content {
            Cow::Borrowed(content) => Bytes::from_static(content),
            Cow::Owned(content) => Bytes::from(content),
        };
        let compressed = Encoding::ALL.iter().filter_map(|encoding| {
            let smaller = compress(*encoding, &plain).ok().filter(|smaller| is_worth_it(smaller, &plain))?;
            Some(Representation::new(Some(*encoding), Bytes::from(smaller)))
        });
        Self {
            content_type: content_type(path),
            compressed: compressed.collect(),
            plain: Representation::new(None, plain),
        }
    }

    /// Whether the response depends on what the browser accepts.
    pub(super) fn is_compressed(&self) -> bool {
        !self.compressed.is_empty()
    }

    /// The best representation that the browser accepts.
    pub(super) fn for_browser<'a>(&self, accept: impl Iterator<Item = &'a HeaderValue>) -> &Representation {
        let of = |encoding: Encoding| self.compressed.iter().find(|found| found.encoding == Some(encoding));
        accepted(accept).into_iter().find_map(of).unwrap_or(&self.plain)
    }
}

impl Representation {
    fn new(encoding: Option<Encoding>, body: Bytes) -> Self {
        let hash = HEXLOWER.encode(&Sha256::digest(&body));
        let tag = format!("\"{}\"", hash.get(..32).unwrap_or(&hash));
        let tag = HeaderValue::from_str(&tag).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
        Self { encoding, tag, body }
    }

    /// Whether `If-None-Match` names this representation.
    pub(super) fn has_tag(&self, named: &HeaderValue) -> bool {
        let named = named.to_str().unwrap_or_default().split(',').map(str::trim);
        let own = self.tag.to_str().unwrap_or_default();
        named.map(|tag| tag.strip_prefix("W/").unwrap_or(tag)).any(|tag| tag == "*" || tag == own)
    }
}

#[expect(clippy::cast_precision_loss, reason = "files are smaller than 2^52 bytes")]
fn is_worth_it(compressed: &[u8], plain: &[u8]) -> bool {
    (compressed.len() as f64) < plain.len() as f64 * WORTH_IT
}

fn compress(encoding: Encoding, plain: &[u8]) -> io::Result<Vec<u8>> {
    match encoding {
        Encoding::Brotli => {
            let mut compressed = Vec::new();
            let settings = brotli::enc::BrotliEncoderParams {
                quality: BROTLI_LEVEL,
                lgwin: BROTLI_WINDOW,
                size_hint: plain.len(),
                ..Default::default()
            };
            brotli::BrotliCompress(&mut &*plain, &mut compressed, &settings)?;
            Ok(compressed)
        }
        Encoding::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(plain)?;
            encoder.finish()
        }
    }
}

fn content_type(path: &str) -> HeaderValue {
    let guess = mime_guess::from_path(path).first_or_octet_stream();
    let text = if guess.type_() == "text" { format!("{guess}; charset=utf-8") } else { guess.to_string() };
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn chosen<'a>(file: &'a StaticFile, accept: &'static str) -> &'a Representation {
        file.for_browser(std::iter::once(&HeaderValue::from_static(accept)))
    }

    #[test]
    fn every_representation_is_the_same_file_under_a_tag_of_its_own() {
        let text = "body { margin: 0 }\n".repeat(200);
        let file = StaticFile::new("app.css", text.clone().into_bytes().into());
        let (plain, brotli, gzip) = (chosen(&file, ""), chosen(&file, "br"), chosen(&file, "gzip"));
        assert_eq!(plain.body, text.as_bytes());
        let mut unpacked = String::new();
        brotli::Decompressor::new(&*brotli.body, 4096).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, text);
        unpacked.clear();
        flate2::read::GzDecoder::new(&*gzip.body).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, text);
        let tags: std::collections::HashSet<_> =
            [plain, brotli, gzip].iter().map(|found| &found.tag).collect();
        assert_eq!(tags.len(), 3);
    }

    #[test]
    fn what_hardly_gets_smaller_is_sent_as_it_is() {
        let noise: Vec<u8> = (0_u32..500).flat_map(|n| Sha256::digest(n.to_le_bytes()).to_vec()).collect();
        let file = StaticFile::new("fonts/figtree.woff2", noise.into());
        assert!(!file.is_compressed() && chosen(&file, "br, gzip").encoding.is_none());
        assert_eq!(file.content_type, "font/woff2");
    }

    #[test]
    fn a_tag_is_found_among_several() {
        let file = StaticFile::new("a.txt", Cow::Borrowed(b"a"));
        let tag = chosen(&file, "").tag.to_str().unwrap().to_owned();
        for named in [tag.clone(), format!("W/{tag}"), format!("\"b\", {tag}"), "*".to_owned()] {
            assert!(chosen(&file, "").has_tag(&HeaderValue::from_str(&named).unwrap()), "{named}");
        }
        for other in ["", "\"b\"", tag.trim_matches('"')] {
            assert!(!chosen(&file, "").has_tag(&HeaderValue::from_str(other).unwrap()), "{other}");
        }
    }
}
