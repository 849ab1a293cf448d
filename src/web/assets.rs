//! Style sheets, scripts, fonts and pictures: embedded in the program, and cached without end.
//!
//! The path holds one hash over all of them, so relative references inside style sheets and modules need no
//! rewriting. A path with another hash (from a page of another release) is answered too, with `no-cache`.

mod accept_encoding;
mod representations;
mod script_bundle;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use data_encoding::HEXLOWER;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::web::assets::representations::StaticFile;
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

/// The style sheet in one file, under this path.
const STYLE_SHEET: &str = "app.css";

/// The script and the modules it imports in one file, under the path of the script.
const SCRIPT: &str = "js/app.js";

/// Every file by its path, compressed once.
static FILES: LazyLock<HashMap<String, StaticFile>> = LazyLock::new(|| {
    let styles = STYLES.iter().filter_map(|name| text_of(&format!("css/{name}.css"))).collect::<String>();
    let script = script_bundle::bundle(SCRIPT, text_of);
    let of_itself = |path: &str| match path {
        STYLE_SHEET => Some(styles.clone().into_bytes().into()),
        SCRIPT => Some(script.clone().into_bytes().into()),
        path => Some(StaticFiles::get(path)?.data),
    };
    let paths = StaticFiles::iter().map(Cow::into_owned).chain([STYLE_SHEET.to_owned()]);
    paths.filter_map(|path| Some((path.clone(), StaticFile::new(&path, of_itself(&path)?)))).collect()
});

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for path in StaticFiles::iter() {
        hash.update(path.as_bytes());
        hash.update(StaticFiles::get(&path).map(|file| file.metadata.sha256_hash()).unwrap_or_default());
    }
    // What is made of them may change without them.
    hash.update(STYLES.join(" "));
    hash.update(script_bundle::bundle(SCRIPT, text_of));
    HEXLOWER.encode(&hash.finalize()).chars().take(16).collect()
});

fn text_of(path: &str) -> Option<String> {
    Some(String::from_utf8_lossy(&StaticFiles::get(path)?.data).into_owned())
}

/// Compresses the files beside the start, so that no request waits for it.
pub fn prepare() {
    std::thread::spawn(|| LazyLock::force(&FILES));
}

/// The path of a static file. `app.css` is all style sheets in one, `js/app.js` all modules.
pub fn url(path: &str) -> String {
    ["/static/", VERSION.as_str(), "/", path].concat()
}

/// `GET /static/{version}/{path}`, compressed as the browser accepts it.
pub async fn serve(request: HttpRequest, path_parameters: web::Path<(String, String)>) -> PageResult {
    let (version, path) = path_parameters.into_inner();
    let file = FILES.get(&path).ok_or(PageError::NotFound)?;
    let chosen = file.for_browser(request.headers().get_all(ACCEPT_ENCODING));
    let is_known = request.headers().get_all(IF_NONE_MATCH).any(|tags| chosen.has_tag(tags));
    let kept = if version == *VERSION { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = HttpResponse::build(if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    response.insert_header((CACHE_CONTROL, kept)).insert_header((ETAG, chosen.tag.clone()));
    if file.is_compressed() {
        response.insert_header((VARY, ACCEPT_ENCODING.as_str()));
    }
    if is_known {
        return Ok(response.finish());
    }
    if let Some(encoding) = chosen.encoding {
        response.insert_header((CONTENT_ENCODING, encoding.as_str()));
    }
    Ok(response.insert_header((CONTENT_TYPE, file.content_type.clone())).body(chosen.body.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the bundle does not understand would stay in it, and browsers would refuse all of it.
    #[test]
    fn the_script_needs_no_other_file() {
        let script = script_bundle::bundle(SCRIPT, text_of);
        let left = script.lines().filter(|line| line.starts_with("import ") || line.starts_with("export "));
        assert_eq!(left.collect::<Vec<_>>(), Vec::<&str>::new());
        assert!(script.contains("function localTime(") && script.contains("querySelectorAll"));
    }

    #[test]
    fn every_part_of_the_style_sheet_exists() {
        for name in STYLES {
            assert!(StaticFiles::get(&format!("css/{name}.css")).is_some(), "{name}");
        }
        assert!(FILES[STYLE_SHEET].is_compressed());
    }
}
