//! The keys under which addresses meet.

use std::ops::Range;

use super::super::ascii::{self, Folded, fold_words_into};
use super::{Address, lexicon};

/// Units that two writers of one address are likely to give or to leave out at will.
const OUTSIDE_KEY: &[&str] = &["neighbourhood", "estate"];

impl Address {
    /// The key under which equal addresses meet: `type|name|number|units|postcode`; for equality only.
    pub fn match_key(&self) -> String {
        self.key_in_parts().0
    }

    /// The key, and where in it the name and number stand with the sign before them.
    fn key_in_parts(&self) -> (String, Range<usize>) {
        let size = self.street_type.len() + self.street_name.len() + self.house_number.len();
        let units: usize = self.unit.iter().map(|(key, value)| key.len() + value.len() + 2).sum();
        let mut out = String::with_capacity(size + units + self.po_box.len() + self.city.len() + 24);
        push_compact(&self.street_type, &mut out);
        let start = out.len();
        out.push('|');
        self.push_name(&mut out);
        out.push('|');
        push_compact(&self.house_number, &mut out);
        out.push('|');
        let end = out.len();
        self.push_units(&mut out);
        out.push('|');
        if self.postcode.is_empty() {
            fold_words_into(&self.city, &mut out);
        } else {
            push_compact(&self.postcode, &mut out);
        }
        (out, start..end)
    }

    /// The words of the street's name, folded, without particles.
    fn push_name(&self, out: &mut String) {
        let start = out.len();
        fold_words_into(&self.street_name, out);
        if out[start..].split(' ').any(lexicon::is_particle) {
            let words = out.split_off(start);
            for word in words.split(' ').filter(|word| !lexicon::is_particle(word)) {
                if out.len() > start {
                    out.push(' ');
                }
                out.push_str(word);
            }
        }
    }

    fn push_units(&self, out: &mut String) {
        let po_box = (!self.po_box.is_empty()).then_some(("po_box", self.po_box.as_str()));
        let units = self.unit.iter().map(|(key, value)| (*key, value.as_str())).chain(po_box);
        let units = units.filter(|(key, _)| !OUTSIDE_KEY.contains(key));
        let mut units: Vec<(&str, Folded)> = units.map(|(key, value)| (key, Folded::words(value))).collect();
        units.sort_unstable_by(|(a, x), (b, y)| (*a, &**x).cmp(&(*b, &**y)));
        for (position, (key, value)) in units.iter().enumerate() {
            if position > 0 {
                out.push(';');
            }
            out.push_str(key);
            out.push('=');
            out.push_str(value);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        let Self { street_type, street_name, house_number, unit, postcode, city, region, country: _, po_box } =
            self;
        let texts = [street_type, street_name, house_number, postcode, city, region, po_box];
        unit.is_empty() && texts.iter().all(|text| text.is_empty())
    }
}

/// Appends the folded letters and digits of a text, without blanks.
fn push_compact(text: &str, out: &mut String) {
    let start = out.len();
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        out.push_str(text);
    } else if text.is_ascii() {
        out.extend(text.bytes().filter(u8::is_ascii_alphanumeric).map(char::from));
    } else {
        out.extend(ascii::fold_words(text).chars().filter(|c| *c != ' '));
    }
    out[start..].make_ascii_lowercase();
}

/// The key of an address, and `|name|number||place`: the key without type and units.
pub(super) fn keys_of(parts: &Address) -> Vec<String> {
    let mut keys = Vec::with_capacity(2);
    let (key, street) = parts.key_in_parts();
    if !parts.street_name.is_empty() {
        let place = key.rfind('|').unwrap_or_default();
        let mut core = String::with_capacity(street.len() + key.len() - place);
        core.push_str(&key[street]);
        core.push_str(&key[place..]);
        if core != key {
            keys.push(core);
        }
    }
    keys.insert(0, key);
    keys
}
