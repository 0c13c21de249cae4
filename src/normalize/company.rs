//! Company names: the name proper apart from its legal form, status and former names.
//!
//! Legal forms are a table (`resources/companies/legal_forms.tsv`), compared without case, dots and spaces (`S. L.`, `SL`,
//! `s.l.` are one spelling), longest first, at the end or, for those that may open a name, at the front. Short forms that
//! are also words (`Sal`, `Co`) count only as a form is written: with dots, in capitals, or in the spelling of the table.
//! The country of the record decides between forms that are written alike (`SAS` is a joint-stock company in France and a
//! partnership in Italy).
//!
//! The same core with another form is a sister company more often than a typing error: compare
//! [`Company::legal_form`], too.
//!
//! # Complexity
//! Linear in the length of the name; at most fourteen hash look-ups.

use std::borrow::Cow;

use serde::Serialize;

use super::person_name::{holds_organisation_word, is_person_called_like_a_firm};
use super::placeholder::placeholder_folded;
use super::text::{LetterCase, clean, fold, key, letter_case, title_case};
use super::{Hint, Normalized, Quality};
use crate::table::AttributeKind;

mod forms;

use forms::{Found, find_form, is_unspaced_script, squash, unspaced_form};

/// The components of a company name.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Company {
    /// The name without legal form, status, former names and quotes.
    pub core_name: String,
    /// Canonical legal form, such as `SL`, `GmbH & Co. KG`.
    pub legal_form: Option<&'static str>,
    /// Class of the form across countries: `LLC`, `JSC`, `PARTNERSHIP`, `COOP`, `ASSOC` ...
    pub form_class: Option<&'static str>,
    /// ISO country the form belongs to.
    pub country: Option<&'static str>,
}

/// Words that join two names and are left out of the key.
const CONNECTORS: [&str; 7] = ["y", "e", "i", "and", "und", "et", "en"];

/// What is said in brackets, or after the form, about the state of a company.
const STATUSES: [&str; 26] = [
    "en concurso voluntario",
    "en proceso de liquidacion",
    "en extincion",
    "en quiebra",
    "en suspension de pagos",
    "inactiva",
    "in receivership",
    "in insolvenz",
    "en redressement judiciaire",
    "in fallimento",
    "en liquidacion",
    "en concurso",
    "en concurso de acreedores",
    "en disolucion",
    "disuelta",
    "extinguida",
    "in liquidation",
    "in administration",
    "dissolved",
    "in liquidazione",
    "em liquidacao",
    "em recuperacao judicial",
    "en liquidation",
    "i l",
    "in liquidatie",
    "unipersonal",
];

/// What introduces a former name.
const FORMERLY: [&str; 12] = [
    "antes",
    "anteriormente",
    "antigua",
    "antiguo",
    "ex",
    "formerly",
    "fka",
    "previously",
    "vormals",
    "ehemals",
    "anciennement",
    "gia",
];

/// Reads a company name.
///
/// The first key is the folded core without connectors (`y`, `e`, `and`, `und`), a second one is its transliteration.
///
/// # Example
/// ```
/// # use quilate::normalize::{Hint, company::company};
/// let hint = Hint { locale: None, region: Some("ES") };
/// let name = company("CONSTRUCCIONES GARCIA & HIJOS, S. L.", &hint);
/// assert_eq!(name.parts.core_name, "Construcciones Garcia & Hijos");
/// assert_eq!(name.parts.legal_form, Some("SL"));
/// assert_eq!(name.keys[0], "construcciones garcia hijos");
/// ```
pub fn company<'a>(raw: &'a str, hint: &Hint<'_>) -> Normalized<'a, Company> {
    let cleaned = clean(raw);
    let mut result = read(&cleaned, hint);
    // The form to store must read as itself. Where taking the name apart uncovers something else that reads as a form
    // (rare: "C.B. S.A. de Ruiz"), the clean text is stored; it does read as itself, being what was read.
    let stored = clean(&result.canonical);
    if result.canonical != *cleaned
        && (*stored != result.canonical || read(&stored, hint).canonical != *stored)
    {
        cleaned.as_ref().clone_into(&mut result.canonical);
    }
    let Normalized { canonical, parts, keys, quality, reasons, .. } = result;
    Normalized { original: raw, canonical, parts, keys, quality, reasons }
}

