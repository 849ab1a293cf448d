//! Registers each metric under its name, and lists it for `docs/metrics.md`.

use prometheus_client::registry::{Metric, Registry};

use super::types::{
    AgeGauge, AgeGaugeVec, CounterTable, CounterVec, LabelValue, LabelledHistogram, PlainGauge,
    SecondsHistogram, SimpleCounter, StateSet,
};

/// One metric, as the table in `docs/metrics.md` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricDescription {
    /// The name as it is scraped.
    pub name: String,
    pub kind: &'static str,
    pub labels: Vec<&'static str>,
    pub help: &'static str,
}

#[cfg(feature = "test-support")]
impl MetricDescription {
    /// The metric's row of the table in `docs/metrics.md`.
    pub fn row(&self) -> String {
        let labels: Vec<String> = self.labels.iter().map(|label| format!("`{label}`")).collect();
        format!("| `{}` | {} | {} | {} |", self.name, self.kind, labels.join(" "), self.help)
    }
}

#[derive(Default)]
pub(super) struct MetricRegistry {
    pub(super) registry: Registry,
    pub(super) described: Vec<MetricDescription>,
}

impl MetricRegistry {
    pub(super) fn count(&mut self, name: &str, help: &'static str) -> SimpleCounter {
        let count = SimpleCounter::default();
        self.counter(name, &[], help, count.0.clone());
        count
    }

    pub(super) fn counts<V: LabelValue>(
        &mut self,
        name: &str,
        label: &'static str,
        help: &'static str,
    ) -> CounterVec<V> {
        let counts = CounterVec::new(label);
        self.counter(name, &[label], help, counts.family.clone());
        counts
    }

    pub(super) fn table(
        &mut self,
        name: &str,
        labels: &'static [&'static str],
        help: &'static str,
    ) -> CounterTable {
        let table = CounterTable::new(labels);
        self.counter(name, labels, help, table.family.clone());
        table
    }

    pub(super) fn level(&mut self, name: &str, help: &'static str) -> PlainGauge {
        let level = PlainGauge::default();
        self.add(name, "gauge", &[], help, level.0.clone());
        level
    }

    pub(super) fn age(&mut self, name: &str, help: &'static str) -> AgeGauge {
        let age = AgeGauge::default();
        self.add(name, "gauge", &[], help, age.0.clone());
        age
    }

    pub(super) fn ages(&mut self, name: &str, label: &'static str, help: &'static str) -> AgeGaugeVec {
        let ages = AgeGaugeVec::new(label);
        self.add(name, "gauge", &[label], help, ages.family.clone());
        ages
    }

    pub(super) fn one_of<V: LabelValue>(
        &mut self,
        name: &str,
        label: &'static str,
        help: &'static str,
    ) -> StateSet<V> {
        let state = StateSet::new(label);
        self.add(name, "gauge", &[label], help, state.family.clone());
        state
    }

    pub(super) fn seconds(&mut self, name: &str, help: &'static str) -> SecondsHistogram {
        let seconds = LabelledHistogram::new(None);
        self.add(name, "histogram", &[], help, seconds.family.clone());
        seconds
    }

    pub(super) fn timings<W>(
        &mut self,
        name: &str,
        label: &'static str,
        help: &'static str,
    ) -> LabelledHistogram<W> {
        let timings = LabelledHistogram::new(Some(label));
        self.add(name, "histogram", &[label], help, timings.family.clone());
        timings
    }

    /// A metric that is always 1 and describes this program in its labels.
    pub(super) fn info(&mut self, name: &str, labels: [(&'static str, &'static str); 2], help: &'static str) {
        let names: Vec<&'static str> = labels.iter().map(|(name, _)| *name).collect();
        self.describe(format!("dovetail_{name}_info"), "info", &names, help);
        let info = prometheus_client::metrics::info::Info::new(labels);
        self.registry.register(format!("dovetail_{name}"), help, info);
    }

    /// A gauge with a conventional name, without the `dovetail_` prefix.
    pub(super) fn unprefixed(&mut self, name: &'static str, help: &'static str) -> AgeGauge {
        let age = AgeGauge::default();
        self.describe(name.to_owned(), "gauge", &[], help);
        self.registry.register(name, help, age.0.clone());
        age
    }

    /// Registers a counter; the library appends `_total` to its name.
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
        self.described.push(MetricDescription { name, kind, labels: labels.to_vec(), help });
    }
}
