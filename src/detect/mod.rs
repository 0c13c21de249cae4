//! Stage `detect`: which column is which attribute. Takes a [`Source`], gives a [`Mapping`] with one [`FieldGuess`]
//! per column, in file order.
//!
//! Two witnesses are heard for each column: the words of its header (Spanish, English, Portuguese, French, German,
//! Italian; any case, abbreviated, prefixed, glued) and the shapes of its values (e-mail, telephone, date, postcode,
//! common given names and surnames, ...). Each gives points for and against each use; an assignment then resolves
//! columns that want the same use. Without headers the values decide alone. **When in doubt a column is carried**:
//! a missed attribute costs recall, a false one merges strangers.
//!
//! Reach for [`detect`] when a file has no configuration; a configured mapping (`DetectOptions::roles`) wins over
//! every guess.
//!
//! # Invariants
//! The result is the same for any order of the records: samples are chosen by the hash of their text. No reason holds
//! a customer's value.
//!
//! # Complexity
//! One pass over the codes of each column and one hash per distinct value; at most about 2,000 values per column and
//! 4,000 records are read.

mod assign;
mod evidence;
mod headers;
mod profile;
mod region;
mod shapes;
mod vocabulary;

pub use headers::is_secret_header;

use assign::Choice;
use evidence::{Candidate, Context, View};
use headers::{Label, Lexicon, Reading};
use profile::Profile;
use shapes::Trait;
use vocabulary::Vocabulary;

use crate::table::{AttributeKind, Role, Source};

/// What one column is taken for.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldGuess {
    /// Name of the column.
    pub field: String,
    /// Its use.
    pub role: Role,
    /// How sure, 0 to 1. For [`Role::Carry`]: how sure that it is nothing else.
    pub confidence: f64,
    /// Why, for people; never a value of a record.
    pub reasons: Vec<String>,
}

/// What the columns of one source are taken for.
#[derive(Clone, PartialEq, Debug)]
pub struct Mapping {
    /// Name of the source.
    pub source: String,
    /// One per column, in file order.
    pub fields: Vec<FieldGuess>,
    /// Whether `03/04/1990` is the 3rd of April; `None` when no date depends on it or nothing tells.
    pub day_first: Option<bool>,
    /// Default country, ISO 3166-1 alpha-2, where telephone numbers, places or languages agree on one.
    pub region: Option<String>,
    /// Language of the values with the region, as `es-ES` or `es`.
    pub locale: Option<String>,
}

impl Mapping {
    /// The column with this role; the first one when there are several.
    pub fn field_of(&self, role: Role) -> Option<&FieldGuess> {
        self.fields.iter().find(|guess| guess.role == role)
    }

    /// Number of the column with this role; the first one when there are several.
    pub fn position(&self, role: Role) -> Option<usize> {
        self.fields.iter().position(|guess| guess.role == role)
    }
}

/// What is known beforehand. Column names are compared as [`Source::field_index`] does.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DetectOptions {
    /// Column that is the record's key, whatever its values.
    pub id: Option<String>,
    /// Columns that are not read in.
    pub ignore: Vec<String>,
    /// Columns whose role is given; wins over everything else.
    pub roles: Vec<(String, Role)>,
    /// Default country, instead of a guess.
    pub region: Option<String>,
    /// Locale, instead of a guess.
    pub locale: Option<String>,
    /// Order of day and month, instead of a guess.
    pub day_first: Option<bool>,
}

/// Records read to compare columns with each other.
const ROWS: usize = 2_000;

/// Points for a city whose value follows from the postcode, and for a surname beside the given name.
const NEIGHBOUR: f64 = 2.5;