fn read<'t>(cleaned: &'t str, hint: &Hint<'_>) -> Normalized<'t, Company> {
    let mut result = Normalized {
        original: cleaned,
        canonical: String::new(),
        parts: Company::default(),
        keys: Vec::new(),
        quality: Quality::Ok,
        reasons: Vec::new(),
    };
    if cleaned.is_empty() {
        result.quality = Quality::Unparsed;
        result.reasons.push("empty");
        return result;
    }
    let filler = placeholder_folded(AttributeKind::Company, cleaned, &fold(cleaned));
    if let Some(filler) = filler.filter(|filler| filler.is_missing()) {
        result.quality = Quality::Placeholder;
        result.reasons.push(filler.name());
        return result;
    }
    let plain = take_brackets(cleaned, &mut result);
    let plain = strip_status(trim_marks(&plain), &mut result);
    let plain = strip_branch(plain, hint.region, &mut result);
    let plain = strip_register_number(strip_owner(plain, hint.region));
    let found = find_form(plain, hint.region, false);
    let core = trim_marks(found.as_ref().map_or(plain, |found| found.core));
    let core = match &found {
        Some(found) if found.form.canonical == NUMBERED => strip_leading_number(core),
        Some(_) => strip_partners(core),
        None => core,
    };
    result.parts.core_name = display_core(core);
    if let Some(found) = &found {
        result.parts.legal_form = Some(found.form.canonical);
        result.parts.form_class = Some(found.form.class);
        result.parts.country = Some(found.form.country);
    }
    if core.is_empty() {
        cleaned.clone_into(&mut result.canonical);
        result.quality = Quality::Invalid;
        result.reasons.push("form_only");
        return result;
    }
    result.canonical = display(&result.parts, found.as_ref());
    let match_key = match_key(core);
    if !match_key.is_empty() {
        let latin = if match_key.is_ascii() { String::new() } else { key(&match_key) };
        result.keys.push(match_key);
        result.keys.extend((!latin.is_empty()).then_some(latin));
    }
    result
}

fn display(parts: &Company, found: Option<&Found<'_>>) -> String {
    let Some(found) = found else { return parts.core_name.clone() };
    match found.leading {
        Some(leading) => {
            let space = if leading.chars().any(is_unspaced_script) { "" } else { " " };
            // A form of several words is text and follows its case; an abbreviation stays as it is written.
            let leading = if leading.len() > 7 { title_case(leading) } else { Cow::Borrowed(leading) };
            format!("{leading}{space}{}", parts.core_name)
        }
        None => format!("{} {}", parts.core_name, found.form.canonical),
    }
}

/// Words in capitals only get their small letters back, but for abbreviations (BMW, HP).
fn display_core(core: &str) -> String {
    if letter_case(core) == LetterCase::Mixed {
        return core.to_owned();
    }
    let upper = letter_case(core) == LetterCase::Upper;
    let titled = title_case(core);
    if !upper {
        return titled.into_owned();
    }
    let is_abbreviation = |word: &str| {
        (2..=4).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_alphabetic() && !b"aeiouyAEIOUY".contains(&byte))
    };
    let words: Vec<&str> = core
        .split(' ')
        .zip(titled.split(' '))
        .map(|(raw, titled)| if is_abbreviation(raw) { raw } else { titled })
        .collect();
    words.join(" ")
}

fn match_key(core: &str) -> String {
    let joined: Cow<'_, str> =
        if core.contains('+') { Cow::Owned(core.replace('+', "")) } else { Cow::Borrowed(core) };
    let folded = fold(&joined);
    let words: Vec<&str> = folded.split(' ').filter(|word| !CONNECTORS.contains(word)).collect();
    // A name of connectors only keeps them.
    if words.is_empty() { folded } else { words.join(" ") }
}

