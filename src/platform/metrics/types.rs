//! The metric types, each with one operation for the code that counts.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

use crate::platform::text_enum::TextEnum;

/// A label value: a word of an enum, or text that can only come from the source.
pub trait LabelValue: Copy + 'static {
    /// All values, if they can be listed: their series start at zero.
    const ALL: &'static [Self];

    fn label(self) -> &'static str;
}

impl<E: TextEnum> LabelValue for E {
    const ALL: &'static [Self] = E::ALL;

    fn label(self) -> &'static str {
        self.as_str()
    }
}

impl LabelValue for &'static str {
    const ALL: &'static [Self] = &[];

    fn label(self) -> &'static str {
        self
    }
}

pub(super) type LabelSet = Vec<(&'static str, Cow<'static, str>)>;

fn label_set(label: &'static str, value: &'static str) -> LabelSet {
    vec![(label, Cow::Borrowed(value))]
}

/// A counter without labels.
#[derive(Default)]
pub struct SimpleCounter(pub(super) Counter);

impl SimpleCounter {
    pub fn add(&self) {
        self.0.inc();
    }

    /// Raises the counter to a count that is kept elsewhere.
    pub fn raise_to(&self, count: u64) {
        self.0.inner().fetch_max(count, Ordering::Relaxed);
    }
}

/// A counter with one label.
pub struct CounterVec<V> {
    label: &'static str,
    pub(super) family: Family<LabelSet, Counter>,
    values: PhantomData<V>,
}

impl<V: LabelValue> CounterVec<V> {
    pub(super) fn new(label: &'static str) -> Self {
        let counts = Self { label, family: Family::default(), values: PhantomData };
        for value in V::ALL {
            counts.add_many(*value, 0);
        }
        counts
    }

    pub fn add(&self, value: V) {
        self.add_many(value, 1);
    }

    /// Begins the series of values that only their owner can list at zero, so that the first event is an increase.
    pub fn begin(&self, values: impl IntoIterator<Item = V>) {
        for value in values {
            self.add_many(value, 0);
        }
    }

    pub fn add_many(&self, value: V, many: usize) {
        let many = u64::try_from(many).unwrap_or(u64::MAX);
        self.family.get_or_create(&label_set(self.label, value.label())).inc_by(many);
    }

    /// The count since the start.
    #[cfg(feature = "test-support")]
    pub fn so_far(&self, value: V) -> u64 {
        self.family.get_or_create(&label_set(self.label, value.label())).get()
    }
}

/// A counter with several labels, or with one whose values come from the settings.
///
/// Only this folder uses it, and each use explains why its values are few.
pub(super) struct CounterTable {
    labels: &'static [&'static str],
    pub(super) family: Family<LabelSet, Counter>,
}

impl CounterTable {
    pub(super) fn new(labels: &'static [&'static str]) -> Self {
        Self { labels, family: Family::default() }
    }

    pub(super) fn add<const N: usize>(&self, values: [Cow<'static, str>; N]) {
        self.add_many(values, 1);
    }

    /// Begins a series at zero, so that its first event is an increase.
    pub(super) fn begin<const N: usize>(&self, values: [Cow<'static, str>; N]) {
        self.add_many(values, 0);
    }

    fn add_many<const N: usize>(&self, values: [Cow<'static, str>; N], many: u64) {
        let labels: LabelSet = self.labels.iter().copied().zip(values).collect();
        self.family.get_or_create(&labels).inc_by(many);
    }
}

/// A current number of something.
#[derive(Clone, Default)]
pub struct PlainGauge(pub(super) Gauge);

impl PlainGauge {
    pub fn set(&self, level: usize) {
        self.0.set(i64::try_from(level).unwrap_or(i64::MAX));
    }

    /// Adds one until the returned guard is dropped.
    pub fn hold(&self) -> GaugeGuard {
        self.0.inc();
        GaugeGuard(self.clone())
    }
}

/// Counts as one of a [`PlainGauge`] until dropped.
#[must_use = "it counts only while it is held"]
pub struct GaugeGuard(PlainGauge);

impl Drop for GaugeGuard {
    fn drop(&mut self) {
        self.0.0.dec();
    }
}

/// A current number of seconds: an age, or an instant since 1970.
#[derive(Default)]
pub struct AgeGauge(pub(super) Gauge<f64, AtomicU64>);

impl AgeGauge {
    pub fn set(&self, seconds: f64) {
        self.0.set(seconds);
    }
}

/// An [`AgeGauge`] for each value of a label.
pub(super) struct AgeGaugeVec {
    label: &'static str,
    pub(super) family: Family<LabelSet, Gauge<f64, AtomicU64>>,
}

impl AgeGaugeVec {
    pub(super) fn new(label: &'static str) -> Self {
        Self { label, family: Family::default() }
    }

    pub(super) fn set(&self, value: &'static str, seconds: f64) {
        self.family.get_or_create(&label_set(self.label, value)).set(seconds);
    }
}

/// One state out of several: its series is 1, the others are 0.
pub struct StateSet<V> {
    label: &'static str,
    pub(super) family: Family<LabelSet, Gauge>,
    values: PhantomData<V>,
}

impl<V: LabelValue> StateSet<V> {
    /// The initial state is the first of the list.
    pub(super) fn new(label: &'static str) -> Self {
        let states = Self { label, family: Family::default(), values: PhantomData };
        V::ALL.first().into_iter().for_each(|first| states.set(*first));
        states
    }

    pub fn set(&self, state: V) {
        for value in V::ALL {
            let is_on = value.label() == state.label();
            self.family.get_or_create(&label_set(self.label, value.label())).set(i64::from(is_on));
        }
    }
}

/// A histogram of durations with at most one label.
pub struct LabelledHistogram<V> {
    label: Option<&'static str>,
    pub(super) family: Family<LabelSet, Histogram, fn() -> Histogram>,
    values: PhantomData<V>,
}

/// A histogram of durations without labels.
pub type SecondsHistogram = LabelledHistogram<()>;

impl<V> LabelledHistogram<V> {
    pub(super) fn new(label: Option<&'static str>) -> Self {
        Self { label, family: Family::new_with_constructor(histogram), values: PhantomData }
    }

    /// For label values that come from the settings; see [`CounterTable`].
    pub(super) fn observe_at(&self, value: Cow<'static, str>, took: Duration) {
        let labels: LabelSet = self.label.map(|label| (label, value)).into_iter().collect();
        self.family.get_or_create(&labels).observe(took.as_secs_f64());
    }
}

impl<V: LabelValue> LabelledHistogram<V> {
    pub fn observe(&self, value: V, took: Duration) {
        self.observe_at(value.label().into(), took);
    }
}

impl SecondsHistogram {
    pub fn took(&self, took: Duration) {
        self.observe_at(Cow::Borrowed(""), took);
    }
}

/// Buckets from a fast database query to a slow call to Amazon, in seconds.
fn histogram() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0])
}
