//! Who may be written to, over which channel, for what, and who said so.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::config::ConsentPolicy;
use super::words::{self, Channel, words};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::RecordId;
use crate::normalize::resources::{fields, lines};
use crate::table::NULL;

const HEADERS: &str = include_str!("../../resources/history/consents.tsv");

words! {
    /// What consent is for.
    Purpose {
        /// Everything.
        All = "all",
        /// Advertising.
        Marketing = "marketing",
        /// Conclusions about the person.
        Profiling = "profiling",
        /// Giving data to others.
        ThirdParties = "third_parties",
        /// What the contract needs.
        Service = "service",
    }
}

words! {
    /// What holds, from the most permissive to the most restrictive.
    ConsentState {
        /// Said yes.
        Granted = "granted",
        /// Said yes, and has not confirmed it.
        Pending = "pending",
        /// Has not been asked.
        Unknown = "unknown",
        /// Said no, or never yes.
        Denied = "denied",
        /// Said yes once, and no later.
        Withdrawn = "withdrawn",
        /// Stands on a list of those who must not be contacted.
        Suppressed = "suppressed",
    }
}

impl ConsentState {
    /// Whether it forbids.
    pub fn forbids(self) -> bool {
        self >= Self::Denied
    }
}

words! {
    /// On what a statement rests.
    LegalBasis {
        /// Consent.
        Consent = "consent",
        /// Consent that was confirmed.
        ConfirmedConsent = "confirmed_consent",
        /// A contract with the person.
        Contract = "contract",
        /// A law that asks for it.
        LegalObligation = "legal_obligation",
        /// Somebody's life.
        VitalInterest = "vital_interest",
        /// A task in the public interest.
        PublicTask = "public_task",
        /// An interest of ours that weighs more, as advertising to customers of one's own.
        LegitimateInterest = "legitimate_interest",
        /// Objection.
        Objection = "objection",
        /// A list of those who object everywhere.
        SuppressionList = "suppression_list",
        /// Not told.
        Unknown = "unknown",
    }
}

/// An address that no record has: what is said about it is said about none of ours.
pub(super) const ELSEWHERE: u32 = NULL - 1;

/// What one record says about consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The record that says it.
    pub record: RecordId,
    /// Over which channel; none for all.
    pub channel: Option<Channel>,
    /// For what.
    pub purpose: Purpose,
    /// What.
    pub state: ConsentState,
    /// When, in seconds since 1970.
    pub at: Option<i64>,
    /// On what it rests.
    pub basis: LegalBasis,
    /// Code of the address or number that it is about, [`NULL`] for all of them, [`ELSEWHERE`] for one that nobody here has.
    pub(super) identifier: u32,
}

/// What holds for a channel and purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What.
    pub state: ConsentState,
    /// The statement that decided; none when nobody has said anything.
    pub by: Option<Statement>,
    /// How many statements there are.
    pub statements: u32,
    /// Whether some permit and some forbid.
    pub disagreement: bool,
}

/// Joins the statements of one customer about a channel and purpose. `identifier`: the code of the address in question,
/// for the policy [`ConsentPolicy::PerIdentifier`]; statements about no address are about all.
pub fn decide(
    statements: &[Statement],
    channel: Channel,
    purpose: Purpose,
    identifier: Option<u32>,
    policy: ConsentPolicy,
) -> Decision {
    let about = |statement: &&Statement| {
        let one = policy == ConsentPolicy::PerIdentifier && statement.identifier != NULL;
        statement.channel.is_none_or(|over| over == channel)
            && (statement.purpose == purpose || statement.purpose == Purpose::All)
            && (!one || identifier.is_none_or(|code| code == statement.identifier))
    };
    let (mut count, mut permits, mut forbids) = (0, false, false);
    let mut by: Option<Statement> = None;
    for statement in statements.iter().filter(about) {
        count += 1;
        permits |= statement.state == ConsentState::Granted;
        forbids |= statement.state.forbids();
        let rank = |one: &Statement| match policy {
            // A list that forbids does so for good.
            ConsentPolicy::LatestByTime if one.state != ConsentState::Suppressed => {
                (ConsentState::Granted, one.at.unwrap_or(i64::MIN), one.state)
            }
            _ => (one.state, one.at.unwrap_or(i64::MIN), one.state),
        };
        // Of equal statements the first record's decides.
        if by.is_none_or(|best| rank(statement) > rank(&best)) {
            by = Some(*statement);
        }
    }
    let state = by.map_or(ConsentState::Unknown, |statement| statement.state);
    Decision { state, by, statements: count, disagreement: permits && forbids }
}

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnSpec {
    /// Over which channel; none for all.
    pub(super) channel: Option<Channel>,
    pub(super) purpose: Purpose,
    pub(super) reading: Reading,
    /// Yes means no.
    pub(super) negative: bool,
}