/// Quotes around, and separators left over at, the ends.
fn trim_marks(text: &str) -> &str {
    let mut text = text.trim_matches(|c: char| {
        matches!(c, ' ' | ',' | ';' | '-' | '–' | '—' | '«' | '»' | '"' | '“' | '”' | '„' | '&')
    });
    // A dot closes an abbreviation unless a sentence ends there, which a name does not tell.
    while let Some(rest) = text.strip_prefix(['.', ',']) {
        text = rest.trim_start();
    }
    text
}

/// Statuses, former names and trade names in brackets.
fn take_brackets<'t>(text: &'t str, result: &mut Normalized<'_, Company>) -> Cow<'t, str> {
    let mut rest = Cow::Borrowed(text);
    while let Some(open) = rest.find('(') {
        let Some(length) = rest[open..].find(')') else { break };
        let inside = rest[open + 1..open + length].trim().to_owned();
        let (before, after) = (rest[..open].trim_end().to_owned(), rest[open + length + 1..].to_owned());
        let folded = fold(&inside);
        let first = folded.split(' ').next().unwrap_or("");
        let joined = || format!("{before} {}", after.trim_start()).trim().to_owned();
        if STATUSES.contains(&folded.as_str()) {
            result.reasons.push("status_removed");
            rest = Cow::Owned(joined());
        } else if FORMERLY.contains(&first) && folded.contains(' ') {
            result.reasons.push("former_name_removed");
            rest = Cow::Owned(joined());
        } else if after.trim().is_empty() && !inside.is_empty() && is_person(&before) {
            // A sole trader: the trade name is what the cell is about.
            result.quality = Quality::Ambiguous;
            result.reasons.push("person_with_trade_name");
            rest = Cow::Owned(inside);
        } else {
            break;
        }
    }
    rest
}

/// A given name followed by more, and no legal form.
fn is_person(text: &str) -> bool {
    text.contains(' ') && super::person_name::starts_like_a_person(text) && !looks_like_company(text)
}

fn strip_status<'t>(text: &'t str, result: &mut Normalized<'_, Company>) -> &'t str {
    let Some(comma) = text.rfind([',', '-']) else {
        return strip_status_words(text, result);
    };
    if STATUSES.contains(&fold(&text[comma + 1..]).as_str()) {
        result.reasons.push("status_removed");
        return trim_marks(&text[..comma]);
    }
    strip_status_words(text, result)
}

/// The form whose companies have a number in the register that is written beside it: `S.A.T. nº 1234 Frutas del Valle`.
const NUMBERED: &str = "SAT";

/// A number in the register at the end, behind its form.
fn strip_register_number(text: &str) -> &str {
    let Some((head, _)) = text.rsplit_once(' ').filter(|(_, last)| is_number(last)) else { return text };
    let head = match head.rsplit_once(' ') {
        Some((before, word)) if is_number_word(word) => before,
        _ => head,
    };
    let form = head.rsplit(' ').next().is_some_and(|word| squash(word).eq_ignore_ascii_case(NUMBERED));
    if form { head } else { text }
}

/// The same in front of the name, behind a form that has been taken off.
fn strip_leading_number(core: &str) -> &str {
    let (first, rest) = core.split_once(' ').unwrap_or((core, ""));
    let (number, rest) =
        if is_number_word(first) { rest.split_once(' ').unwrap_or((rest, "")) } else { (first, rest) };
    if is_number(number) && !rest.is_empty() { trim_marks(rest) } else { core }
}

fn is_number(word: &str) -> bool {
    let bare = word.trim_end_matches([',', '.']);
    !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn is_number_word(word: &str) -> bool {
    matches!(squash(word).as_str(), "n" | "no" | "num" | "numero")
}

/// `Bianchi S.n.c. di Bianchi Mario & C.`: Italian partnerships name their partners behind the form.
fn strip_owner<'t>(text: &'t str, region: Option<&str>) -> &'t str {
    if region.is_some_and(|region| region != "IT") {
        return text;
    }
    let Some(at) = text.find(" di ").or_else(|| text.find(" DI ")) else { return text };
    let head = &text[..at];
    let of_partners = find_form(head, Some("IT"), false)
        .is_some_and(|found| found.form.country == "IT" && found.leading.is_none() && !found.core.is_empty());
    if of_partners { head } else { text }
}

