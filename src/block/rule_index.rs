//! One rule, made ready: which records share its keys, or stand near each other in its order.

use super::expression::KeyExpression;
use super::rule::Rule;
use crate::error::{Error, ErrorKind, Result};
use crate::normalize::attributes::{Attribute, Attributes};
use crate::par;
use crate::table::AttributeKind;

/// Keys of one record under one rule; the combinations of many values beyond are left out and counted.
const MAX_KEYS: usize = 64;

/// What a rule came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct RuleStats {
    /// The rule as it was written.
    pub rule: String,
    /// Keys that two or more records share and that are used.
    pub blocks: u64,
    /// Pairs of the rule alone; a pair that shares two keys counts twice.
    pub pairs: u64,
    /// Records with a key.
    pub records: u64,
    /// Keys shared by more records than the limit, not used.
    pub large_blocks: u64,
    /// Records in the largest of them.
    pub largest: u64,
    /// Pairs that they would have made.
    pub pairs_left_out: u64,
    /// Records with more than 64 keys, of which the rest was not used.
    pub capped_records: u64,
    /// Whether the data lacks an attribute of the rule, so that it finds nothing.
    pub no_data: bool,
}

/// Where the keys of a rule come from.
struct KeySource<'a> {
    expression: &'a KeyExpression,
    attribute: &'a Attribute,
}

/// Records by the keys of one rule.
///
/// # Shape
/// Memory: 12 bytes a record and 8 a key of a record for equality, 8 bytes a record for an order; nothing a pair.
pub(super) struct RuleIndex {
    form: Form,
    kinds: Vec<AttributeKind>,
    pub(super) stats: RuleStats,
}

enum Form {
    Equal {
        /// For each record the exclusive end of its part of `keys`.
        ends: Vec<u64>,
        /// Numbers of the keys of each record, ascending.
        keys: Vec<u32>,
        /// For each key the exclusive end of its part of `records`.
        block_ends: Vec<u64>,
        /// The records of each key, ascending.
        records: Vec<u32>,
    },
    Near {
        /// Records in the order of their keys.
        order: Vec<u32>,
        /// The place of each record in it; `u32::MAX` for none.
        place: Vec<u32>,
        width: u32,
    },
}

/// The part of `items` that belongs to `at`.
fn part<'a>(ends: &[u64], items: &'a [u32], at: usize) -> &'a [u32] {
    let start = if at == 0 { 0 } else { ends[at - 1] };
    &items[start as usize..ends[at] as usize]
}

impl RuleIndex {
    /// Sorts the records by the keys of a rule.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownField`] when the rule names something that is no attribute.
    ///
    /// # Complexity
    /// O(k log k) for k keys of all records.
    pub(super) fn new(rule: &Rule, attributes: &Attributes, max_block: usize) -> Result<Self> {
        let sources = sources(rule, attributes)?;
        let kinds = sources.iter().flatten().map(|source| source.attribute.kind).collect();
        let mut stats = RuleStats { rule: rule.to_string(), ..RuleStats::default() };
        let form = match (sources, rule.window) {
            (None, _) => {
                stats.no_data = true;
                Form::empty(attributes.len())
            }
            (Some(sources), None) => equal(&sources, attributes.len(), max_block, &mut stats),
            (Some(sources), Some(width)) => near(&sources, attributes.len(), width, &mut stats),
        };
        Ok(Self { form, kinds, stats })
    }

    /// Whether the rule makes a pair of two records.
    #[inline]
    pub(super) fn contains(&self, a: u32, b: u32) -> bool {
        match &self.form {
            Form::Equal { ends, keys, .. } => {
                let (x, y) = (part(ends, keys, a as usize), part(ends, keys, b as usize));
                first_common(x, y).is_some()
            }
            Form::Near { place, width, .. } => {
                let (x, y) = (place[a as usize], place[b as usize]);
                x != u32::MAX && y != u32::MAX && x.abs_diff(y) < *width
            }
        }
    }

    /// Calls `work` with every larger record that the rule pairs with `record`, each once.
    #[inline]
    pub(super) fn larger(&self, record: u32, mut work: impl FnMut(u32)) {
        match &self.form {
            Form::Equal { ends, keys, block_ends, records } => {
                let own = part(ends, keys, record as usize);
                for &key in own {
                    let block = part(block_ends, records, key as usize);
                    let after = block.partition_point(|&other| other <= record);
                    for &other in &block[after..] {
                        // Of several keys in common the first one makes the pair.
                        let first = own.len() == 1
                            || first_common(own, part(ends, keys, other as usize)) == Some(key);
                        if first {
                            work(other);
                        }
                    }
                }
            }
            Form::Near { order, place, width } => {
                let at = place[record as usize];
                if at == u32::MAX {
                    return;
                }
                let low = at.saturating_sub(width - 1) as usize;
                let high = (at as usize + *width as usize).min(order.len());
                order[low..high].iter().filter(|&&other| other > record).for_each(|&other| work(other));
            }
        }
    }

