//! The measurement as a page to look at: one file, drawn in SVG, without scripts and without anything from elsewhere.

use std::fmt::Write as _;

use quilate::report::{CalibrationBin, ThresholdPoint, Unlinkables};

/// Inner size of a chart and its margins, in pixels.
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 280.0;
const MARGIN: (f64, f64) = (56.0, 44.0);

/// What the page shows.
pub struct Page<'a> {
    /// Head line, such as the names of the files.
    pub title: &'a str,
    /// Words and figures above the charts, in pairs.
    pub figures: &'a [(&'a str, String)],
    pub thresholds: &'a [ThresholdPoint],
    pub calibration: &'a [CalibrationBin],
    pub unlinkables: &'a Unlinkables,
    /// The weight above which records were merged.
    pub threshold: f64,
    /// Kept pairs by weight: lower bound of the bar, all pairs, true ones.
    pub histogram: &'a [(f64, u64, u64)],
}

/// A linear axis.
#[derive(Clone, Copy)]
struct Axis {
    from: f64,
    to: f64,
    length: f64,
}

impl Axis {
    fn place(self, value: f64) -> f64 {
        (value.clamp(self.from, self.to) - self.from) / (self.to - self.from) * self.length
    }
}

/// A frame with axes, into which curves are drawn.
struct Chart {
    x: Axis,
    y: Axis,
    body: String,
    legend: Vec<(&'static str, String)>,
}

impl Chart {
    fn new(x: (f64, f64), y: (f64, f64)) -> Self {
        let axis = |(from, to): (f64, f64), length| Axis {
            from,
            to: if to > from { to } else { from + 1.0 },
            length,
        };
        Self { x: axis(x, WIDTH), y: axis(y, HEIGHT), body: String::new(), legend: Vec::new() }
    }

    fn point(&self, x: f64, y: f64) -> (f64, f64) {
        (MARGIN.0 + self.x.place(x), HEIGHT - self.y.place(y) + 12.0)
    }