/// `... SARL, sucursal en España`: the branch behind the form of the company that it is of.
fn strip_branch<'t>(text: &'t str, region: Option<&str>, result: &mut Normalized<'_, Company>) -> &'t str {
    const BRANCHES: [&str; 6] =
        ["sucursal en ", "sucursal em ", "succursale ", "zweigniederlassung ", "niederlassung ", "branch "];
    let lower = text.to_ascii_lowercase();
    let Some(at) = BRANCHES.iter().filter_map(|branch| lower.rfind(branch)).max() else { return text };
    let head = trim_marks(&text[..at]);
    if find_form(head, region, false).is_none_or(|found| found.core.is_empty()) {
        return text;
    }
    result.reasons.push("branch_removed");
    head
}

/// `... S.L. en liquidación`, without punctuation.
fn strip_status_words<'t>(text: &'t str, result: &mut Normalized<'_, Company>) -> &'t str {
    // `GmbH i.L.`: in liquidation, being founded.
    for abbreviation in [" i.L.", " i. L.", " i.Gr.", " i.G.", " i. G."] {
        if let Some(rest) = text.strip_suffix(abbreviation) {
            result.reasons.push("status_removed");
            return trim_marks(rest);
        }
    }
    for preposition in [" en ", " in ", " em ", " EN ", " IN ", " EM "] {
        let Some(at) = text.rfind(preposition) else { continue };
        if STATUSES.contains(&fold(&text[at..]).as_str()) {
            result.reasons.push("status_removed");
            return trim_marks(&text[..at]);
        }
    }
    text
}

/// `Rossi & C.`, `Dupont et Cie`: silent partners before a legal form.
fn strip_partners(core: &str) -> &str {
    const PARTNERS: [&str; 6] = ["c", "co", "cia", "cie", "comp", "compania"];
    let Some(at) = core.rfind(' ') else { return core };
    let before = core[..at].trim_end();
    let joined = before.ends_with('&')
        || before.to_lowercase().ends_with(" y")
        || before.to_lowercase().ends_with(" et")
        || before.to_lowercase().ends_with(" e");
    if joined && PARTNERS.contains(&squash(&core[at..]).as_str()) {
        trim_marks(before.rsplit_once([' ', '&']).map_or(before, |(core, _)| core))
    } else {
        core
    }
}

/// True when a name cell holds an organisation: a legal form, or a word that only organisations have in their names
/// (`Talleres`, `Restaurante`, `Comunidad`). Errs towards a person, as with the surname Company among other names.
///
/// # Complexity
/// One hash look-up a word, and a few more for the last words.
///
/// # Example
/// ```
/// # use quilate::normalize::company::looks_like_company;
/// assert!(looks_like_company("Talleres Hermanos Pérez"));
/// assert!(looks_like_company("PEREZ Y GARCIA SL"));
/// assert!(!looks_like_company("María Sá"));
/// ```
pub fn looks_like_company(text: &str) -> bool {
    let text = trim_marks(text);
    if !text.contains(' ') {
        return unspaced_form(text, None).is_some();
    }
    let folded = fold(text);
    let (first, last) = (folded.split(' ').next().unwrap_or(""), folded.rsplit(' ').next().unwrap_or(""));
    holds_organisation_word(text) || holds_legal_form(text, first, last)
}

/// Whether a cell that may hold a person holds a legal form beyond doubt. `first` and `last` are the folds of its first and
/// last word: hardly any name goes past the look at these.
pub(super) fn holds_legal_form(text: &str, first: &str, last: &str) -> bool {
    if !forms::may_hold(text, first, last) {
        return false;
    }
    let text = trim_marks(text);
    find_form(text, None, true).is_some_and(|found| {
        // A form before or after somebody's given name needs its dots: "C.P. Juan" is an accountant, "LUIS SA" a Portuguese.
        let person = super::person_name::starts_like_a_person(found.core);
        // Company is a legal form in one country and a surname in another.
        if person && is_person_called_like_a_firm(text) {
            return false;
        }
        !found.core.is_empty()
            && (!person
                || !matches!(found.form.canonical, "SA" | "CP" | "SC" | "CA")
                || text.ends_with('.') && found.leading.is_none())
    })
}

