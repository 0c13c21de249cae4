//! Postcodes, regions, countries and cities.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use foldhash::fast::FixedState;
use serde::Serialize;

use super::super::ascii::{self, Folded, Lookup};
use super::super::{Hint, Normalized, Quality};
use super::case::title_case;

/// The components of a postcode.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Postcode {
    /// Letters and digits only, upper case.
    pub compact: String,
    /// The part that names the area: `NW1` of `NW1 6XE`, `28` of `28001`; empty when the country has none.
    pub outward: String,
}

/// Normalises a postcode. A leading zero that a spreadsheet dropped is restored only where the hint's country has
/// five digits and four are given; that is [`Quality::Suspicious`].
///
/// # Null
/// `00000`, `99999` and words for absence are [`Quality::Placeholder`].
///
/// # Complexity
/// Linear in the length of `raw`.
///
/// # Example
/// ```
/// use quilate::normalize::{Hint, address::postcode};
/// let spain = Hint { region: Some("ES"), locale: None };
/// assert_eq!(postcode("8001", &spain).canonical, "08001");
/// let britain = Hint { region: Some("GB"), locale: None };
/// assert_eq!(postcode("nw16xe", &britain).canonical, "NW1 6XE");
/// ```
pub fn postcode<'a>(raw: &'a str, hint: &Hint<'_>) -> Normalized<'a, Postcode> {
    let region = ascii::region(hint).unwrap_or_default();
    super::super::settled(raw, raw.trim(), |text| read_postcode(text, region))
}

fn read_postcode<'a>(raw: &'a str, region: &str) -> Normalized<'a, Postcode> {
    let compact = compact_postcode(raw);
    let done = |canonical: String, parts: Postcode, quality: Quality, reasons: Vec<&'static str>| {
        let keys = match quality {
            Quality::Placeholder | Quality::Unparsed => Vec::new(),
            _ => vec![parts.compact.clone()],
        };
        Normalized { original: raw, canonical, parts, keys, quality, reasons }
    };
    if ascii::is_null_marker(raw) || ascii::is_null_marker(&compact) {
        return done(String::new(), Postcode::default(), Quality::Placeholder, vec!["empty"]);
    }
    if compact.len() > 2 && ascii::is_one_byte_repeated(&compact) && compact.starts_with(['0', '9']) {
        return done(String::new(), Postcode::default(), Quality::Placeholder, vec!["filler"]);
    }
    let (compact, quality, reason) = match shaped(&compact, region) {
        Shaped::Good => (compact, Quality::Ok, None),
        Shaped::ZeroLost => (format!("0{compact}"), Quality::Suspicious, Some("leading_zero_restored")),
        Shaped::Wrong => (compact, Quality::Invalid, Some("bad_postcode")),
    };
    let canonical = display(&compact, region);
    let parts = Postcode { outward: outward(&compact, region), compact };
    done(canonical, parts, quality, reason.into_iter().collect())
}

/// Upper-case letters and digits, without labels (`C.P.`), country letters (`E-`) and decimals (`28001.0`).
fn compact_postcode(raw: &str) -> String {
    let text = raw.trim();
    let text = text.strip_suffix(".0").unwrap_or(text);
    let folded = ascii::fold(text);
    let mut words = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).peekable();
    let mut out = String::new();
    let is_label = |w: &str| {
        matches!(
            w,
            "cp" | "c" | "p" | "codigo" | "postal" | "cep" | "zip" | "plz" | "cap" | "e" | "d" | "f" | "i"
        )
    };
    while words.peek().is_some_and(|w| is_label(w)) {
        words.next();
    }
    words.filter(|w| *w != "cedex").for_each(|w| out.push_str(w));
    if let Some(rest) = out.strip_prefix("cp").filter(|r| r.len() == 5) {
        out = rest.to_owned();
    }
    out.make_ascii_uppercase();
    out
}

enum Shaped {
    Good,
    ZeroLost,
    Wrong,
}

