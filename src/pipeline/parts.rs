//! Clustering of edges that memory does not hold at once: by connected parts of their graph.

use super::matching::LISTS;
use crate::cluster::{Constraints, Edge, Entities, UnionFind};
use crate::spill::{List, Spill};

/// Clusters edges that may be in the scratch file. Whole connected parts of their graph are loaded together, as many as
/// fit; clusters never reach over parts, so that the outcome is that of all edges at once.
pub(super) fn by_parts(
    edges: &List<Edge>,
    records: usize,
    judged: &Constraints,
    spill: &Spill<'_>,
    cluster: impl Fn(&[Edge]) -> Entities,
) -> Entities {
    if let Some(edges) = edges.in_memory() {
        return cluster(edges);
    }
    let mut sets = UnionFind::new(records);
    edges.visit(spill, |part| {
        part.iter().for_each(|edge| {
            sets.union(edge.a, edge.b);
        });
    });
    judged.must_link().iter().for_each(|&(a, b)| {
        sets.union(a, b);
    });
    let roots = sets.labels();
    let mut sizes = vec![0usize; records];
    edges.visit(spill, |part| part.iter().for_each(|edge| sizes[roots[edge.a as usize] as usize] += 1));
    let most = spill.share().unwrap_or(usize::MAX) / LISTS / size_of::<Edge>();
    let (mut bucket, mut filled) = (0usize, 0usize);
    // In place: from the size of each part to its bucket.
    for size in &mut sizes {
        if filled > 0 && filled + *size > most {
            (bucket, filled) = (bucket + 1, 0);
        }
        filled += *size;
        *size = bucket;
    }
    let mut buckets: Vec<List<Edge>> = (0..=bucket).map(|_| spill.list(LISTS * (bucket + 1))).collect();
    edges.visit(spill, |part| {
        for run in
            part.chunk_by(|x, y| sizes[roots[x.a as usize] as usize] == sizes[roots[y.a as usize] as usize])
        {
            buckets[sizes[roots[run[0].a as usize] as usize]].extend(spill, run);
        }
    });
    drop((roots, sizes));
    let mut joined = UnionFind::new(records);
    for bucket in buckets {
        for (_, members) in cluster(&bucket.load(spill)).iter() {
            members.windows(2).for_each(|pair| {
                joined.union(pair[0].0, pair[1].0);
            });
        }
    }
    Entities::from_labels(&joined.labels())
}
