//! An address as a picture that a phone reads from across a room.

use qrcode::QrCode;
use qrcode::render::svg;

use crate::platform::fault::Fault;

/// Black on white with the quiet zone around it, as SVG without a script. Give it an address without a code: nothing
/// may work by one look at a picture (product §9).
pub fn qr(address: &str) -> Result<String, Fault> {
    let code = QrCode::new(address).map_err(|error| Fault::broken("drawing an address", error))?;
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
