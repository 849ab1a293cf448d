//! The two text formats of `/metrics`, and which one a scraper asked for.

/// A format in which all metrics are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposition {
    /// `OpenMetrics` 1.0, for those who ask for it by name.
    OpenMetrics,
    /// Prometheus' text format 0.0.4, which every scraper and `promtool check metrics` read.
    PlainText,
}

impl Exposition {
    /// The format that an `Accept` header asks for.
    ///
    /// `*/*` is not a wish for `OpenMetrics`: whoever cannot read it sends that too.
    pub fn asked_for(accept: &str) -> Self {
        let weight_of = |media_type: &str| {
            accept.split(',').filter_map(|part| weight(part, media_type)).fold(0.0, f32::max)
        };
        let wanted = weight_of("application/openmetrics-text");
        if wanted > 0.0 && wanted >= weight_of("text/plain") { Self::OpenMetrics } else { Self::PlainText }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::PlainText => "text/plain; version=0.0.4; charset=utf-8",
        }
    }

    /// Text in the `OpenMetrics` format, in this format.
    pub(super) fn written(self, open_metrics: &str) -> String {
        match self {
            Self::OpenMetrics => open_metrics.to_owned(),
            Self::PlainText => plain_text(open_metrics),
        }
    }
}

/// The weight of a part of an `Accept` header, if it names this media type.
fn weight(part: &str, media_type: &str) -> Option<f32> {
    let mut parameters = part.split(';').map(str::trim);
    let is_named = parameters.next()?.eq_ignore_ascii_case(media_type);
    let weight = parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse::<f32>().unwrap_or(0.0))
    });
    is_named.then(|| weight.unwrap_or(1.0))
}

/// The older format names a counter by its sample, has no type `info` and no end mark.
fn plain_text(open_metrics: &str) -> String {
    let mut types = std::collections::HashMap::new();
    for line in open_metrics.lines() {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
            types.insert(name, kind);
        }
    }
    let mut text = String::with_capacity(open_metrics.len());
    for line in open_metrics.lines() {
        if line == "# EOF" || line.starts_with("# UNIT ") {
            continue;
        }
        let described = ["# HELP ", "# TYPE "]
            .into_iter()
            .find_map(|mark| Some((mark, line.strip_prefix(mark)?.split_once(' ')?)));
        match described {
            Some((mark, (name, rest))) => {
                let (suffix, kind) = match types.get(name) {
                    Some(&"counter") => ("_total", "counter"),
                    Some(&"info") => ("_info", "gauge"),
                    Some(kind) => ("", *kind),
                    None => ("", "untyped"),
                };
                let rest = if mark == "# TYPE " { kind } else { rest };
                text.extend([mark, name, suffix, " ", rest, "\n"]);
            }
            None => text.extend([line, "\n"]),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_metrics_is_for_those_who_name_it() {
        for asked in [
            "application/openmetrics-text",
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            "text/plain;q=0.5, Application/OpenMetrics-Text; Q=0.9",
        ] {
            assert_eq!(Exposition::asked_for(asked), Exposition::OpenMetrics, "{asked}");
        }
        for asked in [
            "",
            "*/*",
            "text/plain",
            "text/plain;version=0.0.4",
            "application/openmetrics-text;q=0",
            "application/openmetrics-text;q=0.2, text/plain;q=0.8",
            "application/openmetrics",
            "text/html, */*;q=0.8",
        ] {
            assert_eq!(Exposition::asked_for(asked), Exposition::PlainText, "{asked}");
        }
    }

    #[test]
    fn the_older_format_has_no_word_that_only_open_metrics_knows() {
        let open = "# HELP a_b What.\n# TYPE a_b counter\na_b_total{x=\"# EOF\"} 0\n# HELP b What runs.\n# TYPE b info\nb_info{v=\"1\"} 1\n# HELP c How.\n# TYPE c histogram\n# UNIT c seconds\nc_sum 0.0\n# EOF\n";
        let plain = "# HELP a_b_total What.\n# TYPE a_b_total counter\na_b_total{x=\"# EOF\"} 0\n# HELP b_info What runs.\n# TYPE b_info gauge\nb_info{v=\"1\"} 1\n# HELP c How.\n# TYPE c histogram\nc_sum 0.0\n";
        assert_eq!(Exposition::PlainText.written(open), plain);
        assert_eq!(Exposition::OpenMetrics.written(open), open);
    }
}