    fn curve(&mut self, class: &'static str, label: &str, points: impl Iterator<Item = (f64, f64)>) {
        let mut path = String::new();
        for (x, y) in points {
            let (x, y) = self.point(x, y);
            let _ = write!(path, "{x:.1},{y:.1} ");
        }
        let _ = write!(self.body, r#"<polyline class="{class}" points="{}"/>"#, path.trim_end());
        self.legend.push((class, label.to_owned()));
    }

    fn bar(&mut self, class: &str, (from, to): (f64, f64), value: f64) {
        let ((left, top), (right, bottom)) = (self.point(from, value), self.point(to, self.y.from));
        let (width, height) = ((right - left - 1.0).max(0.5), bottom - top);
        let _ = write!(
            self.body,
            r#"<rect class="{class}" x="{left:.1}" y="{top:.1}" width="{width:.1}" height="{height:.1}"/>"#
        );
    }

    fn dot(&mut self, class: &str, (x, y): (f64, f64), radius: f64, title: &str) {
        let (x, y) = self.point(x, y);
        let _ = write!(
            self.body,
            r#"<circle class="{class}" cx="{x:.1}" cy="{y:.1}" r="{radius:.1}"><title>{title}</title></circle>"#
        );
    }

    /// A vertical line at a value of x; its label stands above the frame, where no curve is.
    fn mark(&mut self, x: f64, label: &str) {
        let ((left, top), (_, bottom)) = (self.point(x, self.y.to), self.point(x, self.y.from));
        let _ = write!(
            self.body,
            r#"<line class="mark" x1="{left:.1}" x2="{left:.1}" y1="{top:.1}" y2="{bottom:.1}"/><text class="x" x="{left:.1}" y="{:.1}">{label}</text>"#,
            top - 3.0
        );
    }

    fn svg(&self, x_label: &str, x_steps: &[f64], y_steps: &[(f64, String)]) -> String {
        let (width, height) = (WIDTH + MARGIN.0 + 16.0, HEIGHT + MARGIN.1 + 12.0);
        let mut out = format!(r#"<svg viewBox="0 0 {width} {height}" role="img">"#);
        for &step in x_steps {
            let ((x, bottom), (_, top)) = (self.point(step, self.y.from), self.point(step, self.y.to));
            let _ = write!(
                out,
                r#"<line class="grid" x1="{x:.1}" x2="{x:.1}" y1="{top:.1}" y2="{bottom:.1}"/><text class="x" x="{x:.1}" y="{:.1}">{step}</text>"#,
                bottom + 16.0
            );
        }
        for (step, label) in y_steps {
            let ((left, y), (right, _)) = (self.point(self.x.from, *step), self.point(self.x.to, *step));
            let _ = write!(
                out,
                r#"<line class="grid" x1="{left:.1}" x2="{right:.1}" y1="{y:.1}" y2="{y:.1}"/><text class="y" x="{:.1}" y="{:.1}">{label}</text>"#,
                left - 6.0,
                y + 4.0
            );
        }
        out.push_str(&self.body);
        let _ = write!(
            out,
            r#"<text class="x" x="{:.1}" y="{:.1}">{x_label}</text></svg>"#,
            MARGIN.0 + WIDTH / 2.0,
            HEIGHT + MARGIN.1 + 8.0
        );
        let keys =
            self.legend.iter().map(|(class, label)| format!(r#"<span class="{class}">{label}</span>"#));
        out + "<p class=\"legend\">" + &keys.collect::<Vec<_>>().join(" ") + "</p>"
    }
}

const WEIGHTS: [f64; 7] = [-10.0, -5.0, 0.0, 5.0, 10.0, 15.0, 20.0];

/// Powers of ten.
const POWERS: [&str; 10] = ["1", "10", "100", "1,000", "10⁴", "10⁵", "10⁶", "10⁷", "10⁸", "10⁹"];

fn shares() -> Vec<(f64, String)> {
    [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| (share, format!("{share}"))).to_vec()
}

impl Page<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let figures: String = self
            .figures
            .iter()
            .map(|(name, value)| format!("<tr><th>{}</th><td>{}</td></tr>", escape(name), escape(value)))
            .collect();
        let charts = [
            ("Pairs by weight", self.weights()),
            ("Precision and recall at each threshold, each pair decided alone", self.curves()),
            ("Calibration: what was said, and what is", self.reliability()),
            ("Unlinkable records: weight with a copy of themselves is below", self.unlinkable()),
        ];
        let charts: String = charts
            .iter()
            .map(|(title, chart)| format!("<section><h2>{title}</h2>{chart}</section>"))
            .collect();
        let title = escape(self.title);
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
             <style>{STYLE}</style></head><body><h1>{title}</h1><table>{figures}</table>{charts}</body></html>\n"
        )
    }

    fn weights(&self) -> String {
        let most = self.histogram.iter().map(|&(_, pairs, _)| pairs).max().unwrap_or(0);
        // Strangers are many more than matches: each power of ten has the same height.
        let height = |pairs: u64| if pairs == 0 { 0.0 } else { (pairs as f64).log10() + 0.2 };
        let mut chart = Chart::new((-10.0, 20.0), (0.0, height(most.max(10))));
        for &(from, pairs, trues) in self.histogram {
            chart.bar("all", (from, from + 1.0), height(pairs));
            chart.bar("true", (from, from + 1.0), height(trues));
        }
        chart.mark(self.threshold, "threshold");
        chart.legend = vec![("all", "kept pairs".to_owned()), ("true", "true ones among them".to_owned())];
        let powers = (0..).zip(POWERS).map(|(power, text)| (f64::from(power) + 0.2, text.to_owned()));
        let powers: Vec<(f64, String)> = powers.filter(|(at, _)| *at <= height(most.max(10))).collect();
        chart.svg("weight in bits", &WEIGHTS, &powers)
    }

    fn curves(&self) -> String {
        let mut chart = Chart::new((-10.0, 20.0), (0.0, 1.0));
        let points =
            |value: fn(&ThresholdPoint) -> f64| self.thresholds.iter().map(move |p| (p.weight, value(p)));
        chart.curve("precision", "precision", points(|point| point.precision));
        chart.curve("recall", "recall", points(|point| point.recall));
        chart.curve("f1", "F1", points(|point| point.f1));
        chart.mark(self.threshold, "threshold");
        chart.svg("threshold in bits", &WEIGHTS, &shares())
    }

    fn reliability(&self) -> String {
        let mut chart = Chart::new((0.0, 1.0), (0.0, 1.0));
        chart.curve("ideal", "as it should be", [(0.0, 0.0), (1.0, 1.0)].into_iter());
        for bin in self.calibration {
            let title =
                format!("{} pairs, predicted {:.3}, observed {:.3}", bin.pairs, bin.predicted, bin.observed);
            let radius = 3.0 + (bin.pairs as f64).log10();
            chart.dot("precision", (bin.predicted, bin.observed), radius, &title);
        }
        chart.svg("predicted probability", &[0.0, 0.25, 0.5, 0.75, 1.0], &shares())
    }

    fn unlinkable(&self) -> String {
        let steps = || (-40..=160).map(|step| f64::from(step) / 4.0);
        let most = self.unlinkables.share(20.0).clamp(0.01, 1.0);
        let mut chart = Chart::new((-10.0, 20.0), (0.0, most));
        let points = steps().map(|weight| (weight, self.unlinkables.share(weight)));
        chart.curve("recall", "share of the records", points.filter(|(weight, _)| *weight <= 20.0));
        chart.mark(self.threshold, "threshold");
        let shares = [0.0, most / 2.0, most].map(|share| (share, format!("{:.1} %", 100.0 * share)));
        chart.svg("threshold in bits", &WEIGHTS, &shares)
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#222}\
h1{font-size:1.4rem}h2{font-size:1rem;margin:2rem 0 .3rem}table{border-collapse:collapse}\
th{text-align:left;font-weight:400;color:#555;padding-right:1.5rem}td{text-align:right;font-variant-numeric:tabular-nums}\
svg{width:100%;height:auto}svg text{font-size:11px;fill:#666}text.x{text-anchor:middle}text.y{text-anchor:end}\
.grid{stroke:#e4e4e4}.mark{stroke:#999;stroke-dasharray:4 3}polyline{fill:none;stroke-width:2}\
polyline.precision{stroke:#1b6ca8}polyline.recall{stroke:#c2571a}polyline.f1{stroke:#3b7d3b}polyline.ideal{stroke:#bbb}\
circle.precision{fill:#1b6ca8;fill-opacity:.75}rect.all{fill:#c9d3dc}rect.true{fill:#1b6ca8}\
.legend{margin:0;color:#555;font-size:13px}.legend span{margin-right:1rem;padding-left:.6rem;border-left:.8rem solid #bbb}\
.legend .precision,.legend .true{border-color:#1b6ca8}.legend .recall{border-color:#c2571a}.legend .f1{border-color:#3b7d3b}\
.legend .all{border-color:#c9d3dc}";
