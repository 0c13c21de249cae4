//! Training and scoring as stages of their own, for programs that bring their own candidates or clusters.

use super::{Candidates, EmReport, Frequencies, Labels, Model, PairScore, Scorer, Trainer, run_em};
use crate::block::CandidatePairs;
use crate::cluster::Entities;
use crate::compare::Comparisons;
use crate::par;

/// Pairs that one task scores.
const CHUNK: usize = 1 << 14;

/// How training runs.
#[derive(Clone, Copy, Debug)]
pub struct TrainOptions<'a> {
    /// Seed of the samples.
    pub seed: u64,
    /// Pairs of records that could match at all: `n(n - 1) / 2`, or fewer where sources hold no duplicates. The prior
    /// is a share of these.
    pub possible_pairs: f64,
    /// Entities of an earlier round: then frequencies are counted over entities, `u` over pairs of different ones, and
    /// `m` and the prior are those of all pairs inside.
    pub entities: Option<&'a Entities>,
    /// Pairs whose class people have told.
    pub labels: Option<&'a Labels>,
}

/// What training leaves behind.
#[derive(Clone, Debug)]
pub struct Training {
    /// The model.
    pub model: Model,
    /// Value frequencies that belong to it, one a comparison.
    pub frequencies: Vec<Frequencies>,
    /// How EM went.
    pub em: EmReport,
}

/// Learns a model from candidate pairs, without labels. One round; `pipeline` does two, the second with the entities of
/// the first.
///
/// # Shape
/// `candidates` are of the same records as `comparisons`.
///
/// # Null
/// Without candidates, or without comparisons, the model stands on its expectations.
///
/// # Complexity
/// A fixed number of random pairs, one pass over the candidates (a sample of them above 50,000 records), and EM on their
/// distinct patterns.
///
/// # Source
/// Fellegi & Sunter 1969; Winkler 1988.
///
/// # Example
/// ```
/// use quilate::block::{BlockOptions, Neighbours};
/// use quilate::compare::Comparisons;
/// use quilate::normalize::attributes::{Attribute, Attributes};
/// use quilate::score::{Scorer, TrainOptions, score_pairs, train};
/// use quilate::{AttributeKind, SourceId};
///
/// let surnames = ["garcia lopez", "garzia lopez", "urdangarin", "urdangarin", "vila"];
/// let surname = Attribute {
///     name: "surname".into(),
///     kind: AttributeKind::Surname,
///     column: surnames.into_iter().map(Some).collect(),
/// };
/// let attributes = Attributes { source: vec![SourceId(0); 5], columns: vec![surname] };
/// let comparisons = Comparisons::new(&attributes);
/// let candidates = Neighbours::find(&attributes, &BlockOptions::default());
/// let trained = train(&comparisons, &candidates, &TrainOptions { seed: 1, possible_pairs: 10.0, entities: None, labels: None });
/// let scorer = Scorer::new(&comparisons, &trained.model, &trained.frequencies);
/// let scores = score_pairs(&scorer, &[(2, 3), (0, 4)]);
/// assert!(scores[0].weight > scores[1].weight);
/// ```
pub fn train<'a>(
    comparisons: &Comparisons<'_>,
    candidates: impl Into<CandidatePairs<'a>>,
    options: &TrainOptions<'_>,
) -> Training {
    let trainer = Trainer::new(comparisons, options.seed, options.possible_pairs.max(1.0))
        .with_labels(options.labels.cloned().unwrap_or_default());
    let mut model = trainer.start(options.entities, &[]);
    let frequencies = match options.entities {
        None => Frequencies::of_records(comparisons),
        Some(entities) => Frequencies::of_entities(comparisons, entities),
    };
    let em = learn(&trainer, &mut model, &frequencies, &Candidates::All(candidates.into()));
    if let Some(entities) = options.entities {
        trainer.refit(&mut model, entities);
    }
    Training { model, frequencies, em }
}

/// EM over the patterns of candidate pairs, in place.
pub(crate) fn learn(
    trainer: &Trainer<'_>,
    model: &mut Model,
    frequencies: &[Frequencies],
    pairs: &Candidates<'_>,
) -> EmReport {
    let scorer = Scorer::new(trainer.comparisons, model, frequencies);
    let (patterns, scale) = trainer.count_patterns(&scorer, model, pairs);
    run_em(trainer.comparisons, model, &patterns, trainer.all_pairs, scale)
}

/// Scores pairs of records, in their order.
///
/// # Panics
/// When a pair names a record that does not exist.
///
/// # Complexity
/// O(comparisons) a pair where values repeat, on all cores.
pub fn score_pairs(scorer: &Scorer<'_>, pairs: &[(u32, u32)]) -> Vec<PairScore> {
    par::map_ranges(pairs.len(), CHUNK, |range| {
        let mut evaluator = scorer.comparisons().evaluator();
        let mut scores = Vec::with_capacity(range.len());
        let mut batches = evaluator.batches(|_, _, levels| scores.push(scorer.score(levels)));
        pairs[range].iter().for_each(|&(a, b)| batches.push(a, b));
        batches.finish();
        scores
    })
    .concat()
}
