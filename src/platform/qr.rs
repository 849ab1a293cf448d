//! A QR code as one SVG path, which needs no inline style on the page.

use std::fmt::Write;

use qrcode::{Color, QrCode};
use secrecy::{ExposeSecret, SecretString};

use crate::platform::fault::Fault;

/// The quiet zone around the modules, in modules (ISO/IEC 18004 §6.3.8).
const QUIET: usize = 4;

/// The dark modules as a path in the view box `0 0 size size`.
pub struct QrDrawing {
    pub size: usize,
    pub path: String,
}

impl QrDrawing {
    pub fn of(text: &SecretString) -> Result<Self, Fault> {
        let during = "drawing a QR code";
        let code =
            QrCode::new(text.expose_secret().as_bytes()).map_err(|error| Fault::broken(during, error))?;
        let width = code.width();
        let mut path = String::new();
        for (at, color) in code.to_colors().into_iter().enumerate() {
            if color == Color::Dark {
                let (x, y) = (at % width + QUIET, at / width + QUIET);
                write!(path, "M{x} {y}h1v1h-1z").map_err(|error| Fault::broken(during, error))?;
            }
        }
        Ok(Self { size: width + 2 * QUIET, path })
    }
}