    /// Calls `work` with every record that shares a key with `record`, itself included and possibly more than once.
    pub(super) fn partners(&self, record: u32, mut work: impl FnMut(u32)) {
        match &self.form {
            Form::Equal { ends, keys, block_ends, records } => {
                for &key in part(ends, keys, record as usize) {
                    part(block_ends, records, key as usize).iter().for_each(|&other| work(other));
                }
            }
            Form::Near { order, place, width } => {
                let at = place[record as usize];
                if at != u32::MAX {
                    let low = at.saturating_sub(width - 1) as usize;
                    let high = (at as usize + *width as usize).min(order.len());
                    order[low..high].iter().for_each(|&other| work(other));
                }
            }
        }
    }

    /// The kinds of attributes that the rule is made of.
    pub(super) fn kinds(&self) -> &[AttributeKind] {
        &self.kinds
    }

    /// Bytes held.
    pub(super) fn heap_bytes(&self) -> usize {
        match &self.form {
            Form::Equal { ends, keys, block_ends, records } => {
                8 * (ends.capacity() + block_ends.capacity()) + 4 * (keys.capacity() + records.capacity())
            }
            Form::Near { order, place, .. } => 4 * (order.capacity() + place.capacity()),
        }
    }
}

impl Form {
    fn empty(records: usize) -> Self {
        Self::Equal { ends: vec![0; records], keys: Vec::new(), block_ends: Vec::new(), records: Vec::new() }
    }
}

/// The smallest number that two ascending lists share.
fn first_common(x: &[u32], y: &[u32]) -> Option<u32> {
    let (mut i, mut j) = (0, 0);
    while i < x.len() && j < y.len() {
        match x[i].cmp(&y[j]) {
            std::cmp::Ordering::Equal => return Some(x[i]),
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
        }
    }
    None
}

/// The attributes of a rule; none when the data lacks one that there could be.
fn sources<'a>(rule: &'a Rule, attributes: &'a Attributes) -> Result<Option<Vec<KeySource<'a>>>> {
    let mut found = Vec::with_capacity(rule.keys.len());
    let mut complete = true;
    for expression in &rule.keys {
        let name = expression.attribute();
        match attributes.columns.iter().find(|attribute| attribute.name == name) {
            Some(attribute) => found.push(KeySource { expression, attribute }),
            None if AttributeKind::ALL.iter().any(|kind| kind.name() == name) => complete = false,
            None => {
                let names: Vec<&str> = attributes.columns.iter().map(|column| column.name.as_str()).collect();
                return Err(Error::new(ErrorKind::UnknownField, "no attribute of this name")
                    .at(rule.to_string())
                    .field(name)
                    .cure(format!("the attributes are {}", names.join(", "))));
            }
        }
    }
    Ok(complete.then_some(found))
}

/// The keys of each distinct value.
struct ValueKeys {
    ends: Vec<u64>,
    keys: Vec<u64>,
}

impl ValueKeys {
    fn new(source: &KeySource<'_>) -> Self {
        let dictionary = source.attribute.column.dictionary();
        let parts = par::map_ranges(dictionary.len(), 4096, |range| {
            let (mut keys, mut ends, mut own) = (Vec::new(), Vec::with_capacity(range.len()), Vec::new());
            for code in range {
                own.clear();
                source.expression.keys(source.attribute.kind, dictionary.text(code as u32), &mut own);
                own.sort_unstable();
                own.dedup();
                keys.extend_from_slice(&own);
                ends.push(keys.len());
            }
            (keys, ends)
        });
        let (mut all, mut all_ends) = (Vec::new(), Vec::with_capacity(dictionary.len()));
        for (keys, ends) in parts {
            all_ends.extend(ends.into_iter().map(|end| (all.len() + end) as u64));
            all.extend(keys);
        }
        Self { ends: all_ends, keys: all }
    }

    fn of(&self, code: u32) -> &[u64] {
        let at = code as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.keys[start as usize..self.ends[at] as usize]
    }
}

