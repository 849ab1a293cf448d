//! What is printed: ratios, each over its rounds, with the aim where there is one.

/// What a ratio should be.
#[derive(Clone, Copy)]
pub enum Aim {
    AtLeast(f64),
    AtMost(f64),
    None,
}

/// The ratios on one database.
pub struct Report {
    database: &'static str,
    ratios: Vec<(&'static str, Aim, Vec<f64>)>,
}

impl Report {
    pub fn of(database: &'static str) -> Self {
        Self { database, ratios: Vec::new() }
    }

    pub fn database(&self) -> &'static str {
        self.database
    }

    /// Notes one ratio, of every round.
    pub fn add(&mut self, name: &'static str, aim: Aim, mut rounds: Vec<f64>) {
        rounds.sort_by(f64::total_cmp);
        println!("  {}: {name}: {rounds:.2?}", self.database);
        self.ratios.push((name, aim, rounds));
    }

    pub fn print(&self) {
        println!("\n{}\n{:>8} {:>8} {:>8}  {:<14}", self.database, "min", "median", "max", "aim");
        for (name, aim, rounds) in &self.ratios {
            let (min, median, max) = (rounds[0], rounds[rounds.len() / 2], rounds[rounds.len() - 1]);
            println!("{min:>8.2} {median:>8.2} {max:>8.2}  {:<14} {name}", aim.judge(median));
        }
        println!();
    }
}

impl Aim {
    fn judge(self, median: f64) -> String {
        let (sign, bound, is_met) = match self {
            Self::AtLeast(bound) => ('≥', bound, median >= bound),
            Self::AtMost(bound) => ('≤', bound, median <= bound),
            Self::None => return String::new(),
        };
        format!("{sign} {bound:.2} {}", if is_met { "met" } else { "MISSED" })
    }
}

/// What the machine is, and how busy others keep it.
pub fn headline() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("{cores} cores, load before the run {}", load.split(' ').next().unwrap_or("unknown"));
}

/// A database that could not be measured is said aloud.
pub fn skipped(database: &str, why: &str) {
    println!("\n!!! {database} WAS NOT MEASURED: {why}\n");
}
