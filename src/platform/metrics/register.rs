//! Gives each metric its name, and keeps the list of them for the README.

use prometheus_client::registry::{Metric, Registry};

use super::types::{Age, Ages, Count, Counts, Level, OneOf, Seconds, Table, Timings, Word};

/// One metric, as the README's table shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// As it is scraped.
    pub name: String,
    pub kind: &'static str,
    pub labels: Vec<&'static str>,
    pub help: &'static str,
}

impl Described {
    /// Its row of the README's table.
    pub fn row(&self) -> String {
        let labels: Vec<String> = self.labels.iter().map(|label| format!("`{label}`")).collect();
        format!("| `{}` | {} | {} | {} |", self.name, self.kind, labels.join(" "), self.help)
    }
}

#[derive(Default)]
pub(super) struct Register {
    pub(super) registry: Registry,
    pub(super) described: Vec<Described>,
}

impl Register {
    pub(super) fn count(&mut self, name: &str, help: &'static str) -> Count {
        let count = Count::default();
        self.counter(name, &[], help, count.0.clone());
        count
    }

    pub(super) fn counts<W: Word>(
        &mut self,
        name: &str,
        label: &'static str,
        help: &'static str,
    ) -> Counts<W> {
        let counts = Counts::new(label);
        self.counter(name, &[label], help, counts.family.clone());
        counts
    }

    pub(super) fn table(&mut self, name: &str, labels: &'static [&'static str], help: &'static str) -> Table {
        let table = Table::new(labels);
        self.counter(name, labels, help, table.family.clone());
        table
    }

    pub(super) fn level(&mut self, name: &str, help: &'static str) -> Level {
        let level = Level::default();
        self.add(name, "gauge", &[], help, level.0.clone());
        level
    }

    pub(super) fn age(&mut self, name: &str, help: &'static str) -> Age {
        let age = Age::default();
        self.add(name, "gauge", &[], help, age.0.clone());
        age
    }

    pub(super) fn ages(&mut self, name: &str, label: &'static str, help: &'static str) -> Ages {
        let ages = Ages::new(label);
        self.add(name, "gauge", &[label], help, ages.family.clone());
        ages
    }

    pub(super) fn one_of<W: Word>(
        &mut self,
        name: &str,
        label: &'static str,
        help: &'static str,
    ) -> OneOf<W> {
        let state = OneOf::new(label);
        self.add(name, "gauge", &[label], help, state.family.clone());
        state
    }

    pub(super) fn seconds(&mut self, name: &str, help: &'static str) -> Seconds {
        let seconds = Timings::new(None);
        self.add(name, "histogram", &[], help, seconds.family.clone());
        seconds
    }

    pub(super) fn timings<W>(&mut self, name: &str, label: &'static str, help: &'static str) -> Timings<W> {
        let timings = Timings::new(Some(label));
        self.add(name, "histogram", &[label], help, timings.family.clone());
        timings
    }

    /// What runs here: a metric that is always 1, and says so in its labels.
    pub(super) fn info(&mut self, name: &str, labels: [(&'static str, &'static str); 2], help: &'static str) {
        let names: Vec<&'static str> = labels.iter().map(|(name, _)| *name).collect();
        self.describe(format!("dovetail_{name}_info"), "info", &names, help);
        let info = prometheus_client::metrics::info::Info::new(labels);
        self.registry.register(format!("dovetail_{name}"), help, info);
    }

    /// A gauge by the name that every process has for it.
    pub(super) fn unprefixed(&mut self, name: &'static str, help: &'static str) -> Age {
        let age = Age::default();
        self.describe(name.to_owned(), "gauge", &[], help);
        self.registry.register(name, help, age.0.clone());
        age
    }

    /// The library ends a counter's name in `_total`.
    fn counter(&mut self, name: &str, labels: &[&'static str], help: &'static str, metric: impl Metric) {
        self.describe(format!("dovetail_{name}_total"), "counter", labels, help);
        self.registry.register(format!("dovetail_{name}"), help, metric);
    }

    fn add(
        &mut self,
        name: &str,
        kind: &'static str,
        labels: &[&'static str],
        help: &'static str,
        metric: impl Metric,
    ) {
        let name = format!("dovetail_{name}");
        self.describe(name.clone(), kind, labels, help);
        self.registry.register(name, help, metric);
    }

    fn describe(&mut self, name: String, kind: &'static str, labels: &[&'static str], help: &'static str) {
        self.described.push(Described { name, kind, labels: labels.to_vec(), help });
    }
}
