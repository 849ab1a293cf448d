//! Parses `docs/personal-data.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A column in a table of that page.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub at_rest: String,
    /// The fields of the export with this value; empty if the export leaves it out.
    pub told_at: Vec<String>,
}

/// A database table with personal data of a player.
#[derive(Clone, Debug)]
pub struct Table {
    pub erased: String,
    pub columns: Vec<Column>,
}

/// The parsed page.
pub struct Inventory {
    pub tables: BTreeMap<String, Table>,
    pub nothing: Vec<String>,
}

/// How a column is stored, and why it is not in the export.
const AT_REST: [&str; 4] = ["open", "sealed", "own key", "hash"];
const REASONS: [&str; 6] =
    ["no: secret", "no: whose", "no: folded", "no: work", "no: others", "no: stands in `history`"];

impl Inventory {
    pub fn read() -> Self {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/personal-data.md");
        let text = fs::read_to_string(page).unwrap();
        let mut found = Self { tables: BTreeMap::new(), nothing: Vec::new() };
        for chapter in text.split("\n## ").skip(1) {
            let heading = chapter.lines().next().unwrap();
            let rows = chapter.lines().filter(|line| line.starts_with("| `")).map(cells);
            match heading.strip_prefix('`') {
                Some(table) => {
                    let about = |what: &str| {
                        let line = chapter.lines().find_map(|line| line.strip_prefix(&format!("- {what}: ")));
                        line.unwrap_or_else(|| panic!("{heading} does not say {what}")).to_owned()
                    };
                    for what in ["for", "ground", "read by", "kept"] {
                        assert!(!about(what).is_empty());
                    }
                    let columns = rows.map(|cells| column(&cells)).collect();
                    let table = table.trim_end_matches('`').to_owned();
                    found.tables.insert(table, Table { erased: about("erased"), columns });
                }
                None => found.nothing.extend(rows.map(|cells| cells[0].clone())),
            }
        }
        found
    }

    /// Every field of the export, with its table and column.
    pub fn places(&self) -> impl Iterator<Item = (&str, &Column, &str)> {
        self.tables.iter().flat_map(|(table, known)| {
            let columns = known.columns.iter();
            columns.flat_map(move |column| {
                column.told_at.iter().map(move |place| (table.as_str(), column, place.as_str()))
            })
        })
    }
}

fn cells(line: &str) -> Vec<String> {
    let cells = line.trim_matches('|').split('|').map(str::trim);
    cells.map(|cell| if cell.starts_with("no: ") { cell.to_owned() } else { cell.replace('`', "") }).collect()
}

fn column(cells: &[String]) -> Column {
    let [name, what, at_rest, told] = cells else { panic!("four cells: {cells:?}") };
    assert!(!what.is_empty() && AT_REST.contains(&at_rest.as_str()), "{cells:?}");
    let is_told = !told.starts_with("no: ");
    assert!(is_told || REASONS.contains(&told.as_str()), "{cells:?}");
    let told_at = told.split(", ").filter(|_| is_told).map(str::to_owned).collect();
    Column { name: name.clone(), at_rest: at_rest.clone(), told_at }
}
