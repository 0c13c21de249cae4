//! Everything that is measured, and how it is printed.

use quilate::report::{
    BlockingMetrics, CalibrationBin, EstimatedQuality, Metrics, PairMetrics, ThresholdPoint, Unlinkables,
    calibration, threshold_table,
};
use quilate::{RecordId, Resolution, Result};
use serde::Serialize;

use crate::truth::{Known, Truth};

/// The keys of the JSON line. What needs a truth is left out where there is none.
#[derive(Serialize)]
pub struct Measurement {
    /// Records in the files, with and without truth.
    pub all_records: usize,
    /// Truths of records that the files lack.
    pub unknown_records: u64,
    #[serde(flatten)]
    pub metrics: Option<Metrics>,
    /// Where the truth is labelled pairs.
    #[serde(flatten)]
    pub labelled: Option<PairMetrics>,
    pub candidates: u64,
    pub candidates_per_record: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocking_recall: Option<f64>,
    /// Matching pairs that the model expected without labels.
    pub estimated_matches: f64,
    /// What the model believes of its outcome.
    pub estimated: EstimatedQuality,
    /// Each pair decided alone at every half bit.
    pub thresholds: Vec<ThresholdPoint>,
    pub calibration: Vec<CalibrationBin>,
    pub unlinkables: Unlinkables,
    /// Kept pairs by weight in steps of a bit: from, pairs, true ones among them.
    pub histogram: Vec<(f64, u64, u64)>,
    /// By stage, in order.
    pub stages: Vec<Stage>,
    pub seconds: f64,
    /// `None` where the system does not tell.
    pub peak_bytes: Option<u64>,
}

#[derive(Serialize)]
pub struct Stage {
    pub name: &'static str,
    pub seconds: f64,
}

/// Thresholds of the table, in half bits; those that are printed.
const HALF_BITS: std::ops::RangeInclusive<i32> = -20..=40;
const PRINTED: [f64; 9] = [-6.0, -3.0, -1.0, 0.0, 1.0, 3.0, 6.0, 10.0, 15.0];

impl Measurement {
    /// Measures an outcome; time and memory are the caller's.
    pub fn new(resolution: &Resolution, truth: Option<&Truth>, unlinkables: Unlinkables) -> Result<Self> {
        let matching = resolution.matching();
        let entities = resolution.entities();
        let (mut metrics, mut labelled, mut blocking_recall) = (None, None, None);
        // Pairs with their weight and whether they are true, and how many true ones there are.
        let (mut pairs, mut true_pairs): (Vec<(f64, bool)>, u64) = (Vec::new(), 0);
        match truth.map(|truth| &truth.known) {
            None => {}
            Some(Known::Entities(truth)) => {
                let found = Metrics::of_entities(entities, truth)?;
                true_pairs = found.true_pairs;
                blocking_recall = Some(BlockingMetrics::new(matching.candidate_pairs(), truth)?.recall);
                metrics = Some(found);
                pairs.extend(matching.edges.iter().filter_map(|edge| {
                    Some((edge.score.weight, truth[edge.a as usize]? == truth[edge.b as usize]?))
                }));
            }
            Some(Known::Pairs(known)) => {
                let merged = |&(a, b, matched): &(u32, u32, bool)| {
                    (entities.entity_of(RecordId(a)) == entities.entity_of(RecordId(b)), matched)
                };
                let found = PairMetrics::new(known.iter().map(merged));
                true_pairs = found.true_pairs;
                let candidates = matching.candidate_pairs();
                let reached =
                    known.iter().filter(|&&(a, b, matched)| matched && candidates.contains(a, b)).count();
                blocking_recall = (true_pairs > 0).then(|| reached as f64 / true_pairs as f64);
                labelled = Some(found);
                let plain: Vec<(u32, u32)> = known.iter().map(|&(a, b, _)| (a, b)).collect();
                pairs.extend(
                    crate::weights(resolution, &plain).into_iter().zip(known.iter().map(|pair| pair.2)),
                );
            }
        }
        let thresholds: Vec<f64> = HALF_BITS.map(|half| f64::from(half) / 2.0).collect();
        let estimated_matches = matching.estimated_matches();
        let all_records = resolution.records().len();
        Ok(Self {
            all_records,
            unknown_records: truth.map_or(0, |truth| truth.unknown_records),
            metrics,
            labelled,
            candidates: matching.candidates,
            candidates_per_record: matching.candidates as f64 / all_records.max(1) as f64,
            blocking_recall,
            estimated_matches,
            estimated: EstimatedQuality::new(&matching.edges, entities, estimated_matches),
            thresholds: if truth.is_some() {
                threshold_table(&pairs, true_pairs, &thresholds)
            } else {
                Vec::new()
            },
            calibration: calibration(&pairs),
            unlinkables,
            histogram: histogram(resolution, &pairs),
            stages: Vec::new(),
            seconds: 0.0,
            peak_bytes: None,
        })
    }

