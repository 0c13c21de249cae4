//! Street lines of the English-speaking countries: unit, venue, number, name, type, direction.

use super::grammar::Reader;
use super::words::Token;
use super::write::display;

impl Reader<'_> {
    /// `The Book Club 100-106 Leonard St`: what stands before the number is the name of a house; how many words it has.
    fn venue(&mut self, line: &[Token<'_>]) -> usize {
        let Some(number) = line.iter().position(|t| t.is_numeric() && t.ordinal().is_none()) else {
            return 0;
        };
        let typed = line[number + 1..].iter().skip(1).any(|t| t.facts.street_type.is_some());
        let plain = line[..number].iter().all(|t| t.facts.unit.is_none() && t.text != "#");
        if number == 0 || !typed || !plain || self.has_street() {
            return 0;
        }
        self.push("building", display(&line[..number]));
        number
    }

    /// `number name type unit`.
    pub(super) fn type_last(&mut self, line: &[Token<'_>]) {
        let mut at = 0;
        while self.starts_designated(&line[at..])
            && line.get(at + 2).is_none_or(|t| t.facts.street_type.is_none())
        {
            let component = line[at].facts.unit.unwrap_or("unit");
            self.out.unit.push((component, line[at + 1].text.to_uppercase()));
            at += 2;
        }
        // `1st Floor, 221B Baker St`, `Ground Floor Flat`
        if let [number, floor, ..] = &line[at..]
            && floor.facts.unit == Some("floor")
            && let Some(value) = number.ordinal().or_else(|| spelled_floor(number.word))
        {
            self.push("floor", value.to_owned());
            at += 2;
            at += usize::from(line.get(at).is_some_and(|t| t.word == "flat"));
        }
        if at >= line.len() {
            return;
        }
        at += self.venue(&line[at..]);
        if line[at].is_numeric() && (line.len() > at + 1 || self.has_street()) {
            match line[at].text.split_once('/') {
                Some((unit, number)) => {
                    self.out.unit.push(("unit", unit.to_uppercase()));
                    number.clone_into(&mut self.out.house_number);
                }
                None => line[at].text.clone_into(&mut self.out.house_number),
            }
            at += 1;
            // `12 1/2 Elm Street`
            if let Some(half) = line.get(at).filter(|t| is_fraction(t.text)) {
                self.out.house_number.push(' ');
                self.out.house_number.push_str(half.text);
                at += 1;
            }
        }
        let body_end = (at + 1..line.len())
            .find(|&i| line[i].text.starts_with('#') || self.starts_designated(&line[i..]))
            .unwrap_or(line.len());
        let body = &line[at..body_end];
        let kind = (1..body.len()).rev().find_map(|i| body[i].facts.street_type.map(|t| (t, i)));
        let (name, after) = match kind {
            Some((canonical, i)) => {
                canonical.clone_into(&mut self.out.street_type);
                // `The Crescent`: the type is the name.
                let named = if matches!(&body[..i], [the] if the.word == "the") { i + 1 } else { i };
                (&body[..named], &body[i + 1..])
            }
            None => (body, &body[body.len()..]),
        };
        // `Avenue B`: the type of a lettered street comes first.
        let (name, lettered) = match name {
            [first, letter] if kind.is_none() && letter.is_single_letter() && !is_direction(letter.word) => {
                (&name[1..], first.facts.street_type)
            }
            name => (name, None),
        };
        if let Some(canonical) = lettered {
            canonical.clone_into(&mut self.out.street_type);
        }
        // Directions are the letters that the postal service writes.
        self.out.street_name = match name {
            [first, rest @ ..] if !rest.is_empty() && direction_letters(first.word).is_some() => {
                format!("{} {}", direction_letters(first.word).unwrap_or_default(), display(rest))
            }
            name => display(name),
        };
        let directions = after.iter().take_while(|t| is_direction(t.word)).count();
        if directions > 0 {
            self.out.street_name.push(' ');
            self.out.street_name.push_str(direction_letters(after[0].word).unwrap_or_default());
        }
        let rest = &after[directions..];
        if !rest.is_empty() && self.out.city.is_empty() {
            self.out.city = display(rest);
        } else {
            self.unread |= !rest.is_empty();
        }
        self.units(&line[body_end..]);
    }
}

/// The floors that are spelled out.
fn spelled_floor(word: &str) -> Option<&'static str> {
    Some(match word {
        "ground" => "bajo",
        "first" => "1",
        "second" => "2",
        "third" => "3",
        "fourth" => "4",
        "fifth" => "5",
        _ => return None,
    })
}

fn is_fraction(text: &str) -> bool {
    let digit = |part: &str| part.len() == 1 && part.bytes().all(|b| b.is_ascii_digit());
    text.split_once('/').is_some_and(|(above, below)| digit(above) && digit(below))
}

fn is_direction(word: &str) -> bool {
    direction_letters(word).is_some()
}

fn direction_letters(word: &str) -> Option<&'static str> {
    Some(match word {
        "n" | "north" => "N",
        "s" | "south" => "S",
        "e" | "east" => "E",
        "w" | "west" => "W",
        "ne" | "northeast" => "NE",
        "nw" | "northwest" => "NW",
        "se" | "southeast" => "SE",
        "sw" | "southwest" => "SW",
        _ => return None,
    })
}