fn shaped(compact: &str, region: &str) -> Shaped {
    let b = compact.as_bytes();
    let digits = b.iter().all(u8::is_ascii_digit);
    let is = |ok: bool| if ok { Shaped::Good } else { Shaped::Wrong };
    match region {
        "ES" => match b.len() {
            5 if digits => is(province_of(compact).is_some()),
            4 if digits && province_of(&format!("0{compact}")).is_some() => Shaped::ZeroLost,
            _ => Shaped::Wrong,
        },
        "FR" | "IT" | "DE" | "MX" | "SE" | "FI" | "PL" | "PE" | "MA" | "EE" | "GR" | "CZ" | "SK" | "TR"
        | "UA" | "HR" => match b.len() {
            5 if digits => Shaped::Good,
            4 if digits => Shaped::ZeroLost,
            _ => Shaped::Wrong,
        },
        "US" => match b.len() {
            5 | 9 if digits => Shaped::Good,
            4 if digits => Shaped::ZeroLost,
            _ => Shaped::Wrong,
        },
        "PT" => is(digits && matches!(b.len(), 4 | 7)),
        "BR" => is(digits && b.len() == 8),
        "CO" | "RO" | "RU" => is(digits && b.len() == 6),
        "CL" => is(digits && b.len() == 7),
        "AT" | "CH" | "BE" | "DK" | "NO" | "LU" | "AU" | "NZ" | "LI" | "BG" | "HU" | "SI" => {
            is(digits && b.len() == 4)
        }
        "GB" => is(is_british(b)),
        "NL" => is(b.len() == 6
            && b[..4].iter().all(u8::is_ascii_digit)
            && b[4..].iter().all(u8::is_ascii_uppercase)),
        "CA" => is(b.len() == 6
            && b.iter()
                .enumerate()
                .all(|(i, c)| if i % 2 == 0 { c.is_ascii_uppercase() } else { c.is_ascii_digit() })),
        "AR" => is((digits && b.len() == 4) || is_argentine(b)),
        _ => is((3..=10).contains(&b.len()) && b.iter().any(u8::is_ascii_digit)),
    }
}

/// Outward `A9`, `A99`, `AA9`, `AA99`, `A9A` or `AA9A`, inward `9AA`.
fn is_british(b: &[u8]) -> bool {
    let Some((out, inward)) = b.len().checked_sub(3).filter(|n| (2..=4).contains(n)).map(|n| b.split_at(n))
    else {
        return false;
    };
    let shape = |b: &[u8]| b.iter().map(|c| if c.is_ascii_digit() { '9' } else { 'A' }).collect::<String>();
    matches!(shape(out).as_str(), "A9" | "A99" | "AA9" | "AA99" | "A9A" | "AA9A") && shape(inward) == "9AA"
}

/// `C1043AAZ`, or without the side of the block, `C1043`.
fn is_argentine(b: &[u8]) -> bool {
    matches!(b.len(), 5 | 8)
        && b[0].is_ascii_uppercase()
        && b[1..5].iter().all(u8::is_ascii_digit)
        && b[5..].iter().all(u8::is_ascii_uppercase)
}

/// The state that the first two digits of a Mexican postcode name.
pub(super) fn mexican_state(postcode: &str) -> Option<&'static str> {
    let prefix: u8 = postcode.get(..2)?.parse().ok()?;
    Some(match prefix {
        1..=16 => "Ciudad de México",
        20 => "Aguascalientes",
        21 | 22 => "Baja California",
        23 => "Baja California Sur",
        24 => "Campeche",
        25..=27 => "Coahuila",
        28 => "Colima",
        29 | 30 => "Chiapas",
        31..=33 => "Chihuahua",
        34 | 35 => "Durango",
        36..=38 => "Guanajuato",
        39..=41 => "Guerrero",
        42 | 43 => "Hidalgo",
        44..=49 => "Jalisco",
        50..=57 => "Estado de México",
        58..=61 => "Michoacán",
        62 => "Morelos",
        63 => "Nayarit",
        64..=67 => "Nuevo León",
        68..=71 => "Oaxaca",
        72..=75 => "Puebla",
        76 => "Querétaro",
        77 => "Quintana Roo",
        78 | 79 => "San Luis Potosí",
        80..=82 => "Sinaloa",
        83..=85 => "Sonora",
        86 => "Tabasco",
        87..=89 => "Tamaulipas",
        90 => "Tlaxcala",
        91..=96 => "Veracruz",
        97 => "Yucatán",
        98 | 99 => "Zacatecas",
        _ => return None,
    })
}

