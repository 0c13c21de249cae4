//! From components to text: names as they are shown, and the whole address in the order of its country.

use super::super::ascii;
use super::lexicon::{self, Family, Group};
use super::words::Token;
use super::{Address, is_in_title_case, title_case};

/// Words as they are shown.
pub(super) fn display(words: &[Token<'_>]) -> String {
    let mut out = String::with_capacity(words.iter().map(|token| token.raw.len() + 1).sum());
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
    if is_in_title_case(&out) { out } else { title_case(&out) }
}

/// A text that is put together from parts, the empty ones left out.
struct Line(String);

impl Line {
    fn join(&mut self, parts: &[&str], by: &str) {
        for part in parts.iter().filter(|part| !part.is_empty()) {
            if !self.0.is_empty() {
                self.0.push_str(by);
            }
            self.0.push_str(part);
        }
    }

    /// A part of parts: `by` between them, a comma before them.
    fn append(&mut self, parts: &[&str], by: &str) {
        let mut comma = !self.0.is_empty();
        for part in parts.iter().filter(|part| !part.is_empty()) {
            if std::mem::take(&mut comma) {
                self.0.push_str(", ");
            } else if !self.0.is_empty() {
                self.0.push_str(by);
            }
            self.0.push_str(part);
        }
    }
}

/// Writes components in the order of their country.
pub(super) fn write(a: &Address) -> String {
    let lexicon = lexicon::of(&a.country);
    let family = lexicon.family;
    let number_first = lexicon.has(Group::Fr) || family == Family::TypeLast;
    let mut line = Line(String::with_capacity(96));
    for (_, estate) in a.unit.iter().filter(|(key, _)| *key == "estate") {
        line.append(&["polígono industrial", estate], " ");
    }
    match family {
        Family::TypeLast => line.append(&[&a.house_number, &a.street_name, &a.street_type], " "),
        Family::Compound => line.append(&[&a.street_name, &a.house_number], " "),
        Family::TypeFirst if number_first => {
            line.append(&[&a.house_number, &a.street_type, &a.street_name], " ");
        }
        Family::TypeFirst => {
            line.append(&[&a.street_type, &a.street_name], " ");
            line.append(&[&a.house_number], "");
        }
    }
    if !a.po_box.is_empty() {
        line.append(&[post_box_word(&a.country), &a.po_box], " ");
    }
    for (key, value) in a.unit.iter().filter(|(key, _)| *key != "estate") {
        let by_side =
            *key == "door" && value.chars().count() > 2 && lexicon.facts(&ascii::fold(value)).side.is_some();
        if by_side {
            line.append(&[value], "");
        } else {
            line.append(&[lexicon.designator(key).unwrap_or(key), value], " ");
        }
    }
    match family {
        Family::TypeLast => {
            let mut state = Line(String::new());
            state.join(&[&a.region, &a.postcode], " ");
            line.append(&[&a.city, &state.0], if a.region.is_empty() { " " } else { ", " });
        }
        _ if a.country == "BR" => line.append(&[&a.city, &a.region, &a.postcode], ", "),
        _ => {
            line.append(&[&a.postcode, &a.city], " ");
            line.append(&[&a.region], "");
        }
    }
    line.0
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
