//! The words of interactions: what happened, over which channel, in which direction, how it ended; and the headers of the
//! columns that tell it, in six languages.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use crate::normalize::resources::{fields, lines};
use crate::normalize::text;

const VALUES: &str = include_str!("../../resources/history/values.tsv");
const HEADERS: &str = include_str!("../../resources/history/headers.tsv");

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        pub enum $name { $($(#[$item])* $variant,)* }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The one of a stable name.
            pub fn of_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}
pub(super) use words;

words! {
    /// What happened.
    Kind {
        /// The customer bought.
        Order = "order",
        /// The customer gave back, or was given back.
        Return = "return",
        /// Goods were sent.
        Shipment = "shipment",
        /// A telephone call.
        Call = "call",
        /// An e-mail from person to person.
        Email = "email",
        /// A chat or text message.
        Message = "message",
        /// A visit or a meeting.
        Visit = "visit",
        /// The customer has a doubt.
        Question = "question",
        /// The customer has an idea.
        Suggestion = "suggestion",
        /// The customer complains, or claims.
        Complaint = "complaint",
        /// A case of the help desk of no special kind.
        Case = "case",
        /// Something printed was sent.
        Catalogue = "catalogue",
        /// A mailing to many.
        Campaign = "campaign",
        /// A contract or subscription, with its end.
        Contract = "contract",
        /// A warranty, with its end.
        Warranty = "warranty",
        /// The customer wants no more of a channel.
        OptOut = "optout",
        /// The customer agrees to a channel.
        OptIn = "optin",
        /// An offer was made.
        Quote = "quote",
        /// Money came in.
        Payment = "payment",
        /// What winning or serving the customer cost.
        Cost = "cost",
        /// None of these.
        Other = "other",
    }
}

words! {
    /// How we talk.
    Channel {
        /// The web site.
        Web = "web",
        /// A shop.
        Store = "store",
        /// The telephone.
        Phone = "phone",
        /// E-mail.
        Email = "email",
        /// Chat and messengers.
        Chat = "chat",
        /// Text messages.
        Sms = "sms",
        /// Letters and parcels.
        Post = "post",
        /// Face to face.
        InPerson = "in_person",
        /// Social networks.
        Social = "social",
        /// An application.
        App = "app",
        /// Not told.
        Other = "other",
    }
}

words! {
    /// Who began.
    Direction {
        /// The customer.
        In = "in",
        /// We.
        Out = "out",
    }
}

words! {
    /// How far it is.
    Status {
        /// Not told.
        Unknown = "unknown",
        /// Waiting for something.
        Open = "open",
        /// Answered, done.
        Closed = "closed",
        /// Bought for good.
        Paid = "paid",
        /// Did not come about.
        Cancelled = "cancelled",
        /// Was given back.
        Refunded = "refunded",
        /// Goods are there or on their way.
        Delivered = "delivered",
        /// A mailing is on its way.
        Sent = "sent",
        /// It was looked at.
        Opened = "opened",
        /// It was followed.
        Clicked = "clicked",
        /// It could not be delivered.
        Bounced = "bounced",
    }
}

words! {
    /// What a column of an interaction file tells.
    ColumnRole {
        /// Which source the record id belongs to.
        Source = "source",
        /// Which record it happened to.
        RecordId = "record_id",
        /// The number of the event: the same in all files that list it.
        EventId = "event_id",
        /// When.
        At = "at",
        /// What; see [`Kind`].
        Kind = "kind",
        /// How; see [`Channel`].
        Channel = "channel",
        /// Who began; see [`Direction`].
        Direction = "direction",
        /// Money, from the customer.
        Amount = "amount",
        /// Its currency.
        Currency = "currency",
        /// What it cost us, in the same currency.
        Cost = "cost",
        /// Line of goods, or what a case is about.
        Category = "category",
        /// Article.
        Item = "item",
        /// How far; see [`Status`].
        Status = "status",
        /// The campaign that it belongs to.
        Campaign = "campaign",
        /// Until when a contract or a warranty runs.
        Until = "until",
        /// When a case was closed.
        ClosedAt = "closed_at",
        /// Language that was spoken.
        Language = "language",
        /// Size that was bought.
        Size = "size",
        /// What consent is for; see [`Purpose`](super::Purpose).
        Purpose = "purpose",
        /// On what consent rests; see [`LegalBasis`](super::LegalBasis).
        LegalBasis = "legal_basis",
        /// The address or number that consent is about.
        Identifier = "identifier",
        /// Nothing that is used.
        Skip = "skip",
    }
}

impl Kind {
    /// Whether it is talk between us and the customer, and counts as a contact. Orders, parcels, contracts and costs are
    /// facts about the customer and no talk.
    pub fn is_contact(self) -> bool {
        use Kind::*;
        matches!(
            self,
            Call | Email
                | Message
                | Visit
                | Question
                | Suggestion
                | Complaint
                | Case
                | Catalogue
                | Campaign
                | Quote
        )
    }

    /// Whether it waits for an answer of ours.
    pub fn is_case(self) -> bool {
        matches!(self, Self::Question | Self::Suggestion | Self::Complaint | Self::Case)
    }

    /// Who begins, when the file does not tell.
    pub(super) fn usual_direction(self) -> Option<Direction> {
        use Kind::*;
        match self {
            Order | Return | Question | Suggestion | Complaint | Case | OptOut | OptIn | Payment => {
                Some(Direction::In)
            }
            Shipment | Catalogue | Campaign | Quote => Some(Direction::Out),
            _ => None,
        }
    }

    /// The channel, when the file does not tell.
    pub(super) fn usual_channel(self) -> Channel {
        use Kind::*;
        match self {
            Call => Channel::Phone,
            Email | Campaign => Channel::Email,
            Message => Channel::Chat,
            Visit => Channel::InPerson,
            Shipment | Catalogue => Channel::Post,
            _ => Channel::Other,
        }
    }
}

/// A phrase as it is compared: folded, one blank between words.
pub(super) fn folded(raw: &str) -> String {
    let key = text::key(raw);
    let words = key.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

pub(super) type Table<T> = HashMap<String, T, FixedState>;

pub(super) fn table<T: Copy>(what: &str, of_name: impl Fn(&str) -> Option<T>) -> Table<T> {
    let mut table = Table::default();
    for [kind, name, phrases] in lines(VALUES).map(fields::<3>) {
        let Some(meaning) = of_name(name).filter(|_| kind == what) else { continue };
        for phrase in phrases.split(',') {
            table.entry(folded(phrase)).or_insert(meaning);
        }
        table.insert(folded(name), meaning);
    }
    table
}

static KINDS: LazyLock<Table<Kind>> = LazyLock::new(|| table("kind", Kind::of_name));
static CHANNELS: LazyLock<Table<Channel>> = LazyLock::new(|| table("channel", Channel::of_name));
static DIRECTIONS: LazyLock<Table<Direction>> = LazyLock::new(|| table("direction", Direction::of_name));
static STATUSES: LazyLock<Table<Status>> = LazyLock::new(|| table("status", Status::of_name));

/// Role and rank of each header; a lower rank is surer.
static HEADER_ROLES: LazyLock<Table<Vec<(ColumnRole, usize)>>> = LazyLock::new(|| {
    let mut table: Table<Vec<(ColumnRole, usize)>> = Table::default();
    for [name, phrases] in lines(HEADERS).map(fields::<2>) {
        let Some(role) = ColumnRole::of_name(name) else { continue };
        for (rank, phrase) in phrases.split(',').enumerate() {
            table.entry(folded(phrase).replace(' ', "")).or_default().push((role, rank));
        }
    }
    table
});

/// The kind that a cell names.
pub fn kind(raw: &str) -> Option<Kind> {
    KINDS.get(&folded(raw)).copied()
}

/// The channel that a cell names.
pub fn channel(raw: &str) -> Option<Channel> {
    CHANNELS.get(&folded(raw)).copied()
}

/// The direction that a cell names.
pub fn direction(raw: &str) -> Option<Direction> {
    DIRECTIONS.get(&folded(raw)).copied()
}

/// The status that a cell names.
pub fn status(raw: &str) -> Option<Status> {
    STATUSES.get(&folded(raw)).copied()
}

/// The roles that a header may have, each with its rank.
pub(super) fn header(raw: &str) -> &'static [(ColumnRole, usize)] {
    // `OrderDate` and `order_date` are one header.
    let mut spaced = String::with_capacity(raw.len() + 4);
    let mut before = ' ';
    for c in raw.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(c);
        before = c;
    }
    HEADER_ROLES.get(&folded(&spaced).replace(' ', "")).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_is_used() {
        let names = lines(VALUES).map(fields::<3>).map(|[what, name, _]| match what {
            "kind" => Kind::of_name(name).is_some(),
            "channel" => Channel::of_name(name).is_some(),
            "direction" => Direction::of_name(name).is_some(),
            "status" => Status::of_name(name).is_some(),
            "consent" => super::super::ConsentState::of_name(name).is_some(),
            "purpose" => super::super::Purpose::of_name(name).is_some(),
            "basis" => super::super::LegalBasis::of_name(name).is_some(),
            _ => false,
        });
        assert!(names.into_iter().all(|known| known));
        assert!(lines(HEADERS).map(fields::<2>).all(|[name, _]| ColumnRole::of_name(name).is_some()));
        assert!(KINDS.len() > 200 && CHANNELS.len() > 100 && STATUSES.len() > 150);
    }

    #[test]
    fn words_of_six_languages() {
        let rows = [
            ("Pedido", Kind::Order),
            ("RECLAMACIÓN", Kind::Complaint),
            ("opt-out", Kind::OptOut),
            ("Anruf", Kind::Call),
            ("courriel", Kind::Email),
            ("garanzia", Kind::Warranty),
            ("dúvida", Kind::Question),
        ];
        for (raw, meant) in rows {
            assert_eq!(kind(raw), Some(meant), "{raw}");
        }
        assert_eq!((channel("Tienda"), channel("nonsense")), (Some(Channel::Store), None));
        assert_eq!((direction("Ausgehend"), status("Résolu")), (Some(Direction::Out), Some(Status::Closed)));
        for raw in ["Fecha de pedido", "OrderDate", "order_date", "BESTELLDATUM"] {
            assert_eq!(header(raw)[0].0, ColumnRole::At, "{raw}");
        }
    }
}
