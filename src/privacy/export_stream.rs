//! Writes the export part by part, as indented JSON with the same keys in the same order each time.
//!
//! Each part is one read of at most a page of rows. A long history costs time and no memory, and a slow reader
//! keeps no database connection busy. If the account is erased meanwhile, the file ends early and is not valid
//! JSON.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::{Stream, stream};
use serde::Serialize;

use crate::accounts::players;
use crate::app::App;
use crate::platform::db::UtcTime;
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;
use crate::privacy::sections::{ExportRow, ExportSection, SECTIONS, SectionQuery, SectionReads};

/// The header of the file.
#[derive(Serialize)]
struct ExportHeader<'a> {
    site: &'a str,
    address: &'a str,
    player_id: &'a PlayerId,
    made_at: UtcTime,
    format: u32,
}

/// The parts of the file, each read when it is requested.
pub(super) fn stream_export(
    app: Arc<App>,
    player: PlayerId,
    at: DateTime<Utc>,
) -> impl Stream<Item = Result<String, Fault>> {
    let writer = ExportWriter { app, player, at, position: WriterPosition::Header };
    stream::try_unfold(writer, |writer| async move {
        let id = writer.player.clone();
        let next = writer.next().await;
        if let Err(fault) = &next {
            tracing::warn!(event = "privacy.export.failed", player.id = %id, %fault, "an export failed");
        }
        next
    })
}

struct ExportWriter {
    app: Arc<App>,
    player: PlayerId,
    at: DateTime<Utc>,
    position: WriterPosition,
}

/// How much of the file is written.
enum WriterPosition {
    Header,
    /// In this section, after the row with this id; with `None`, nothing of the section is written yet.
    Section(usize, Option<String>),
    End,
}

impl ExportWriter {
    async fn next(mut self) -> Result<Option<(String, Self)>, Fault> {
        let part = match &self.position {
            WriterPosition::Header => {
                let header = self.header()?;
                self.position = WriterPosition::Section(0, None);
                header
            }
            WriterPosition::Section(number, after) => {
                let Some(section) = SECTIONS.get(*number) else {
                    self.position = WriterPosition::End;
                    return Ok(Some(("\n}\n".to_owned(), self)));
                };
                let (part, position) = self.part(*number, section, after.clone()).await?;
                self.position = position;
                part
            }
            WriterPosition::End => return Ok(None),
        };
        Ok(Some((part, self)))
    }

    fn header(&self) -> Result<String, Fault> {
        let header = ExportHeader {
            site: &self.app.config.site.name,
            address: self.app.config.http.public_url.as_str(),
            player_id: &self.player,
            made_at: self.at.into(),
            format: 1,
        };
        let header = serde_json::to_string_pretty(&header)
            .map_err(|error| Fault::broken("writing an export", error))?;
        Ok(format!("{{\n  \"about\": {}", indented(&header, 2)))
    }

    async fn part(
        &self,
        number: usize,
        section: &'static ExportSection,
        after: Option<String>,
    ) -> Result<(String, WriterPosition), Fault> {
        let (vault, player, last_id) = (Arc::clone(&self.app.vault), self.player.clone(), after.clone());
        let read = self.app.db.read(move |conn| {
            if players::personal_data::account(conn, &player)?.is_none() {
                return Ok(None);
            }
            let query = SectionQuery {
                vault: &vault,
                player: &player,
                after: last_id.as_deref().unwrap_or_default(),
            };
            section.read(conn, &query).map(Some)
        });
        let page = read.await?;
        let page = page.ok_or_else(|| Fault::conflict("writing an export", "the account was erased"))?;
        let key = section.key;
        if matches!(section.reads, SectionReads::One(_)) {
            let object = page.rows.first().map_or_else(|| "null".to_owned(), |row| indented(&row.json, 2));
            return Ok((format!(",\n  \"{key}\": {object}"), WriterPosition::Section(number + 1, None)));
        }
        let mut part = String::new();
        let mut is_first = after.is_none();
        if is_first {
            part = format!(",\n  \"{key}\": [");
        }
        for ExportRow { json, .. } in &page.rows {
            part.push_str(if is_first { "\n    " } else { ",\n    " });
            part.push_str(&indented(json, 4));
            is_first = false;
        }
        if page.has_more {
            let last = page.rows.into_iter().last().map(|row| row.id);
            return Ok((part, WriterPosition::Section(number, last)));
        }
        part.push_str(if is_first { "]" } else { "\n  ]" });
        Ok((part, WriterPosition::Section(number + 1, None)))
    }
}

/// Indents every line but the first. JSON strings contain no raw line break, so texts stay as they are.
fn indented(json: &str, by: usize) -> String {
    json.replace('\n', &format!("\n{:by$}", ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_move_and_texts_do_not() {
        let json = serde_json::to_string_pretty(&serde_json::json!({ "a": "b\nc" })).unwrap();
        assert_eq!(indented(&json, 2), "{\n    \"a\": \"b\\nc\"\n  }");
    }
}