/// Guesses the use of every column.
///
/// # Example
/// ```
/// use quilate::detect::{DetectOptions, detect};
/// use quilate::{Role, Source, AttributeKind};
///
/// #[derive(serde::Serialize)]
/// struct Row { correo: &'static str, nombre: &'static str, apellidos: &'static str }
/// let source = Source::from_records("tienda", [
///     Row { correo: "ana@example.es", nombre: "Ana", apellidos: "Ruiz Gil" },
///     Row { correo: "luis@example.es", nombre: "Luis", apellidos: "Vega Sanz" }])?;
/// let mapping = detect(&source, &DetectOptions::default());
/// let roles: Vec<String> = mapping.fields.iter().map(|guess| guess.role.to_string()).collect();
/// assert_eq!(roles, ["surname", "email", "given_name"]);
/// # Ok::<(), quilate::Error>(())
/// ```
pub fn detect(source: &Source, options: &DetectOptions) -> Mapping {
    let vocabulary = Vocabulary::new();
    let lexicon = Lexicon::new();
    let readings: Vec<Reading> = source.fields().iter().map(|field| lexicon.read(field)).collect();
    let profiles = crate::par::map(source.columns(), |column| Profile::new(column, &vocabulary));
    let rows = profile::sample_rows(source.columns(), ROWS);
    let views = views(source, &readings, &profiles, &rows);
    let context = context(&readings);
    let mut choices = settle(source, options, &views, &context);
    let mut candidates: Vec<Vec<Candidate>> =
        views.iter().map(|view| evidence::candidates(view, &context)).collect();
    keys(source, &readings, &profiles, &mut candidates, &mut choices);
    neighbours(source, &readings, &profiles, &mut candidates);
    earliest_date(&profiles, &mut candidates);
    assign::assign(&candidates, &readings, &mut choices);
    let parts: Vec<(bool, bool, bool)> = profiles.iter().map(date_parts).collect();
    assign::split_birth_dates(&parts, &readings, &mut choices);
    assign::drop_lonely(&mut choices);
    assign::drop_copies(source, &rows, &candidates, &mut choices);
    assign::number_addresses(&readings, &mut choices);
    let judged: Vec<region::Judged<'_>> = (0..choices.len())
        .map(|at| region::Judged { role: choices[at].role, profile: &profiles[at], reading: &readings[at] })
        .collect();
    let region = options.region.clone().or_else(|| region::region(&judged));
    let locale = options.locale.clone().or_else(|| region::locale(&judged, region.as_deref()));
    let day_first =
        options.day_first.or_else(|| region::day_first(&judged, region.as_deref(), locale.as_deref()));
    let fields =
        (0..choices.len()).map(|at| guess(&source.fields()[at], &choices[at], &views[at], &candidates[at]));
    Mapping { source: source.name().to_owned(), fields: fields.collect(), day_first, region, locale }
}

/// Each column with its relation to the e-mail column, where there is one.
fn views<'a>(
    source: &Source,
    readings: &'a [Reading],
    profiles: &'a [Profile],
    rows: &[u32],
) -> Vec<View<'a>> {
    let mails = |at: &usize| profiles[*at].share(Trait::Email) > 0.5;
    let email = (0..profiles.len()).filter(mails).max_by_key(|at| (profiles[*at].non_null, usize::MAX - at));
    let in_email = |at: usize| match email {
        Some(email) if profiles[at].share(Trait::Wordy) > 0.7 => {
            profile::share_in_email(&source.columns()[at], &source.columns()[email], rows)
        }
        _ => 0.0,
    };
    let pairs = readings.iter().zip(profiles).enumerate();
    pairs.map(|(at, (reading, profile))| View { reading, profile, in_email: in_email(at) }).collect()
}

fn context(readings: &[Reading]) -> Context {
    use AttributeKind::*;
    let own = |reading: &&Reading| !reading.has(Label::Other) && !reading.has(Label::Carry);
    let strong = |reading: &Reading, kind| {
        reading.meanings.iter().any(|meaning| meaning.label.kind() == Some(kind) && !meaning.weak)
    };
    let called = |kind| readings.iter().filter(own).any(|reading| strong(reading, kind));
    let named = |reading: &Reading| {
        reading.has(Label::AnyName)
            || [GivenName, Surname, FullName, Company].into_iter().any(|kind| reading.has_kind(kind))
    };
    Context {
        given: called(GivenName),
        surname: called(Surname),
        street: called(Street) || readings.iter().filter(own).any(|reading| reading.has(Label::Address)),
        about_others: readings.iter().any(|reading| reading.has(Label::Other) && named(reading))
            && !readings.iter().filter(own).any(named),
    }
}