/// The province that the letter of an Argentine postcode names.
pub(super) fn argentine_province(postcode: &str) -> Option<&'static str> {
    Some(match postcode.bytes().next()? {
        b'A' => "Salta",
        b'B' => "Buenos Aires",
        b'C' => "Ciudad Autónoma de Buenos Aires",
        b'D' => "San Luis",
        b'E' => "Entre Ríos",
        b'F' => "La Rioja",
        b'G' => "Santiago del Estero",
        b'H' => "Chaco",
        b'J' => "San Juan",
        b'K' => "Catamarca",
        b'L' => "La Pampa",
        b'M' => "Mendoza",
        b'N' => "Misiones",
        b'P' => "Formosa",
        b'Q' => "Neuquén",
        b'R' => "Río Negro",
        b'S' => "Santa Fe",
        b'T' => "Tucumán",
        b'U' => "Chubut",
        b'V' => "Tierra del Fuego",
        b'W' => "Corrientes",
        b'X' => "Córdoba",
        b'Y' => "Jujuy",
        b'Z' => "Santa Cruz",
        _ => return None,
    })
}

fn display(compact: &str, region: &str) -> String {
    let cut = |at: usize, sign: &str| format!("{}{sign}{}", &compact[..at], &compact[at..]);
    match (region, compact.len()) {
        ("PT", 7) => cut(4, "-"),
        ("BR", 8) => cut(5, "-"),
        ("US", 9) => cut(5, "-"),
        ("PL", 5) => cut(2, "-"),
        ("GB", 5..=7) => cut(compact.len() - 3, " "),
        ("NL", 6) => cut(4, " "),
        ("CA", 6) => cut(3, " "),
        _ => compact.to_owned(),
    }
}

fn outward(compact: &str, region: &str) -> String {
    let length = match region {
        "ES" | "FR" | "DE" | "IT" | "MX" => 2,
        "US" | "CA" => 3,
        "PT" | "NL" => 4,
        "BR" => 5,
        "GB" => compact.len().saturating_sub(3),
        _ => 0,
    };
    compact.get(..length).unwrap_or_default().to_owned()
}

/// Where a line with single blanks holds a postcode of the country, and the code as shown.
pub(super) fn find_postcode(line: &str, region: &str) -> Option<(Range<usize>, String)> {
    let bytes = line.as_bytes();
    // Countries that write a blank inside their codes.
    let two = matches!(region, "GB" | "NL" | "CA" | "SE" | "GR" | "CZ" | "SK");
    let shown = |range: Range<usize>| Some((range.clone(), complete_postcode(&line[range], region)?));
    let (mut next, mut next_digit) = (None, false);
    let mut end = bytes.len();
    loop {
        let mut start = end;
        let mut digit = false;
        while start > 0 && bytes[start - 1] != b' ' {
            start -= 1;
            digit |= bytes[start].is_ascii_digit();
        }
        // Every country's codes have a digit.
        let with_next = next.filter(|_| two && (digit || next_digit)).and_then(|next| shown(start..next));
        if let Some(found) = with_next.or_else(|| if digit { shown(start..end) } else { None }) {
            return Some(found);
        }
        (next, next_digit) = (Some(end), digit);
        end = start.checked_sub(1)?;
    }
}

