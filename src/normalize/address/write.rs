//! From components to text: names as they are shown, and the whole address in the order of its country.

use super::super::ascii;
use super::lexicon::{self, Family};
use super::words::Token;
use super::{Address, title_case};

/// Words as they are shown.
pub(super) fn display(words: &[Token<'_>]) -> String {
    let mut out = String::new();
    for (position, token) in words.iter().enumerate() {
        if position > 0 {
            out.push(' ');
        }
        // The dot of an abbreviation inside a name belongs to it; punctuation at its end does not.
        let inner_dot = position + 1 < words.len() && token.raw.ends_with('.');
        out.push_str(token.text);
        if inner_dot {
            out.push('.');
        }
    }
    title_case(&out)
}

/// Writes components in the order of their country.
pub(super) fn write(a: &Address) -> String {
    let groups = lexicon::groups(&a.country);
    let join = |parts: &[&str], by: &str| {
        parts.iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join(by)
    };
    let number_first = groups.contains(&"fr") || lexicon::family(&a.country) == Family::TypeLast;
    let line = match lexicon::family(&a.country) {
        Family::TypeLast => join(&[&a.house_number, &a.street_name, &a.street_type], " "),
        Family::Compound => join(&[&a.street_name, &a.house_number], " "),
        Family::TypeFirst if number_first => join(&[&a.house_number, &a.street_type, &a.street_name], " "),
        Family::TypeFirst => join(&[&join(&[&a.street_type, &a.street_name], " "), &a.house_number], ", "),
    };
    let unit = |(key, value): &(&'static str, String)| match *key {
        "estate" => format!("polígono industrial {value}"),
        "door" if value.chars().count() > 2 && lexicon::side(&ascii::fold(value), &a.country).is_some() => {
            value.clone()
        }
        key => format!("{} {value}", lexicon::designator(groups, key).unwrap_or(key)),
    };
    let units: Vec<String> = a.unit.iter().filter(|(k, _)| *k != "estate").map(unit).collect();
    let estate: Vec<String> = a.unit.iter().filter(|(k, _)| *k == "estate").map(unit).collect();
    let place = match lexicon::family(&a.country) {
        Family::TypeLast => join(
            &[&a.city, &join(&[&a.region, &a.postcode], " ")],
            if a.region.is_empty() { " " } else { ", " },
        ),
        _ if a.country == "BR" => join(&[&a.city, &a.region, &a.postcode], ", "),
        _ => join(&[&join(&[&a.postcode, &a.city], " "), &a.region], ", "),
    };
    let post_box = if a.po_box.is_empty() {
        String::new()
    } else {
        format!("{} {}", post_box_word(&a.country), a.po_box)
    };
    join(&[&estate.join(", "), &line, &post_box, &units.join(", "), &place], ", ")
}

fn post_box_word(country: &str) -> &'static str {
    match country {
        "PT" | "BR" => "Caixa Postal",
        "FR" | "BE" => "BP",
        "IT" => "Casella Postale",
        "DE" | "AT" | "CH" => "Postfach",
        "US" | "GB" | "CA" | "AU" | "IE" | "NZ" => "PO Box",
        _ => "Apartado de Correos",
    }
}