#[cfg(test)]
mod tests {
    use super::super::resources::lines;
    use super::*;
    use proptest::prelude::*;

    fn check(region: &str, rows: &[(&str, &str, &str)]) {
        let hint = Hint { locale: None, region: (!region.is_empty()).then_some(region) };
        let mut wrong = Vec::new();
        for &(input, core, form) in rows {
            let name = company(input, &hint);
            let found = (name.parts.core_name.as_str(), name.parts.legal_form.unwrap_or(""));
            if found != (core, form) {
                wrong.push(format!("{input}: expected {core} / {form}, found {found:?}"));
            }
            let again = company(&name.canonical, &hint);
            if again.canonical != name.canonical {
                wrong.push(format!("{input}: {} reads as {}", name.canonical, again.canonical));
            }
        }
        assert!(wrong.is_empty(), "{region}\n{}", wrong.join("\n"));
    }

    #[test]
    fn spain() {
        check(
            "ES",
            &[
                ("Talleres Pérez, S. L.", "Talleres Pérez", "SL"),
                ("talleres perez sl", "Talleres Perez", "SL"),
                ("TALLERES PEREZ S.L. UNIPERSONAL", "Talleres Perez", "SLU"),
                ("Frutas Gil Sociedad Anónima", "Frutas Gil", "SA"),
                ("Bodegas Ruiz S.A.U.", "Bodegas Ruiz", "SAU"),
                ("Sal Marina", "Sal Marina", ""),
                ("Flor de Sal", "Flor de Sal", ""),
                ("Unión Temporal de Empresas Puente Norte", "Puente Norte", "UTE"),
                ("UTE Puente Norte", "Puente Norte", "UTE"),
                ("C.P. Gran Vía 12", "Gran Vía 12", "CP"),
                ("Fundación Botín", "Botín", "FUND"),
                ("Frutas Gil", "Frutas Gil", ""),
                ("Frutas Gil S.L. en liquidación", "Frutas Gil", "SL"),
                ("\"Frutas Gil\" S.L.", "Frutas Gil", "SL"),
                ("BMW IBERICA SA", "BMW Iberica", "SA"),
                ("Siemens GmbH & Co. KG", "Siemens", "GmbH & Co. KG"),
                ("Hijos de García, C.B.", "Hijos de García", "CB"),
                ("S.A.", "", "SA"),
            ],
        );
    }

    #[test]
    fn the_country_decides_between_equal_spellings() {
        check("FR", &[("Durand SAS", "Durand", "SAS"), ("Dupont & Cie SARL", "Dupont", "SARL")]);
        check("IT", &[("Rossi & C. S.a.s.", "Rossi", "SAS"), ("Bianchi S.p.A.", "Bianchi", "SPA")]);
        check(
            "MX",
            &[
                ("Grupo Norte SA de CV", "Grupo Norte", "SA de CV"),
                ("Despacho Ruiz S.C.", "Despacho Ruiz", "SC"),
            ],
        );
        check(
            "BR",
            &[("Mercado Bom EIRELI", "Mercado Bom", "EIRELI"), ("Banco Azul S/A", "Banco Azul", "SA")],
        );
        check(
            "PT",
            &[
                ("Costa & Filhos, L.da", "Costa & Filhos", "LDA"),
                ("Costa Unipessoal Lda.", "Costa", "UNIP LDA"),
            ],
        );
        check(
            "GB",
            &[("Smith Holdings plc", "Smith Holdings", "PLC"), ("SMITH & SONS LTD.", "Smith & Sons", "LTD")],
        );
        check("US", &[("Acme L.L.C.", "Acme", "LLC"), ("Acme Corporation", "Acme", "CORP")]);
        check("NL", &[("Bakkerij Jansen B.V.", "Bakkerij Jansen", "BV")]);
        check("JP", &[("トヨタ自動車株式会社", "トヨタ自動車", "KK")]);
        let class =
            |region| company("Durand SAS", &Hint { locale: None, region: Some(region) }).parts.form_class;
        assert_eq!((class("FR"), class("IT")), (Some("JSC"), Some("PARTNERSHIP")));
    }