/// The code that a text is, as shown.
fn complete_postcode(text: &str, region: &str) -> Option<String> {
    // No country has a longer one.
    const LONGEST: usize = 10;
    let mut shown = text;
    if shown.as_bytes().get(1) == Some(&b'-') {
        for label in ["D-", "E-", "F-", "I-"] {
            while let Some(rest) = shown.strip_prefix(label) {
                shown = rest;
            }
        }
    }
    let (mut buffer, mut len) = ([0; LONGEST], 0);
    for byte in shown.bytes() {
        if byte.is_ascii_alphanumeric() {
            *buffer.get_mut(len)? = byte.to_ascii_uppercase();
            len += 1;
        } else if !matches!(byte, b'-' | b' ' | b'.') {
            return None;
        }
    }
    let compact = std::str::from_utf8(&buffer[..len]).ok()?;
    let known = !matches!(region, "" | "CR" | "VE" | "UY")
        || (compact.len() == 5 && compact.bytes().all(|b| b.is_ascii_digit()));
    (known && matches!(shaped(compact, region), Shaped::Good)).then(|| display(compact, region))
}

struct Places {
    /// Country and folded spelling to the name shown.
    regions: Lookup<Lookup<&'static str>>,
    countries: Lookup<&'static str>,
    /// Name shown of the Spanish province of a postcode prefix.
    provinces: Vec<Option<&'static str>>,
    /// The provinces of these whose name, written behind a town, is read as theirs.
    plain_provinces: Vec<Option<&'static str>>,
    /// The Spanish provinces by their names, codes and towns, folded.
    spanish: HashMap<String, &'static str, FixedState>,
    /// The Spanish names that mean a province wherever they stand: no towns, and no region of another country.
    spanish_anywhere: Vec<(String, &'static str)>,
    /// Country, then ISO 3166-2 code without it in lower case, to the name shown.
    codes: Lookup<HashMap<String, &'static str, FixedState>>,
    american: Vec<(String, &'static str)>,
}

static PLACES: LazyLock<Places> = LazyLock::new(|| {
    let mut places = Places {
        regions: Lookup::default(),
        countries: Lookup::default(),
        provinces: vec![None; 100],
        plain_provinces: Vec::new(),
        spanish: HashMap::default(),
        spanish_anywhere: Vec::new(),
        codes: Lookup::default(),
        american: Vec::new(),
    };
    for row in ascii::rows(include_str!("../../../resources/addresses/regions.tsv")) {
        if let [country, name, spellings] = *row {
            let names = places.regions.entry(country).or_default();
            spellings.split('|').for_each(|s| {
                names.entry(s).or_insert(name);
            });
        }
    }
    for row in ascii::rows(include_str!("../../../resources/addresses/countries.tsv")) {
        if let [two, three, number, names] = *row {
            names.split('|').chain([two, three, number]).for_each(|name| {
                places.countries.entry(name).or_insert(two);
            });
        }
    }
    for row in ascii::rows(include_str!("../../../resources/addresses/region_codes.tsv")) {
        if let [country, name, code] = *row {
            places.codes.entry(country).or_default().insert(code.to_owned(), name);
        }
    }
    for row in ascii::rows(include_str!("../../../resources/addresses/states_us.tsv")) {
        if let [code, name] = *row {
            places.american.extend([(ascii::fold_words(code), code), (ascii::fold_words(name), code)]);
        }
    }
    places.american.sort();
    read_provinces(&mut places);
    places
});

/// Reads the table of Spain, after those of the other countries, whose names make some of its names ambiguous.
fn read_provinces(places: &mut Places) {
    let mut spanish: Vec<(String, &'static str)> = Vec::new();
    for row in ascii::rows(include_str!("../../../resources/addresses/provinces_es.tsv")) {
        let [prefix, name, others, _community, iso, towns] = *row else { continue };
        if let Some(slot) = prefix.parse::<usize>().ok().and_then(|p| places.provinces.get_mut(p)) {
            *slot = Some(name);
        }
        let codes = iso.split('|').filter_map(|code| code.strip_prefix("ES-"));
        places.codes.entry("ES").or_default().extend(codes.map(|code| (code.to_ascii_lowercase(), name)));
        let folded = |spelling: &'static str| (ascii::fold_words(spelling), name);
        let given = |spelling: &&str| !spelling.is_empty();
        let names = others.split('|').chain([name]).filter(given).map(folded);
        places.spanish_anywhere.extend(names.clone());
        spanish.extend(names);
        spanish.extend(towns.split('|').chain(iso.split('|')).chain([prefix]).filter(given).map(folded));
    }
    spanish.sort();
    places.spanish =
        spanish.iter().filter_map(|(name, _)| Some((name.clone(), among(&spanish, name)?))).collect();
    // Granada and Guinea are countries, too.
    let is_plain = |name: &&str| {
        let last = name.rsplit(' ').next().unwrap_or_default();
        let country = [*name, last].iter().any(|text| places.countries.contains_key(&*Folded::words(text)));
        !country
            && !name.contains(['-', '/', ',', '.', '('])
            && places.spanish.get(&*Folded::words(name)) == Some(name)
    };
    places.plain_provinces = places.provinces.iter().map(|name| name.filter(is_plain)).collect();
    let (regions, american) = (&places.regions, &places.american);
    places.spanish_anywhere.retain(|(spelling, _)| {
        regions.values().all(|names| !names.contains_key(spelling.as_str()))
            && american.iter().all(|(other, _)| other != spelling)
    });
    places.spanish_anywhere.sort();
}

/// The name of the province that a Spanish postcode lies in.
pub(super) fn province_of(postcode: &str) -> Option<&'static str> {
    let prefix: usize = postcode.get(..2)?.parse().ok()?;
    *PLACES.provinces.get(prefix)?
}

/// [`province_of`], where the province's name reads as the province.
pub(super) fn plain_province_of(postcode: &str) -> Option<&'static str> {
    let prefix: usize = postcode.get(..2)?.parse().ok()?;
    *PLACES.plain_provinces.get(prefix)?
}

/// The region that a text names, as it is shown: Spanish provinces by their name, states by their code.
pub(super) fn known_region(text: &str, country: &str) -> Option<&'static str> {
    // No region has a longer name, and none a digit beside its letters.
    const LONGEST: usize = 48;
    if text.len() > LONGEST || (text.len() > 3 && text.bytes().any(|b| b.is_ascii_digit())) {
        return None;
    }
    match country {
        "ES" => PLACES.spanish.get(&*Folded::words(text)).copied(),
        "US" => among(&PLACES.american, &Folded::words(text)),
        _ => PLACES.regions.get(country)?.get(&*Folded::words(text)).copied(),
    }
}