/// The keys of one record: every combination of one key from each expression. False when some were left out.
fn combine(sources: &[KeySource<'_>], values: &[ValueKeys], record: usize, out: &mut Vec<u64>) -> bool {
    out.clear();
    out.push(0);
    let mut complete = true;
    for (source, values) in sources.iter().zip(values) {
        let mut own: Vec<u64> = Vec::new();
        for &code in source.attribute.column.codes(record) {
            own.extend_from_slice(values.of(code));
        }
        own.sort_unstable();
        own.dedup();
        let wanted = own.len() * out.len();
        let before = std::mem::take(out);
        let pairs =
            before.iter().flat_map(|&left| own.iter().map(move |&right| super::keys::pair(0, left, right)));
        out.extend(pairs.take(MAX_KEYS));
        complete &= wanted <= MAX_KEYS;
    }
    out.sort_unstable();
    out.dedup();
    complete
}

fn equal(sources: &[KeySource<'_>], len: usize, max_block: usize, stats: &mut RuleStats) -> Form {
    let values: Vec<ValueKeys> = sources.iter().map(ValueKeys::new).collect();
    let parts = par::map_ranges(len, 1 << 14, |range| {
        let (mut keyed, mut own, mut with_key, mut capped) = (Vec::new(), Vec::new(), 0, 0);
        for record in range {
            capped += u64::from(!combine(sources, &values, record, &mut own));
            with_key += u64::from(!own.is_empty());
            keyed.extend(own.iter().map(|&key| (key, record as u32)));
        }
        (keyed, with_key, capped)
    });
    drop(values);
    let mut keyed: Vec<(u64, u32)> = Vec::with_capacity(parts.iter().map(|part| part.0.len()).sum());
    for (part, with_key, capped) in parts {
        keyed.extend(part);
        stats.records += with_key;
        stats.capped_records += capped;
    }
    par::sort_unstable_by(&mut keyed, |a, b| a.cmp(b));
    let (mut block_ends, mut records, mut counts) = (Vec::new(), Vec::new(), vec![0u64; len]);
    for run in keyed.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        let size = run.len() as u64;
        if run.len() > max_block {
            stats.large_blocks += 1;
            stats.largest = stats.largest.max(size);
            stats.pairs_left_out += size * (size - 1) / 2;
            continue;
        }
        stats.blocks += 1;
        stats.pairs += size * (size - 1) / 2;
        for &(_, record) in run {
            records.push(record);
            counts[record as usize] += 1;
        }
        block_ends.push(records.len() as u64);
    }
    drop(keyed);
    // Keys of each record: blocks are numbered in ascending order, so that the lists come out sorted.
    let mut ends = counts;
    let mut total = 0;
    for end in &mut ends {
        let count = *end;
        *end = total;
        total += count;
    }
    let mut keys = vec![0u32; records.len()];
    let mut start = 0;
    for (key, &end) in block_ends.iter().enumerate() {
        for &record in &records[start..end as usize] {
            let at = &mut ends[record as usize];
            keys[*at as usize] = key as u32;
            *at += 1;
        }
        start = end as usize;
    }
    Form::Equal { ends, keys, block_ends, records }
}

fn near(sources: &[KeySource<'_>], len: usize, width: usize, stats: &mut RuleStats) -> Form {
    // Texts are made once per distinct value, and only their ranks are compared record by record.
    let ranks: Vec<Vec<u32>> = sources.iter().map(text_ranks).collect();
    let rank = |record: u32, at: usize| {
        let code = sources[at].attribute.column.first_code(record as usize);
        ranks[at].get(code as usize).copied().unwrap_or(0)
    };
    let has_key = |record: &u32| (0..sources.len()).any(|at| rank(*record, at) > 0);
    let mut order: Vec<u32> = (0..len as u32).filter(has_key).collect();
    par::sort_unstable_by(&mut order, |&a, &b| {
        let by_key = (0..sources.len()).map(|at| rank(a, at).cmp(&rank(b, at)));
        by_key.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then).then(a.cmp(&b))
    });
    let mut place = vec![u32::MAX; len];
    order.iter().enumerate().for_each(|(at, &record)| place[record as usize] = at as u32);
    let (n, w) = (order.len() as u64, (width as u64).min(order.len() as u64));
    stats.records = n;
    stats.blocks = u64::from(n > 1);
    // Every record with the next w - 1, less what the end cuts off.
    stats.pairs = if w > 0 { (w - 1) * n - (w - 1) * w / 2 } else { 0 };
    Form::Near { order, place, width: width as u32 }
}

/// The rank of each distinct value by its key's text, from 1; 0 for values without a key. Equal texts rank equal.
fn text_ranks(source: &KeySource<'_>) -> Vec<u32> {
    let dictionary = source.attribute.column.dictionary();
    let mut texts: Vec<(String, u32)> = (0..dictionary.len() as u32)
        .filter_map(|code| Some((source.expression.text(dictionary.text(code))?, code)))
        .collect();
    par::sort_unstable_by(&mut texts, |a, b| a.cmp(b));
    let mut ranks = vec![0u32; dictionary.len()];
    for (rank, run) in texts.chunk_by(|a, b| a.0 == b.0).enumerate() {
        run.iter().for_each(|&(_, code)| ranks[code as usize] = rank as u32 + 1);
    }
    ranks
}
