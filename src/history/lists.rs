//! Lists without duplicates: one row a person or household, at its best reachable address, where consent permits.
//!
//! Every customer that goes in comes out: on the list, or with the first reason that kept it off.

use std::collections::{BTreeMap, BTreeSet};

use super::config::ConsentPolicy;
use super::consent::{ConsentState, Purpose};
use super::words::{Channel, words};
use super::{Decision, History};
use crate::ids::EntityId;

/// For whom a row is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recipient {
    /// Each customer.
    #[default]
    Person,
    /// Each household, by the member that can be reached best.
    Household,
}

/// What the list is for.
#[derive(Clone, Copy, Debug)]
pub struct ListSpec {
    /// Over which channel: e-mail, phone, text message or post.
    pub channel: Channel,
    /// For what.
    pub purpose: Purpose,
    /// For whom.
    pub recipient: Recipient,
    /// Whether silence permits: for advertising by post to customers of one's own, say. Otherwise only a granted consent does.
    pub silence_permits: bool,
}

/// An address at which a customer might be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// As it is written on the list.
    pub text: String,
    /// Equal for addresses that are one mailbox, number or door.
    pub key: String,
    /// Code of the address in the consent of its channel, where it has one.
    pub identifier: Option<u32>,
    /// Whether it can exist.
    pub valid: bool,
}

words! {
    /// Why a customer is not on a list, in the order in which reasons are looked for.
    Exclusion {
        /// It has no address of the channel.
        NoAddress = "no_address",
        /// None of its addresses can exist.
        InvalidAddress = "invalid_address",
        /// Mail to it came back.
        Bounced = "bounced",
        /// It stands on a list of those who must not be contacted.
        Suppressed = "suppressed",
        /// It has withdrawn its consent.
        Withdrawn = "withdrawn",
        /// It has said no.
        Denied = "denied",
        /// It has not said yes.
        NoConsent = "no_consent",
        /// Another customer with the same address is on the list.
        DuplicateAddress = "duplicate_address",
        /// Another member of its household is on the list.
        SameHousehold = "same_household",
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// The customer.
    pub entity: EntityId,
    /// Where it is reached.
    pub address: String,
    /// What consent holds.
    pub consent: ConsentState,
}

/// A list, and who is not on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// In the order of entities.
    pub rows: Vec<ListRow>,
    /// In the order of entities.
    pub excluded: Vec<(EntityId, Exclusion)>,
}

impl List {
    /// How many customers each reason kept off.
    pub fn reasons(&self) -> BTreeMap<Exclusion, u64> {
        let mut reasons = BTreeMap::new();
        for (_, reason) in &self.excluded {
            *reasons.entry(*reason).or_default() += 1;
        }
        reasons
    }
}

impl History {
    /// Makes a list of the customers that were asked for, each named once. `addresses` gives those of a customer, best first;
    /// `quality` says which of two customers stands for both.
    ///
    /// # Complexity
    /// O(n log n) in the customers.
    pub fn list(
        &self,
        customers: &[EntityId],
        spec: &ListSpec,
        addresses: impl Fn(EntityId) -> Vec<Address>,
        quality: impl Fn(EntityId) -> u8,
    ) -> List {
        let mut list = List::default();
        let mut candidates: Vec<(ListRow, String)> = Vec::new();
        for &entity in customers.iter().collect::<BTreeSet<_>>() {
            match self.reach(entity, spec, &addresses(entity)) {
                Ok(found) => candidates.push(found),
                Err(reason) => list.excluded.push((entity, reason)),
            }
        }
        // Who stands for a household or for a shared mailbox: the one who permits most, then the best known, then the first.
        candidates
            .sort_by_cached_key(|(row, _)| (row.consent, std::cmp::Reverse(quality(row.entity)), row.entity));
        let (mut mailboxes, mut households) = (BTreeSet::new(), BTreeSet::new());
        for (row, key) in candidates {
            if spec.recipient == Recipient::Household && households.contains(&self.household(row.entity)) {
                list.excluded.push((row.entity, Exclusion::SameHousehold));
            } else if spec.channel != Channel::Post && mailboxes.contains(&key) {
                // Two people of one door get two letters, but one mailbox gets one mail.
                list.excluded.push((row.entity, Exclusion::DuplicateAddress));
            } else {
                households.insert(self.household(row.entity));
                mailboxes.insert(key);
                list.rows.push(row);
            }
        }
        list.rows.sort_by_key(|row| row.entity);
        list.excluded.sort_unstable();
        list
    }

    /// The first address at which the customer can and may be reached, with its key; else what stands against it: of several
    /// addresses the reason that comes last, since that address came furthest.
    fn reach(
        &self,
        entity: EntityId,
        spec: &ListSpec,
        addresses: &[Address],
    ) -> Result<(ListRow, String), Exclusion> {
        let mut reason = Exclusion::NoAddress;
        for address in addresses {
            let consent = self.consent(entity, spec.channel, spec.purpose, address.identifier);
            match self.obstacle(entity, spec, address, &consent) {
                None => {
                    let row = ListRow { entity, address: address.text.clone(), consent: consent.state };
                    return Ok((row, address.key.clone()));
                }
                Some(obstacle) => reason = reason.max(obstacle),
            }
        }
        Err(reason)
    }

    fn obstacle(
        &self,
        entity: EntityId,
        spec: &ListSpec,
        address: &Address,
        consent: &Decision,
    ) -> Option<Exclusion> {
        if !address.valid {
            return Some(Exclusion::InvalidAddress);
        }
        let of_email = address.identifier.filter(|_| spec.channel == Channel::Email);
        if of_email.is_some_and(|code| self.is_bounced(code)) {
            return Some(Exclusion::Bounced);
        }
        // A suppressed address stays so whatever the policy says about the customer.
        let suppressed = self.statements(entity).iter().any(|statement| {
            statement.state == ConsentState::Suppressed
                && statement.channel.is_none_or(|channel| channel == spec.channel)
                && (self.config.consent.policy != ConsentPolicy::PerIdentifier
                    || address.identifier.is_none_or(|code| code == statement.identifier))
        });
        match consent.state {
            _ if suppressed => Some(Exclusion::Suppressed),
            ConsentState::Suppressed => Some(Exclusion::Suppressed),
            ConsentState::Withdrawn => Some(Exclusion::Withdrawn),
            ConsentState::Denied => Some(Exclusion::Denied),
            ConsentState::Unknown | ConsentState::Pending if !spec.silence_permits => {
                Some(Exclusion::NoConsent)
            }
            _ => None,
        }
    }
}