fn among(sorted: &[(String, &'static str)], words: &str) -> Option<&'static str> {
    sorted.binary_search_by(|(name, _)| name.as_str().cmp(words)).ok().map(|at| sorted[at].1)
}

/// The region that a whole cell names: as [`known_region`] has it, by its ISO 3166-2 code with or without the country, or,
/// when the country is not known, by the name of a Spanish province that is no region elsewhere.
fn region_of_cell(text: &str, country: &str) -> Option<&'static str> {
    let text = text.trim();
    // Two letters, a dash and a code name their country; beside the hint of another one they are left alone, since
    // the code without its country would be read as one of the other's.
    let (country, text) = match text.split_once('-').map(|(before, code)| (before.to_ascii_uppercase(), code))
    {
        Some((named, code))
            if named.len() == 2
                && (1..=3).contains(&code.len())
                && (country.is_empty() || country == named) =>
        {
            (named, code)
        }
        _ => (country.to_owned(), text),
    };
    known_region(text, &country).or_else(|| {
        let words = ascii::fold_words(text);
        match country.as_str() {
            "" => among(&PLACES.spanish_anywhere, &words),
            country => PLACES.codes.get(country)?.get(words.as_str()).copied(),
        }
    })
}

/// Normalises a region: Spanish provinces by any of their names, ISO 3166-2 code (`GU`, `ES-GU`) or postcode prefix;
/// states of the United States, Brazil, Canada and Australia to their code; Mexican and Argentine ones, also given by
/// code, to their name. Without a country in the hint the names of Spanish provinces are known that are no region
/// elsewhere. A region of another country is only cleaned.
///
/// # Null
/// Words for absence are [`Quality::Placeholder`].
///
/// # Example
/// ```
/// use quilate::normalize::{Hint, address::region};
/// let spain = Hint { region: Some("ES"), locale: None };
/// assert_eq!(region("Vizcaya", &spain).canonical, "Bizkaia");
/// assert_eq!(region("48", &spain).canonical, "Bizkaia");
/// ```
pub fn region<'a>(raw: &'a str, hint: &Hint<'_>) -> Normalized<'a, String> {
    let country = ascii::region(hint).unwrap_or_default();
    super::super::settled(raw, raw.trim(), |text| read_region(text, country))
}

fn read_region<'a>(raw: &'a str, country: &str) -> Normalized<'a, String> {
    // Cleaned first, so that what a cleaned name is known as does not depend on how it was written.
    let cleaned = city(raw);
    let text = cleaned.canonical.as_str();
    let short_prefix = text.len() == 1 && text.bytes().all(|b| b.is_ascii_digit());
    let padded = if short_prefix { format!("0{text}") } else { text.to_owned() };
    match region_of_cell(&padded, country).or_else(|| region_of_cell(raw, country)) {
        Some(name) => named(raw, name.to_owned()),
        None => cleaned,
    }
}

