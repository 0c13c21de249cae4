//! What a customer is worth among all: RFM scores, present value and its rank, and what it does not buy yet.
//!
//! One pass over all customers keeps some thirty bytes of each; the figures of one customer are then looked up.

use super::config::ValueConfig;
use super::metrics::{Metrics, Money};
use super::money::Currency;

/// Categories beyond this many, the least owned, take no part in cross-selling: the table of pairs stays small.
const MOST_CATEGORIES: usize = 64;

/// Scores from 1 to 5; 5 is the best fifth. Customers without orders have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rfm {
    /// How lately the last order was.
    pub recency: u8,
    /// How many orders.
    pub frequency: u8,
    /// How much revenue, among the customers of the same currency.
    pub monetary: u8,
}

/// What one customer brings into the comparison.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    last_order: i32,
    orders: u32,
    revenue: i64,
    worth: i64,
    currency: Option<Currency>,
    /// Bits of owned categories, by their place in [`Population::categories`].
    owned: u64,
}

/// Expected present value: what was spent to win the customer, and the margin of the last 365 days for each year to come,
/// shrunk by retention and interest: `-acquisition + sum over t = 1..=years of margin * retention^t / (1 + r)^t`. Minor
/// units. An estimate, hence the only figure that is made with floating point, and rounded once.
pub fn lifetime_value(money: &Money, config: &ValueConfig) -> i64 {
    let step = config.retention / (1.0 + config.discount_rate);
    let (mut factor, mut sum) = (1.0, 0.0);
    for _ in 0..config.years.min(100) {
        factor *= step;
        sum += factor;
    }
    let future = (money.margin_of_year as f64 * sum).round();
    // The cast saturates.
    (future as i64).saturating_sub(money.acquisition)
}

/// All customers, ready for comparison.
#[derive(Clone, Debug, Default)]
pub(super) struct Population {
    recency: Vec<i32>,
    frequency: Vec<u32>,
    /// Revenue and worth of the customers of each currency, ascending.
    monetary: Vec<(Currency, Vec<i64>, Vec<i64>)>,
    /// Codes of the categories that take part, most owned first.
    categories: Vec<u32>,
    /// Customers that own both: row-major over `categories`.
    together: Vec<u32>,
}

impl Population {
    /// The categories that take part, from how many customers own each code.
    pub(super) fn categories(owners: &[u32]) -> Vec<u32> {
        let mut codes: Vec<u32> =
            (0..owners.len() as u32).filter(|&code| owners[code as usize] > 0).collect();
        codes.sort_unstable_by_key(|&code| (std::cmp::Reverse(owners[code as usize]), code));
        codes.truncate(MOST_CATEGORIES);
        codes
    }

    /// What of a customer is compared.
    pub(super) fn share(metrics: &Metrics, categories: &[u32], config: &ValueConfig) -> Share {
        let main = metrics.main_money();
        let place = |code: u32| categories.iter().position(|&known| known == code);
        let owned = metrics.owned.iter().filter_map(|&(code, _)| place(code));
        Share {
            last_order: metrics.order_days.last().copied().unwrap_or(i32::MIN),
            orders: metrics.order_days.len() as u32,
            revenue: main.map_or(0, |money| money.revenue),
            worth: main.map_or(0, |money| lifetime_value(money, config)),
            currency: main.map(|money| money.currency),
            owned: owned.fold(0, |bits, at| bits | 1 << at),
        }
    }