/// What a cell of a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A word.
    State,
    /// When it was said.
    Moment,
    /// Anything: the channel does not reach the customer.
    Bounce,
    /// On what the statements of its record rest.
    Basis,
}

impl ColumnSpec {
    /// Reads `email`, `email:marketing`, `*:profiling`, `!phone:all`, `@email`, `?email`, `basis`; the purpose is marketing
    /// where none is named.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        if text == "basis" {
            let (channel, purpose) = (None, Purpose::All);
            return Ok(Self { channel, purpose, reading: Reading::Basis, negative: false });
        }
        let (negative, rest) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest));
        let (reading, rest) = match (rest.strip_prefix('@'), rest.strip_prefix('?')) {
            (Some(rest), _) => (Reading::Moment, rest),
            (_, Some(rest)) => (Reading::Bounce, rest),
            _ => (Reading::State, rest),
        };
        let (channel, purpose) = rest.split_once(':').unwrap_or((rest, "marketing"));
        let fail = || {
            Error::new(ErrorKind::Config, format!("{text:?} is no channel and purpose"))
                .cure("write it as email:marketing, !phone:all, @email, ?email or basis")
        };
        let channel = match channel {
            "*" => None,
            name => Some(Channel::of_name(name).ok_or_else(fail)?),
        };
        Ok(Self { channel, purpose: Purpose::of_name(purpose).ok_or_else(fail)?, reading, negative })
    }

    /// What a column with this header says, if it is about consent.
    pub fn of_header(header: &str) -> Option<Self> {
        SPECS.get(&words::folded(header).replace(' ', "")).copied()
    }

    /// What a cell says; none when it says nothing.
    pub(super) fn read(&self, raw: &str) -> Option<(ConsentState, LegalBasis)> {
        let state = match self.reading {
            Reading::Moment => ConsentState::Granted,
            Reading::State => *STATES.get(&words::folded(raw))?,
            Reading::Bounce | Reading::Basis => return None,
        };
        match (self.negative, state) {
            (false, ConsentState::Granted) if self.reading == Reading::Moment => {
                Some((state, LegalBasis::Consent))
            }
            (false, ConsentState::Granted | ConsentState::Pending) => Some((state, LegalBasis::Consent)),
            (false, _) => Some((state, LegalBasis::Objection)),
            // Not to have opted out is not to have opted in.
            (true, ConsentState::Granted) => Some((ConsentState::Withdrawn, LegalBasis::Objection)),
            (true, ConsentState::Withdrawn | ConsentState::Suppressed) => {
                Some((state, LegalBasis::Objection))
            }
            (true, _) => None,
        }
    }
}

impl FromStr for ColumnSpec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

/// What a cell of a register says: `granted`, `revocado`.
pub(super) fn state(raw: &str) -> Option<ConsentState> {
    STATES.get(&words::folded(raw)).copied()
}

/// The purpose that a cell names.
pub(super) fn purpose(raw: &str) -> Option<Purpose> {
    PURPOSES.get(&words::folded(raw)).copied()
}

/// The legal basis that a cell names.
pub(super) fn basis(raw: &str) -> Option<LegalBasis> {
    BASES.get(&words::folded(raw)).copied()
}

static STATES: LazyLock<HashMap<String, ConsentState, FixedState>> =
    LazyLock::new(|| words::table("consent", ConsentState::of_name));

