//! Draws an address as a QR code, large enough for a phone at a distance.

use qrcode::QrCode;
use qrcode::render::svg;

use crate::platform::fault::Fault;

/// Returns SVG without scripts: black on white, with a quiet zone.
///
/// The address must not contain the user code: scanning alone must link nothing
/// (docs/games.md#linking-on-a-tv-or-console).
pub fn qr(address: &str) -> Result<String, Fault> {
    let code = QrCode::new(address).map_err(|error| Fault::broken("drawing a QR code", error))?;
    Ok(code
        .render::<svg::Color<'_>>()
        .min_dimensions(200, 200)
        .quiet_zone(true)
        .dark_color(svg::Color("#000000"))
        .light_color(svg::Color("#ffffff"))
        .build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_black_on_white_and_holds_nothing_that_runs() {
        let picture = qr("https://amazon.com/us/code").unwrap();
        assert!(picture.contains("<svg") && picture.contains("#000000") && picture.contains("#ffffff"));
        assert!(!picture.contains("<script") && !picture.contains("href"));
    }
}