/// Columns that the caller or the header settles.
fn settle(source: &Source, options: &DetectOptions, views: &[View<'_>], context: &Context) -> Vec<Choice> {
    let fixed = |role, note| Choice { role, score: 9.0, named: true, note: Some(note), fixed: true };
    let mut choices: Vec<Choice> = Vec::with_capacity(views.len());
    for (field, view) in source.fields().iter().zip(views) {
        choices.push(match evidence::settled(view, context) {
            _ if is_secret_header(field) => fixed(Role::Skip, "secrets are never read in"),
            Some((role, note)) => fixed(role, note),
            None => Choice::carry(),
        });
    }
    let mut set = |field: &str, role, note| {
        if let Some(at) = source.field_index(field) {
            choices[at] = fixed(role, note);
        }
    };
    options.ignore.iter().for_each(|field| set(field, Role::Skip, "left out by configuration"));
    if let Some(id) = &options.id {
        set(id, Role::RecordId, "named as the record id");
    }
    options.roles.iter().for_each(|(field, role)| set(field, *role, "given by configuration"));
    choices
}

/// Record ids must be unique, alone or together with a column that names the source; source names must be few.
fn keys(
    source: &Source,
    readings: &[Reading],
    profiles: &[Profile],
    candidates: &mut [Vec<Candidate>],
    choices: &mut [Choice],
) {
    let given = choices.iter().any(|choice| choice.role == Role::RecordId);
    let few = |at: usize| {
        let profile = &profiles[at];
        profile.non_null * 20 >= profile.records * 19
            && profile.distinct <= 200
            && profile.distinct * 10 <= profile.records
    };
    let named_source = |at: usize| readings[at].has(Label::Role(Role::SourceName));
    let mut joint: Option<usize> = None;
    for at in 0..candidates.len() {
        let column = &source.columns()[at];
        let complete = profiles[at].non_null * 100 >= profiles[at].records * 99 && !column.is_list();
        let unique = complete && profiles[at].distinct == profiles[at].non_null && !column.is_empty();
        let repeats = complete && !unique && profiles[at].distinct * 4 >= profiles[at].records;
        let with = |other: &usize| named_source(*other) && few(*other) && unique_together(source, at, *other);
        for candidate in candidates[at].iter_mut().filter(|candidate| candidate.role == Role::RecordId) {
            if given {
                candidate.score = 0.0;
            } else if unique {
                candidate.score += 2.0;
            } else if let Some(other) = (0..profiles.len()).find(|other| repeats && with(other)) {
                joint = Some(other);
            } else {
                candidate.score = 0.0;
            }
        }
    }
    for (at, list) in candidates.iter_mut().enumerate() {
        // Who names the sources decides what a record's key is, so it takes more than a header: ids that repeat unless
        // the column is part of the key. (`source` is in most exports the campaign.)
        let trusted = joint == Some(at) && few(at);
        for candidate in list.iter_mut().filter(|candidate| candidate.role == Role::SourceName) {
            candidate.score = if trusted { 7.0 } else { 0.0 };
        }
    }
}

/// Whether no pair of values of two columns occurs twice.
fn unique_together(source: &Source, a: usize, b: usize) -> bool {
    let (a, b) = (&source.columns()[a], &source.columns()[b]);
    let mut pairs: Vec<(u32, u32)> =
        (0..source.len()).map(|row| (a.first_code(row), b.first_code(row))).collect();
    pairs.sort_unstable();
    pairs.windows(2).all(|pair| pair[0] != pair[1])
}

/// What columns without a header gain from their neighbours: the column beside given names that looks like names is
/// the surname; words that follow from the postcode are the town; a number before a street is the house number.
fn neighbours(
    source: &Source,
    readings: &[Reading],
    profiles: &[Profile],
    candidates: &mut [Vec<Candidate>],
) {
    use AttributeKind::*;
    let best = |candidates: &[Vec<Candidate>], kind: AttributeKind| {
        let score =
            |at: usize| candidates[at].iter().find(|c| c.role == Role::Attribute(kind, 0)).map(|c| c.score);
        let all = (0..candidates.len()).filter_map(|at| score(at).map(|score| (at, score)));
        let top = |at: usize| candidates[at].first().is_some_and(|c| c.role == Role::Attribute(kind, 0));
        all.filter(|(at, score)| *score >= evidence::THRESHOLD && top(*at))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    };
    let wordy = |at: usize| {
        readings[at].blank
            && profiles[at].share(Trait::Wordy) > 0.85
            && profiles[at].distinct > 5
            && profiles[at].share(Trait::Initial) < 0.3
    };
    if let (Some((given, _)), None) = (best(candidates, GivenName), best(candidates, Surname)) {
        let beside = [Some(given + 1), given.checked_sub(1)];
        let free = |at: &usize| {
            *at < candidates.len()
                && wordy(*at)
                && profiles[*at].mean_words() < 2.5
                && candidates[*at].first().is_none_or(|c| {
                    c.score < evidence::THRESHOLD + 1.0
                        && !matches!(c.role, Role::Attribute(Gender | Region | Country, _))
                })
        };
        if let Some(at) = beside.into_iter().flatten().find(free) {
            raise(&mut candidates[at], Surname, evidence::THRESHOLD + 0.5);
        }
    }
    if let Some((post, _)) = best(candidates, Postcode) {
        let open = |at: &usize| *at != post && wordy(*at) && profiles[*at].unique_share() < 0.8;
        let parent = &source.columns()[post];
        // Duplicates of one person share everything: names tell how much follows from the postcode by that alone.
        let names = best(candidates, GivenName)
            .or_else(|| best(candidates, Surname))
            .or_else(|| best(candidates, FullName));
        let chance =
            names.map_or(0.0, |(name, _)| profile::share_determined(&source.columns()[name], parent));
        for at in (0..candidates.len()).filter(open) {
            let share = profile::share_determined(&source.columns()[at], parent);
            if share >= 0.8
                && share >= chance + 0.25
                && candidates[at].first().is_none_or(|c| c.score < 4.0 || c.role == Role::Attribute(City, 0))
            {
                raise(&mut candidates[at], City, NEIGHBOUR + 1.5);
            }
        }
    }
    for at in 1..candidates.len() {
        let street = candidates[at].first().is_some_and(|c| c.role == Role::Attribute(Street, 0));
        let bare = profiles[at].share(Trait::Numbered) < 0.3;
        if street && bare && readings[at - 1].blank && profiles[at - 1].share(Trait::House) > 0.9 {
            raise(&mut candidates[at - 1], HouseNumber, NEIGHBOUR + 2.0);
        }
    }
}

/// Of several spread dates without a telling header, the birth date is the one that lies back furthest.
fn earliest_date(profiles: &[Profile], candidates: &mut [Vec<Candidate>]) {
    let role = Role::Attribute(AttributeKind::BirthDate, 0);
    let unnamed = |candidate: &Candidate| candidate.role == role && !candidate.named;
    let dates = (0..candidates.len()).filter(|at| candidates[*at].iter().any(unnamed));
    let first = dates.filter_map(|at| Some((profiles[at].median_year()?, at))).min();
    if let Some(candidate) =
        first.and_then(|(_, at)| candidates[at].iter_mut().find(|candidate| unnamed(candidate)))
    {
        candidate.score += 1.0;
    }
}

/// Adds points for a use that a column may or may not have had a candidate for.
fn raise(candidates: &mut Vec<Candidate>, kind: AttributeKind, points: f64) {
    let role = Role::Attribute(kind, 0);
    match candidates.iter_mut().find(|candidate| candidate.role == role) {
        Some(candidate) => candidate.score = candidate.score.max(points),
        None => candidates.push(Candidate { role, score: points, named: false }),
    }
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.role.cmp(&b.role)));
}