    /// What a person reads.
    pub fn print(&self) {
        let known = self.metrics.map(|metrics| metrics.records);
        let known = known.map_or(String::new(), |known| format!("{known} of them with known truth"));
        say!("records            {:>12}   {known}", self.all_records);
        if self.unknown_records > 0 {
            say!("unknown records    {:>12}   in the truth, but not in the files", self.unknown_records);
        }
        if let Some(metrics) = &self.metrics {
            print_metrics(metrics, self.estimated_matches);
        }
        if let Some(labelled) = &self.labelled {
            say!("labelled pairs     {:>12}   {} of them matches", labelled.pairs, labelled.true_pairs);
            say!("\n                      precision      recall          F1");
            say!(
                "labelled pairs     {:>12.5}{:>12.5}{:>12.5}",
                labelled.precision,
                labelled.recall,
                labelled.f1
            );
            say!();
        }
        say!("candidate pairs    {:>12}   {:.1} a record", self.candidates, self.candidates_per_record);
        if let Some(recall) = self.blocking_recall {
            say!("blocking recall    {recall:>12.5}   share of the true pairs that were compared");
        }
        let estimated = &self.estimated;
        say!(
            "estimated          {:>12.5}{:>12.5}   precision and recall as the model believes, without truth",
            estimated.precision,
            estimated.recall
        );
        self.print_tables();
        let stages: Vec<String> =
            self.stages.iter().map(|stage| format!("{} {:.2}", stage.name, stage.seconds)).collect();
        say!("\nseconds            {:>12.2}   {}", self.seconds, stages.join(", "));
        match self.peak_bytes {
            Some(bytes) => say!("peak memory (MB)   {:>12.0}", bytes as f64 / 1e6),
            None => say!("peak memory             unknown   this system does not tell"),
        }
    }

    fn print_tables(&self) {
        if !self.thresholds.is_empty() {
            say!("\nthreshold (bits)   probability   predicted   precision      recall          F1");
            for point in self.thresholds.iter().filter(|point| PRINTED.contains(&point.weight)) {
                say!(
                    "{:>16.1}{:>14.5}{:>12}{:>12.5}{:>12.5}{:>12.5}",
                    point.weight,
                    point.probability,
                    point.predicted,
                    point.precision,
                    point.recall,
                    point.f1
                );
            }
        }
        if !self.calibration.is_empty() {
            say!("\nweight (bits)            pairs   predicted    observed");
            for bin in &self.calibration {
                let range = format!("{} to {}", bin.from, bin.to);
                say!("{range:16}{:>14}{:>12.5}{:>12.5}", bin.pairs, bin.predicted, bin.observed);
            }
        }
        say!("\nunlinkable records: share that no copy of themselves would reach");
        for point in &self.unlinkables.points {
            say!("{:>16.4}{:>13.3} %", point.probability, 100.0 * point.share);
        }
    }
}

fn print_metrics(metrics: &Metrics, estimated_matches: f64) {
    say!("clusters           {:>12}   the truth has {} entities", metrics.clusters, metrics.entities);
    say!();
    say!("                      precision      recall          F1");
    say!("pairs              {:>12.5}{:>12.5}{:>12.5}", metrics.precision, metrics.recall, metrics.f1);
    say!(
        "B-cubed            {:>12.5}{:>12.5}{:>12.5}",
        metrics.b3_precision,
        metrics.b3_recall,
        metrics.b3_f1
    );
    say!();
    say!("predicted pairs    {:>12}   {} of them true", metrics.predicted_pairs, metrics.true_positives);
    say!("true pairs         {:>12}   the model expected {estimated_matches:.0}", metrics.true_pairs);
}

/// Kept pairs in steps of a bit, from -10 to 20; what is beyond is in the last step.
fn histogram(resolution: &Resolution, pairs: &[(f64, bool)]) -> Vec<(f64, u64, u64)> {
    let mut bars: Vec<(f64, u64, u64)> = (-10..20).map(|from| (f64::from(from), 0, 0)).collect();
    let at = |weight: f64| (weight + 10.0).clamp(0.0, 29.0) as usize;
    for edge in &resolution.matching().edges {
        bars[at(edge.score.weight)].1 += 1;
    }
    for &(weight, _) in pairs.iter().filter(|(weight, truth)| *truth && *weight > -10.0) {
        bars[at(weight)].2 += 1;
    }
    bars
}
