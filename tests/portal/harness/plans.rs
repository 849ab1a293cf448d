//! Query plans of the statements that a portal sends.

use std::sync::{Arc, Barrier, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use diesel::connection::{Connection, InstrumentationEvent};
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use dovetail::testing::app::{App, CONNECTIONS};
use dovetail::testing::platform::db::Conn;
use futures_util::future::join_all;

/// Records every statement of one portal.
pub struct Overheard(Arc<Mutex<Vec<String>>>);

impl Overheard {
    /// Starts to record, on every connection that the portal may use.
    pub async fn at(app: &App) -> Self {
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        // All at once, so that each of them is another connection.
        let together = Arc::new(Barrier::new(CONNECTIONS as usize));
        let connections = (0..CONNECTIONS).map(|_| {
            let (heard, together) = (Arc::clone(&heard), Arc::clone(&together));
            app.db.read(move |connection| {
                together.wait();
                connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                    if let InstrumentationEvent::StartQuery { query, .. } = event {
                        heard.lock().unwrap_or_else(PoisonError::into_inner).push(query.to_string());
                    }
                });
                Ok(())
            })
        });
        for done in join_all(connections).await {
            done.unwrap();
        }
        Self(heard)
    }

    /// The statements about one of these tables since the last call.
    pub fn questions_about(&self, tables: &[&str]) -> Vec<String> {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_about = |statement: &str| {
            statement.starts_with("SELECT") && tables.iter().any(|table| statement.contains(&quoted(table)))
        };
        heard.drain(..).map(|statement| statement.replace('`', "\"")).filter(|of| is_about(of)).collect()
    }
}

/// The plan of a statement, one line a step.
pub fn plan_of(conn: &mut Conn, question: &str) -> Vec<String> {
    let (statement, binds) = question.split_once(" -- binds: ").unwrap_or((question, "[]"));
    match conn {
        Conn::Sqlite(conn) => {
            let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(conn).unwrap();
            steps.into_iter().map(|step| step.detail).collect()
        }
        Conn::Postgres(conn) => {
            let statement = filled(statement, binds);
            let lines: Vec<Line> = sql_query(format!("EXPLAIN {statement}")).load(conn).unwrap();
            lines.into_iter().map(|line| line.line).collect()
        }
    }
}

/// The steps that scan one of these tables completely.
pub fn scans(plan: &[String], tables: &[&str]) -> Vec<String> {
    let reads_all = |step: &&String| {
        let table = step.trim_start().trim_start_matches("-> ").trim_start();
        let table = table.strip_prefix("Parallel ").unwrap_or(table);
        let table = table.strip_prefix("Seq Scan on ").or(table.strip_prefix("SCAN "));
        table.is_some_and(|table| tables.iter().any(|known| table.split(' ').next() == Some(known)))
    };
    plan.iter().filter(reads_all).cloned().collect()
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

fn quoted(table: &str) -> String {
    format!("\"{table}\"")
}

/// The statement with its values filled in, because PostgreSQL plans for the values.
fn filled(statement: &str, binds: &str) -> String {
    // Ids are printed with the name of their type, and times without quotes.
    let binds = binds.replace("PlayerId(", "").replace("\")", "\"");
    let binds = with_quoted_instants(&binds);
    let values: Vec<serde_json::Value> =
        serde_json::from_str(&binds).unwrap_or_else(|error| panic!("{binds}: {error}"));
    let mut statement = statement.to_owned();
    for (number, value) in values.iter().enumerate().rev() {
        statement = statement.replace(&format!("${}", number + 1), &literal(value));
    }
    statement
}

fn with_quoted_instants(binds: &str) -> String {
    let is_instant = |piece: &str| piece.ends_with('Z') && piece.parse::<DateTime<Utc>>().is_ok();
    let quoted = |piece: &str| if is_instant(piece) { format!("\"{piece}\"") } else { piece.to_owned() };
    let inner = binds.strip_prefix('[').and_then(|binds| binds.strip_suffix(']')).unwrap_or(binds);
    format!("[{}]", inner.split(", ").map(quoted).collect::<Vec<_>>().join(", "))
}

fn literal(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => format!("'{}'", text.replace('\'', "''")),
        serde_json::Value::Array(values) => {
            format!("ARRAY[{}]", values.iter().map(literal).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