    #[test]
    fn keys_leave_out_connectors_and_form() {
        let key = |text| company(text, &Hint::default()).keys;
        assert_eq!(key("Smith & Sons Ltd"), ["smith sons"]);
        assert_eq!(key("Smith and Sons"), ["smith sons"]);
        assert_eq!(key("Canal+ SA"), ["canal"]);
        assert_eq!(key("ООО «Ромашка»"), ["ромашка", "romashka"]);
        assert_eq!(key("Y"), ["y"]);
    }

    #[test]
    fn companies_among_people() {
        for text in [
            "Talleres Hermanos Pérez S.L.",
            "PEREZ Y GARCIA SL",
            "Restaurante Casa Paco",
            "Müller GmbH",
            "Acme Widgets, Inc.",
            "Comunidad de Propietarios Mayor 5",
            "Juan Pérez S.L.U.",
            "トヨタ自動車株式会社",
            "Smith Motor Company",
            "Howard Smith Company",
            "Telmo Teruel Company S.L.",
            "Talleres Company",
            "Company Servicios, Ana",
            "Monasterio de Santa Ana",
            "Iglesia San José",
        ] {
            assert!(looks_like_company(text), "{text}");
        }
        for text in [
            "María Sá",
            "MARIA SA",
            "Juan Sal",
            "Ana Co",
            "C.P. Juan Pérez",
            "José Luis García",
            "D. José Luis Rodríguez Pérez",
            "Ludwig van Beethoven",
            "Fernando Sas",
            "Li Na",
            "Iglesias",
            "John A. Smith",
            "Ana Se",
            "Pa Pa",
            "Smith, John V., M.D.",
            "Telmo Teruel Company",
            "Gaspar de la Monasterio Valdez",
            "NEGRÍN COMPANY, JOAQUINA",
            "Company Negrín, Joaquina",
            "Joaquina Company",
            "Juan Monasterio Ruiz",
            "Dña. Ana de la Iglesia",
        ] {
            assert!(!looks_like_company(text), "{text}");
        }
    }

    #[test]
    fn fillers_are_no_companies() {
        assert_eq!(company("N/A", &Hint::default()).quality, Quality::Placeholder);
        assert_eq!(company("", &Hint::default()).quality, Quality::Unparsed);
        assert_eq!(company("S.L.", &Hint::default()).quality, Quality::Invalid);
    }

    fn company_like() -> impl Strategy<Value = String> {
        let table = include_str!("../../resources/companies/legal_forms.tsv");
        let mut words: Vec<String> = lines(table)
            .flat_map(|line| line.rsplit('\t').next().unwrap_or("").split('|').map(str::to_owned))
            .collect();
        words.extend(
            ["Ruiz", "y", "&", "C.", "Sol", "(antes X)", "(en liquidación)", "«", "-", ",", "GARCIA", "de"]
                .map(str::to_owned),
        );
        prop::collection::vec(prop::sample::select(words), 1..5).prop_map(|words| words.join(" "))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn any_text_is_stable(text in prop_oneof![company_like(), "\\PC{0,24}", ".{0,16}", "[A-Za-zñ .,&()-]{0,20}"]) {
            for region in [None, Some("ES"), Some("MX"), Some("IT"), Some("JP")] {
                let hint = Hint { locale: None, region };
                let name = company(&text, &hint);
                prop_assert_eq!(name.original, text.as_str());
                let again = company(&name.canonical, &hint);
                prop_assert_eq!(&again.canonical, &name.canonical, "{:?}", region);
                looks_like_company(&text);
            }
        }
    }
}