    pub(super) fn new(shares: &[Share], categories: Vec<u32>) -> Self {
        let buyers = || shares.iter().filter(|share| share.orders > 0);
        let mut recency: Vec<i32> = buyers().map(|share| share.last_order).collect();
        let mut frequency: Vec<u32> = buyers().map(|share| share.orders).collect();
        recency.sort_unstable();
        frequency.sort_unstable();
        let mut currencies: Vec<Currency> = shares.iter().filter_map(|share| share.currency).collect();
        currencies.sort_unstable();
        currencies.dedup();
        let monetary = currencies.into_iter().map(|currency| {
            let of = || shares.iter().filter(move |share| share.currency == Some(currency));
            let mut revenue: Vec<i64> =
                of().filter(|share| share.orders > 0).map(|share| share.revenue).collect();
            let mut worth: Vec<i64> = of().map(|share| share.worth).collect();
            revenue.sort_unstable();
            worth.sort_unstable();
            (currency, revenue, worth)
        });
        let monetary = monetary.collect();
        let width = categories.len();
        let mut together = vec![0u32; width * width];
        for share in shares {
            let mut rows = share.owned;
            while rows != 0 {
                let a = rows.trailing_zeros() as usize;
                rows &= rows - 1;
                let mut columns = share.owned;
                while columns != 0 {
                    together[a * width + columns.trailing_zeros() as usize] += 1;
                    columns &= columns - 1;
                }
            }
        }
        Self { recency, frequency, monetary, categories, together }
    }

    pub(super) fn rfm(&self, share: &Share) -> Option<Rfm> {
        let (_, revenue, _) = self.monetary.iter().find(|entry| Some(entry.0) == share.currency)?;
        (share.orders > 0).then(|| Rfm {
            recency: fifth(&self.recency, share.last_order),
            frequency: fifth(&self.frequency, share.orders),
            monetary: fifth(revenue, share.revenue),
        })
    }

    /// Place by present value among the customers of the same currency, from 1; equal ones share the best place.
    pub(super) fn rank(&self, share: &Share) -> Option<usize> {
        let (_, _, worth) = self.monetary.iter().find(|entry| Some(entry.0) == share.currency)?;
        Some(worth.len() - worth.partition_point(|&other| other <= share.worth) + 1)
    }

    /// Codes of categories that the customer does not own: first those that owners of what it owns have most often; for who
    /// owns nothing, what most customers own.
    pub(super) fn next(&self, share: &Share, most: usize) -> Vec<u32> {
        let width = self.categories.len();
        let count = |a: usize, b: usize| f64::from(self.together[a * width + b]);
        let score = |gap: usize| {
            let owned = (0..width).filter(|&at| share.owned >> at & 1 == 1);
            if share.owned == 0 {
                count(gap, gap)
            } else {
                owned.map(|at| count(at, gap) / count(at, at)).sum()
            }
        };
        let gaps = (0..width).filter(|&at| share.owned >> at & 1 == 0);
        let mut scored: Vec<(f64, usize)> =
            gaps.map(|gap| (score(gap), gap)).filter(|gap| gap.0 > 0.0).collect();
        // Places are in the order of owners, then of names: a stable order of equal scores.
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        scored.iter().take(most).map(|&(_, gap)| self.categories[gap]).collect()
    }
}

/// The fifth of an ascending list that a value is in; equal values are in one.
fn fifth<T: PartialOrd>(sorted: &[T], value: T) -> u8 {
    let below = sorted.partition_point(|other| *other < value);
    1 + (below * 5 / sorted.len().max(1)).min(4) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn present_value_by_hand() {
        let money = Money {
            currency: Currency::UNKNOWN,
            orders: 3,
            revenue: 0,
            refunds: 0,
            margin: 0,
            margin_of_year: 10_000,
            acquisition: 2_000,
            cost_to_serve: 0,
            first_serving: 0,
        };
        let config = ValueConfig { retention: 0.8, discount_rate: 0.25, years: 2, ..ValueConfig::default() };
        // 0.8 / 1.25 = 0.64: 6400 + 4096 - 2000.
        assert_eq!(lifetime_value(&money, &config), 8_496);
    }

    #[test]
    fn fifths_keep_equals_together() {
        let sorted = [1, 1, 1, 2, 3, 4, 5, 6, 7, 8];
        let scores: Vec<u8> = sorted.iter().map(|&value| fifth(&sorted, value)).collect();
        assert_eq!(scores, [1, 1, 1, 2, 3, 3, 4, 4, 5, 5]);
    }
}
