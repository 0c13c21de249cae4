//! How frequent each value is: agreeing on Urdangarin says more than agreeing on García.

use crate::cluster::Entities;
use crate::compare::Comparisons;
use crate::ids::RecordId;
use crate::par;
use crate::table::Column;

/// Value frequencies of one comparison's column.
#[derive(Clone, Debug)]
pub struct Frequencies {
    /// log2 of the frequency of each distinct value among non-null carriers, without the carrier itself.
    pub log2: Vec<f32>,
    /// log2 of the chance that two random carriers agree.
    pub log2_agreement: f64,
}

/// A value that one record has alone still could turn up again by chance: it counts as half an occurrence.
const SINGLETON: f64 = 0.5;

impl Frequencies {
    /// Counted over records.
    pub fn of_records(comparisons: &Comparisons<'_>) -> Vec<Self> {
        let columns: Vec<&Column> = (0..comparisons.items().len()).map(|at| comparisons.column(at)).collect();
        par::map(&columns, |column| {
            let counts: Vec<f64> = column.counts().into_iter().map(f64::from).collect();
            Self::from_counts(&counts, column.non_null() as f64)
        })
    }

    /// Counted over entities: each spreads one unit over its values, so that a customer with twenty records does not
    /// make its own surname frequent.
    pub fn of_entities(comparisons: &Comparisons<'_>, entities: &Entities) -> Vec<Self> {
        let columns: Vec<&Column> = (0..comparisons.items().len()).map(|at| comparisons.column(at)).collect();
        par::map(&columns, |column| {
            let mut counts = vec![0f64; column.dictionary().len()];
            let mut carriers = 0.0;
            for (_, members) in entities.iter() {
                let codes = |record: &RecordId| column.codes(record.index()).iter().copied();
                let total = members.iter().flat_map(codes).count();
                if total > 0 {
                    carriers += 1.0;
                    members
                        .iter()
                        .flat_map(codes)
                        .for_each(|code| counts[code as usize] += 1.0 / total as f64);
                }
            }
            Self::from_counts(&counts, carriers)
        })
    }

    fn from_counts(counts: &[f64], carriers: f64) -> Self {
        let carriers = carriers.max(1.0);
        let log2 =
            counts.iter().map(|count| ((count - 1.0).max(SINGLETON) / carriers).log2() as f32).collect();
        let agreement: f64 = counts.iter().map(|count| (count / carriers).powi(2)).sum();
        Self { log2, log2_agreement: agreement.clamp(1e-12, 1.0).log2() }
    }
}