/// Normalises the name of a city: blanks, inverted articles (`Rozas de Madrid, Las`), capitals. Accents are kept as
/// they are; the key is folded.
///
/// # Null
/// Words for absence are [`Quality::Placeholder`].
///
/// # Example
/// ```
/// use quilate::normalize::address::city;
/// assert_eq!(city("ROZAS DE MADRID (LAS)").canonical, "Las Rozas de Madrid");
/// ```
pub fn city(raw: &str) -> Normalized<'_, String> {
    super::super::settled(raw, raw.trim(), read_city)
}

fn read_city(raw: &str) -> Normalized<'_, String> {
    if ascii::is_null_marker(raw) {
        return Normalized {
            original: raw,
            canonical: String::new(),
            parts: String::new(),
            keys: Vec::new(),
            quality: Quality::Placeholder,
            reasons: vec!["empty"],
        };
    }
    let text = raw.trim_matches(|c: char| !c.is_alphanumeric() && c != ')');
    let text = squeeze(text);
    let straight = match text.trim_end_matches(')').rsplit_once(['(', ',']) {
        Some((name, article)) if is_article(article) => {
            format!("{} {}", article.trim(), name.trim_end_matches(|c: char| !c.is_alphanumeric()))
        }
        _ => text,
    };
    let mut shown = title_case(&straight);
    if let Some(first) = shown.chars().next().filter(|c| c.is_lowercase()) {
        shown.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
    }
    // A capital put first may leave the name in capitals altogether.
    let shown = title_case(&shown);
    named(raw, shown)
}

/// Single blanks between words.
fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_article(text: &str) -> bool {
    matches!(
        text.trim().to_lowercase().as_str(),
        "el" | "la" | "los" | "las" | "l'" | "els" | "les" | "a" | "o" | "as" | "os" | "es" | "sa"
    )
}

fn named(original: &str, name: String) -> Normalized<'_, String> {
    let key = ascii::fold_words(&name);
    let keys = if key.is_empty() { Vec::new() } else { vec![key] };
    let (quality, reasons) =
        if keys.is_empty() { (Quality::Unparsed, vec!["no_letters"]) } else { (Quality::Ok, Vec::new()) };
    Normalized { original, canonical: name.clone(), parts: name, keys, quality, reasons }
}

/// The ISO 3166-1 alpha-2 code of a country given by its name in Spanish, English, Portuguese, French, German or
/// Italian, or by one of its codes.
///
/// # Example
/// ```
/// use quilate::normalize::address::country;
/// assert_eq!(country("Alemania"), Some("DE"));
/// assert_eq!(country("esp"), Some("ES"));
/// assert_eq!(country("724"), Some("ES"));
/// ```
pub fn country(raw: &str) -> Option<&'static str> {
    country_of_words(&Folded::words(raw))
}

/// [`country`] of folded words.
pub(super) fn country_of_words(words: &str) -> Option<&'static str> {
    let code = || {
        let upper = Some(words).filter(|words| matches!(words.len(), 2 | 3))?.to_ascii_uppercase();
        PLACES.countries.get(upper.as_str()).copied()
    };
    PLACES.countries.get(words).copied().or_else(code)
}