/// Whether a column looks like years that span lives, like months, like days.
fn date_parts(profile: &Profile) -> (bool, bool, bool) {
    let year = profile.share(Trait::Year) > 0.9 && profile.year_spread() >= 35;
    let month = profile.share(Trait::Month) > 0.9 && (6..=40).contains(&profile.distinct);
    let day = profile.share(Trait::Day) > 0.9 && (12..=99).contains(&profile.distinct);
    (year, month, day)
}

/// The final word on one column.
fn guess(field: &str, choice: &Choice, view: &View<'_>, candidates: &[Candidate]) -> FieldGuess {
    let best = candidates.first().map_or(0.0, |candidate| candidate.score);
    let margin = match choice.role {
        _ if choice.fixed => 6.0,
        Role::Carry => evidence::THRESHOLD + 1.0 - best.min(evidence::THRESHOLD + 1.0),
        _ => choice.score - evidence::THRESHOLD,
    };
    let mut reasons: Vec<String> = Vec::new();
    reasons.extend(choice.note.map(str::to_owned));
    if !choice.fixed {
        match choice.role {
            Role::Carry if choice.note.is_none() => {
                reasons.push("neither header nor values name an attribute".to_owned())
            }
            Role::Carry => {}
            _ if choice.named => reasons.push(format!("header names {}", choice.role)),
            _ => reasons.push("header does not tell; the values do".to_owned()),
        }
        reasons.extend(value_reason(choice.role, view.profile));
    }
    if view.profile.is_empty() {
        reasons.push("no values".to_owned());
    }
    FieldGuess {
        field: field.to_owned(),
        role: choice.role,
        confidence: 1.0 / (1.0 + (-margin).exp()),
        reasons,
    }
}

/// What the values said, where it can be put in one number.
fn value_reason(role: Role, profile: &Profile) -> Option<String> {
    use AttributeKind::*;
    let Role::Attribute(kind, _) = role else {
        return (role == Role::RecordId)
            .then(|| format!("{} of {} records have one", profile.non_null, profile.records));
    };
    let (what, text) = match kind {
        Email => (Trait::Email, "e-mail addresses"),
        Phone => (Trait::PhoneLoose, "could be telephone numbers"),
        BirthDate => (Trait::DateLoose, "dates"),
        GivenName => (Trait::Given, "common given names"),
        Surname => (Trait::Surname, "common surnames"),
        FullName => (Trait::WholeName, "a common given name with a common surname"),
        Street => (Trait::StreetType, "with a street type"),
        City => (Trait::City, "larger towns"),
        Region => (Trait::Region, "known regions"),
        Country => (Trait::Country, "countries"),
        Postcode => (Trait::PostLoose, "could be postcodes"),
        Company => (Trait::Legal, "with a word of organisations"),
        Gender => (Trait::Gender, "gender words"),
        NamePrefix => (Trait::Title, "salutations"),
        Website => (Trait::Url, "web addresses"),
        _ => return None,
    };
    (!profile.is_empty()).then(|| format!("{:.0}% of sampled values: {text}", 100.0 * profile.share(what)))
}
