//! What a run leaves for the next one: customer numbers and what people have decided.

use crate::judgement::Judgements;
use crate::registry::Registry;

/// State between runs. The default is that of a first run.
///
/// # Example
/// ```
/// use quilate::{Config, Judgement, RecordKey, State, Table, consolidate_in};
///
/// #[derive(serde::Serialize)]
/// struct Customer { id: u32, name: &'static str, email: &'static str }
/// let customers = || Table::from_records("app", [
///     Customer { id: 1, name: "Ana Ruiz Vidal", email: "ana@ruiz.es" },
///     Customer { id: 2, name: "A. R. V.", email: "hola@ana.example" },
/// ]);
/// let (first, mut state) = consolidate_in(customers()?, &Config::default(), &State::default())?;
/// assert_eq!(first.entities().len(), 2);
///
/// // She calls and says that both accounts are hers.
/// let key = |id: &str| RecordKey::new("app", id);
/// state.judgements.record(Judgement::link(key("1"), key("2")).signed("bea", "2026-01-31", "she called"))?;
/// let (second, state) = consolidate_in(customers()?, &Config::default(), &state)?;
/// assert_eq!(second.entities().len(), 1);
/// assert_eq!(second.events()[0].name(), "merged");
/// assert_eq!(state.registry.aliases().count(), 1);
/// # Ok::<(), quilate::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct State {
    /// Customer numbers of the runs so far.
    pub registry: Registry,
    /// What people have decided.
    pub judgements: Judgements,
}