static PURPOSES: LazyLock<HashMap<String, Purpose, FixedState>> =
    LazyLock::new(|| words::table("purpose", Purpose::of_name));

static BASES: LazyLock<HashMap<String, LegalBasis, FixedState>> =
    LazyLock::new(|| words::table("basis", LegalBasis::of_name));

static SPECS: LazyLock<HashMap<String, ColumnSpec, FixedState>> = LazyLock::new(|| {
    let mut specs = HashMap::default();
    for [spec, headers] in lines(HEADERS).map(fields::<2>) {
        let Ok(spec) = ColumnSpec::parse(spec) else { continue };
        for header in headers.split(',') {
            specs.entry(words::folded(header).replace(' ', "")).or_insert(spec);
        }
    }
    specs
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_used() {
        assert!(lines(HEADERS).map(fields::<2>).all(|[spec, _]| ColumnSpec::parse(spec).is_ok()));
        assert!(SPECS.len() > 120);
        assert!(STATES.len() > 100 && PURPOSES.len() > 60 && BASES.len() > 80);
    }

    #[test]
    fn headers_and_cells() {
        let read = |header: &str, cell: &str| {
            let spec = ColumnSpec::of_header(header).unwrap_or_else(|| panic!("{header}"));
            spec.read(cell).map(|(state, _)| state)
        };
        use ConsentState::*;
        let rows = [
            ("Accepts Email Marketing", "yes", Some(Granted)),
            ("Accepts Email Marketing", "no", Some(Denied)),
            ("HasOptedOutOfEmail", "true", Some(Withdrawn)),
            ("HasOptedOutOfEmail", "false", None),
            ("DoNotCall", "1", Some(Withdrawn)),
            ("OPTIN_TIME", "2020-01-01 10:00:00", Some(Granted)),
            ("Newsletter status", "cleaned", Some(Suppressed)),
            ("Suscrito al boletín", "Sí", Some(Granted)),
            ("subscription_status", "pending", Some(Pending)),
        ];
        for (header, cell, state) in rows {
            assert_eq!(read(header, cell), state, "{header} {cell}");
        }
        assert_eq!(ColumnSpec::of_header("Total Spent"), None);
        assert_eq!(ColumnSpec::of_header("Base jurídica").map(|spec| spec.reading), Some(Reading::Basis));
        assert_eq!(
            (purpose("Cesión a terceros"), purpose("Werbung")),
            (Some(Purpose::ThirdParties), Some(Purpose::Marketing))
        );
        assert_eq!(
            (basis("Art. 6.1.f"), basis("interés legítimo"), basis("so")),
            (Some(LegalBasis::LegitimateInterest), Some(LegalBasis::LegitimateInterest), None)
        );
        assert!(ColumnSpec::parse("pigeon:marketing").is_err());
    }

    #[test]
    fn policies() {
        let statement = |state, at, identifier| Statement {
            record: RecordId(0),
            channel: Some(Channel::Email),
            purpose: Purpose::Marketing,
            state,
            at,
            basis: LegalBasis::Consent,
            identifier,
        };
        use ConsentPolicy::*;
        use ConsentState::*;
        let said = [statement(Granted, Some(20), 0), statement(Withdrawn, Some(10), 1)];
        let decide = |policy, code| decide(&said, Channel::Email, Purpose::Marketing, code, policy);
        assert_eq!(decide(MostRestrictive, None).state, Withdrawn);
        assert!(decide(MostRestrictive, None).disagreement);
        assert_eq!(decide(LatestByTime, None).state, Granted);
        assert_eq!(
            (decide(PerIdentifier, Some(0)).state, decide(PerIdentifier, Some(1)).state),
            (Granted, Withdrawn)
        );
        assert_eq!(decide(PerIdentifier, Some(2)).state, Unknown);
        let nothing = super::decide(&[], Channel::Sms, Purpose::Marketing, None, MostRestrictive);
        assert_eq!((nothing.state, nothing.statements), (Unknown, 0));
        let order = [Suppressed, Withdrawn, Denied, Unknown, Pending, Granted];
        assert!(order.is_sorted_by(|a, b| a > b));
    }
}
