//! Totals that sources bring along ("Total Spent", "Pedidos"): sums that somebody else has made, joined by a declared policy.

use super::config::{TotalConfig, TotalPolicy};
use super::events::Events;
use super::metrics::Metrics;
use super::money::{Currency, Decimal, decimal_mark, format_minor};
use super::words::folded;
use super::{CarriedField, HistoryInput};
use crate::ids::RecordId;

/// Headers of well-known totals, with the name of the total and whether it is money.
const KNOWN: [(&str, bool, &str); 2] = [
    (
        "total_spent",
        true,
        "total spent,total amount spent,amount spent,lifetime value,lifetime spend,total revenue,total sales,total compras,\
         total comprado,total gastado,gasto total,importe total compras,total ventas,total gasto,total de compras,\
         total des achats,montant total des achats,ca total,gesamtumsatz,umsatz gesamt,totale acquisti,totale speso",
    ),
    (
        "total_orders",
        false,
        "total orders,orders count,order count,number of orders,lifetime orders,num pedidos,numero de pedidos,total pedidos,\
         numero pedidos,nombre de commandes,anzahl bestellungen,numero ordini",
    ),
];

/// A total, ready to be asked for.
#[derive(Clone, Debug)]
pub struct Total {
    /// Name of its column.
    pub name: String,
    /// How it is joined.
    pub policy: TotalPolicy,
    /// Whether it is money.
    pub money: bool,
    /// Rank of each source under the policy `prefer`; none for sources that are not named.
    rank: Vec<Option<usize>>,
    currency: Option<Currency>,
    /// For each record its value.
    values: Vec<Option<Decimal>>,
}

/// One value of a total for one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TotalValue {
    /// Nobody brings one.
    None,
    /// As a decimal.
    Value(String),
    /// The customer's events have several currencies, so that nobody knows what would be added.
    MixedCurrencies,
}

impl Total {
    /// Those that are configured, else those whose headers are well known.
    pub(super) fn all(input: &HistoryInput<'_>) -> Vec<Self> {
        if !input.config.totals.is_empty() {
            let configured = input.config.totals.iter();
            return configured.filter_map(|(name, config)| Self::new(input, name, config)).collect();
        }
        let known = KNOWN.iter().filter_map(|&(name, money, headers)| {
            let headers: Vec<String> = headers.split(',').map(folded).collect();
            let fields = input.carried.iter().filter(|field| headers.contains(&folded(field.name)));
            let fields: Vec<String> = fields.map(|field| field.name.to_owned()).collect();
            Self::new(input, name, &TotalConfig { fields, money, ..TotalConfig::default() })
        });
        known.collect()
    }

    fn new(input: &HistoryInput<'_>, name: &str, config: &TotalConfig) -> Option<Self> {
        let mut values = vec![None; input.entities.records()];
        let named = |field: &&CarriedField<'_>| config.fields.iter().any(|name| name == field.name);
        for field in input.carried.iter().filter(named) {
            let mark = decimal_mark(field.values.dictionary().iter().take(2000));
            let read: Vec<Option<Decimal>> =
                field.values.dictionary().iter().map(|raw| Decimal::parse(raw, mark)).collect();
            for (record, slot) in values.iter_mut().enumerate() {
                let code = field.values.codes(record).first();
                *slot = slot.or(code.and_then(|&code| read[code as usize]));
            }
        }
        let sources = input.lookup.sources();
        let rank =
            sources.iter().map(|source| config.prefer.iter().position(|name| name == source)).collect();
        values.iter().any(Option::is_some).then(|| Self {
            name: name.to_owned(),
            policy: config.policy,
            money: config.money,
            rank,
            currency: config.currency.as_deref().and_then(Currency::parse),
            values,
        })
    }

    /// The total of a customer.
    pub(super) fn of(
        &self,
        members: &[RecordId],
        events: &Events,
        metrics: &Metrics,
        source: impl Fn(RecordId) -> usize,
    ) -> TotalValue {
        let currency = match metrics.money.as_slice() {
            _ if !self.money => Currency::UNKNOWN,
            [] => self.currency.unwrap_or(Currency::UNKNOWN),
            [one] => one.currency,
            _ => return TotalValue::MixedCurrencies,
        };
        let told: Vec<(RecordId, i64)> = members
            .iter()
            .filter_map(|&record| Some((record, self.values[record.index()]?.minor(currency)?.0)))
            .collect();
        let largest = |values: &mut dyn Iterator<Item = i64>| values.max();
        let found = match self.policy {
            TotalPolicy::Max => largest(&mut told.iter().map(|one| one.1)),
            TotalPolicy::Prefer => {
                let ranked =
                    told.iter().filter_map(|&(record, value)| Some((self.rank[source(record)]?, value)));
                ranked.min_by_key(|&(rank, value)| (rank, std::cmp::Reverse(value))).map(|(_, value)| value)
            }
            TotalPolicy::SumIfDisjoint => sum_of_disjoint(&told, events),
        };
        let text = |value: i64| match self.money {
            true => format_minor(value, currency),
            false => {
                // Counts were read with the decimals of no currency.
                let text = format_minor(value, currency);
                text.strip_suffix(".00").map_or(text.clone(), str::to_owned)
            }
        };
        found.map_or(TotalValue::None, |value| TotalValue::Value(text(value)))
    }
}

/// The sum over groups of records that have told of a common event, of the largest of each group.
fn sum_of_disjoint(told: &[(RecordId, i64)], events: &Events) -> Option<i64> {
    let mut group: Vec<usize> = (0..told.len()).collect();
    for a in 0..told.len() {
        for b in a + 1..told.len() {
            if group[a] != group[b] && events.share_an_event(told[a].0, told[b].0) {
                let (from, to) = (group[b], group[a]);
                group.iter_mut().filter(|one| **one == from).for_each(|one| *one = to);
            }
        }
    }
    let largest = |of: usize| {
        let members = told.iter().zip(&group).filter(|(_, group)| **group == of);
        members.map(|(one, _)| one.1).max()
    };
    let mut groups = group.clone();
    groups.sort_unstable();
    groups.dedup();
    groups.into_iter().filter_map(largest).reduce(i64::saturating_add)
}
