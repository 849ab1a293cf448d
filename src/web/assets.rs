//! Style sheets, scripts, fonts and pictures: embedded in the program, and cached without end.
//!
//! The path holds one hash over all of them, so relative references inside style sheets and modules need no
//! rewriting. A path with another hash (from a page of another release) is answered too, with `no-cache`.

use std::borrow::Cow;
use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use data_encoding::HEXLOWER;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::web::error::PageError;
use crate::web::responses::PageResult;

#[derive(RustEmbed)]
#[folder = "static/"]
struct StaticFiles;

/// The parts of the style sheet, in the order of the cascade.
const STYLES: [&str; 19] = [
    "tokens",
    "reset",
    "base",
    "layout",
    "joint-shapes",
    "entrance",
    "joint",
    "joint-stacked",
    "buttons",
    "forms",
    "notices",
    "facts",
    "lists",
    "pages",
    "history",
    "desk",
    "utilities",
    "contrast",
    "print",
];

static STYLE_SHEET: LazyLock<String> = LazyLock::new(|| {
    STYLES
        .iter()
        .filter_map(|name| StaticFiles::get(&format!("css/{name}.css")))
        .map(|file| String::from_utf8_lossy(&file.data).into_owned())
        .collect()
});

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for path in StaticFiles::iter() {
        hash.update(path.as_bytes());
        hash.update(StaticFiles::get(&path).map(|file| file.metadata.sha256_hash()).unwrap_or_default());
    }
    HEXLOWER.encode(&hash.finalize()).chars().take(16).collect()
});

/// The path of a static file. `app.css` is all style sheets in one.
pub fn url(path: &str) -> String {
    format!("/static/{}/{path}", *VERSION)
}

/// `GET /static/{version}/{path}`.
pub async fn serve(path_parameters: web::Path<(String, String)>) -> PageResult {
    let (version, path) = path_parameters.into_inner();
    let content: Cow<'static, [u8]> = match path.as_str() {
        "app.css" => Cow::Borrowed(STYLE_SHEET.as_bytes()),
        _ => StaticFiles::get(&path).ok_or(PageError::NotFound)?.data,
    };
    let kept = if version == *VERSION { "public, max-age=31536000, immutable" } else { "no-cache" };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, content_type(&path)))
        .insert_header((CACHE_CONTROL, kept))
        .body(content.into_owned()))
}

fn content_type(path: &str) -> String {
    let guess = mime_guess::from_path(path).first_or_octet_stream();
    if guess.type_() == "text" { format!("{guess}; charset=utf-8") } else { guess.to_string() }
}
