//! Checks each WebSocket frame by its header, before its payload is buffered (S81).
//!
//! The WebSocket library compares a frame's length with the limit only after the whole frame has arrived. It
//! buffers all bytes until then. This module therefore reads the headers while the bytes pass to the library.

/// The largest payload of a control frame, in bytes (RFC 6455 §5.5).
const LARGEST_CONTROL: u8 = 125;

/// Length codes that announce a longer length field (RFC 6455 §5.2).
const LENGTH_IN_TWO_BYTES: u8 = 126;
const LENGTH_IN_EIGHT_BYTES: u8 = 127;

const MASK_LENGTH: usize = 4;

/// Why reading from a connection stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::games) enum FrameRefusal {
    /// A header announces more bytes than a message may have.
    TooLarge,
    /// A header breaks the protocol.
    Broken,
}

/// Parses the frame headers of one connection.
#[derive(Default)]
pub(in crate::games) struct FrameHeaders {
    /// The bytes of a header that is still incomplete, 14 at most.
    partial_header: Vec<u8>,
    /// Bytes of the current payload that are still to come.
    payload_left: u64,
    /// Bytes of the current message in its finished frames.
    message_length: u64,
}

impl FrameHeaders {
    /// Parses `bytes` as they arrive, where one message may have `limit` bytes.
    pub fn check(&mut self, mut bytes: &[u8], limit: usize) -> Result<(), FrameRefusal> {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        while let Some((first, rest)) = bytes.split_first() {
            if self.payload_left > 0 {
                let skipped =
                    usize::try_from(self.payload_left).map_or(bytes.len(), |left| left.min(bytes.len()));
                self.payload_left -= skipped as u64;
                bytes = bytes.get(skipped..).unwrap_or_default();
                continue;
            }
            self.partial_header.push(*first);
            bytes = rest;
            if let Some(length) = self.read_header(limit)? {
                self.partial_header.clear();
                self.payload_left = length;
            }
        }
        Ok(())
    }

    /// Returns the payload's length once the header is complete.
    ///
    /// An invalid header is refused as early as possible.
    fn read_header(&mut self, limit: u64) -> Result<Option<u64>, FrameRefusal> {
        let [first, second, rest @ ..] = self.partial_header.as_slice() else { return Ok(None) };
        let (is_final, is_reserved) = (first & 0x80 != 0, first & 0x70 != 0);
        let opcode = first & 0x0f;
        let (is_control, is_continuation) = (opcode >= 0x08, opcode == 0);
        let (is_masked, short) = (second & 0x80 != 0, second & 0x7f);
        let is_bad_control = is_control && (!is_final || short > LARGEST_CONTROL);
        if is_reserved || !is_masked || is_bad_control {
            return Err(FrameRefusal::Broken);
        }
        let extended = match short {
            LENGTH_IN_TWO_BYTES => 2,
            LENGTH_IN_EIGHT_BYTES => 8,
            _ => 0,
        };
        let Some(length) = rest.get(..extended) else { return Ok(None) };
        let length = match length {
            [] => u64::from(short),
            bytes => bytes.iter().fold(0, |length, byte| length << 8 | u64::from(*byte)),
        };
        let message = if is_continuation { self.message_length.saturating_add(length) } else { length };
        if !is_control && message > limit {
            return Err(FrameRefusal::TooLarge);
        }
        if rest.len() < extended + MASK_LENGTH {
            return Ok(None);
        }
        // Control frames may come between the frames of a message (RFC 6455 §5.4).
        if !is_control {
            self.message_length = message;
        }
        Ok(Some(length))
    }
}
