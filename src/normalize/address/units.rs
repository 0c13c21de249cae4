//! What stands behind the number of a house: floor, door, staircase, block and their like.

use super::cues::{is_between, is_number_marker};
use super::grammar::Reader;
use super::lexicon::{self, Family, Group};
use super::words::Token;
use super::write::display;

impl Reader<'_> {
    /// What comes after the number: designators with values, and floor and door by position.
    pub(super) fn units(&mut self, line: &[Token<'_>]) {
        let mut at = 0;
        while at < line.len() {
            at += self.unit(&line[at..]).max(1);
        }
    }

    /// Reads one unit at the start of `rest`; how many words it took.
    fn unit(&mut self, rest: &[Token<'_>]) -> usize {
        let token = &rest[0];
        let word = token.word;
        let next = rest.get(1);
        let iberian_side = matches!(self.region, "PT" | "BR") && token.facts.side.is_some();
        if token.text.starts_with('#') || is_number_marker(token) {
            let Some(value) = next.filter(|t| is_value(t)) else { return 1 };
            let component = if self.lexicon.family == Family::TypeLast { "apartment" } else { "interior" };
            self.push(component, value.text.to_uppercase());
            return 2;
        }
        if let Some(component) = token.facts.unit.filter(|_| !iberian_side) {
            // `int. izq.`: the door at the back on the left.
            if component == "interior" && self.region == "ES" && next.is_some_and(|t| t.facts.side.is_some())
            {
                self.side("interior");
                return 1;
            }
            if let Some(value) = next.filter(|t| is_value(t)) {
                return self.designated(component, value);
            }
            // `Apt # 5B`
            if let Some(value) = rest.get(2).filter(|t| is_value(t) && next.is_some_and(|t| t.text == "#")) {
                return 1 + self.designated(component, value);
            }
            if matches!(component, "building" | "neighbourhood" | "house" | "locality") && next.is_some() {
                self.push(component, display(&rest[1..]));
                return rest.len();
            }
        }
        // `12 entre Juárez y Morelos`: the side streets are all that follows.
        let between = (word == "esquina" || is_between(token)) && self.lexicon.has(Group::Es);
        let numbered = word == "e";
        if between && next.is_some_and(|t| t.word.len() > 1 && (numbered || !t.is_numeric())) {
            let end = (2..rest.len()).find(|&at| self.starts_designated(&rest[at..])).unwrap_or(rest.len());
            self.push("between", display(&rest[1..end]));
            return end;
        }
        // `123 Poniente`: the half of the street, written behind the number.
        if self.region == "MX" && self.out.unit.is_empty() && is_half(word) && self.has_street() {
            self.out.street_name.push(' ');
            self.out.street_name.push_str(token.text);
            return 1;
        }
        // The houses of a German courtyard.
        if self.lexicon.has(Group::De) && is_house_of_a_yard(word) {
            self.push("building", display(&rest[..1]));
            return 1;
        }
        // `P03 PTA B`: a designator glued to its value.
        if let Some((component, value)) = glued_unit(word).filter(|(c, _)| !self.has_unit(c)) {
            self.push(component, trim_zeros(&value.to_uppercase()));
            return 1;
        }
        if let Some(number) = token
            .ordinal()
            .or_else(|| Some(word).filter(|w| w.len() <= 2 && w.bytes().all(|b| b.is_ascii_digit())))
        {
            // `3er piso`, `2 andar`, `3e étage`, `3. OG`.
            let named = next.is_some_and(|t| t.facts.unit == Some("floor"))
                && rest.get(2).is_none_or(|t| t.ordinal().is_none());
            let component = if named || !self.has_unit("floor") { "floor" } else { "door" };
            self.push(component, trim_zeros(number));
            return 1 + usize::from(named);
        }
        if let Some(floor) = token.facts.floor.filter(|_| !self.has_unit("floor")) {
            self.push("floor", floor.to_owned());
            return 1 + usize::from(next.is_some_and(|t| t.word == "baja"));
        }
        if word == "planta" && next.is_some_and(|t| t.word == "baja") {
            self.push("floor", "bajo".to_owned());
            return 2;
        }
        if let Some(side) = token.facts.side {
            self.side(side);
        } else if let Some((number, letters)) = token.number_and_letter().filter(|_| !self.has_unit("floor"))
        {
            let door = self.lexicon.facts(letters).side.map_or_else(|| letters.to_uppercase(), str::to_owned);
            let number = trim_zeros(number);
            self.push("floor", number);
            self.push("door", door);
        } else if token.is_single_letter() {
            let component = if self.has_unit("floor") && !self.has_unit("door") { "door" } else { "letter" };
            self.push(component, word.to_uppercase());
        } else if !lexicon::is_particle(word) {
            self.unread = true;
        }
        1
    }

    /// A door by its side; two words for one: `exterior derecha`.
    fn side(&mut self, side: &str) {
        let of_two = |first: &str| matches!(first, "exterior" | "interior" | "direito" | "esquerdo");
        match self.out.unit.iter_mut().find(|(key, _)| *key == "door") {
            Some((_, first)) if of_two(first) && first != side => {
                first.push(' ');
                first.push_str(side);
            }
            _ => self.push("door", side.to_owned()),
        }
    }

    /// A value after its designator.
    fn designated(&mut self, component: &'static str, value: &Token<'_>) -> usize {
        let side = || value.facts.side.map(str::to_owned);
        let component = if component == "letter" && value.is_numeric() { "lot" } else { component };
        let read = match component {
            "staircase" | "portal" => side().unwrap_or_else(|| value.text.to_uppercase()),
            "floor" => match (value.ordinal(), value.facts.floor) {
                (Some(number), _) => trim_zeros(number),
                (None, Some(floor)) => floor.to_owned(),
                (None, None) => trim_zeros(&value.text.to_uppercase()),
            },
            "door" => value
                .ordinal()
                .map(trim_zeros)
                .or_else(side)
                .unwrap_or_else(|| trim_zeros(&value.text.to_uppercase())),
            "km" => value.text.replace(',', "."),
            _ => value.text.to_uppercase(),
        };
        // In the River Plate and the Andes a departamento on a floor is its door.
        let is_door = component == "apartment"
            && self.has_unit("floor")
            && matches!(self.region, "AR" | "UY" | "CL" | "PE");
        self.push(if is_door { "door" } else { component }, read);
        2
    }

    pub(super) fn push(&mut self, component: &'static str, value: String) {
        if self.has_unit(component) {
            self.unread = true;
        } else {
            self.out.unit.push((component, value));
        }
    }
}

/// What may follow a designator: a number, a letter, a short code, a side or a named floor.
pub(super) fn is_value(token: &Token<'_>) -> bool {
    token.is_numeric()
        || token.is_single_letter()
        || token.facts.floor.is_some()
        || token.facts.common_side
        || (token.word.len() <= 4 && token.word.ends_with(|c: char| c.is_ascii_digit()))
}

/// `p03`, `es1`, `ptb` as component and value.
fn glued_unit(word: &str) -> Option<(&'static str, &str)> {
    const GLUED: [(&str, &str); 9] = [
        ("pta", "door"),
        ("pt", "door"),
        ("pl", "floor"),
        ("p", "floor"),
        ("esc", "staircase"),
        ("es", "staircase"),
        ("bl", "block"),
        ("por", "portal"),
        ("lt", "lot"),
    ];
    let digits = |value: &str| !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    GLUED.iter().find_map(|(prefix, component)| {
        word.strip_prefix(prefix).filter(|value| digits(value)).map(|value| (*component, value))
    })
}

fn is_house_of_a_yard(word: &str) -> bool {
    matches!(word, "hinterhaus" | "vorderhaus" | "seitenflugel" | "quergebaude" | "gartenhaus" | "hh" | "vh")
}

/// Points of the compass as Mexico's grids write them.
fn is_half(word: &str) -> bool {
    matches!(word, "pte" | "poniente" | "ote" | "oriente" | "nte" | "norte" | "sur")
}

pub(super) fn trim_zeros(number: &str) -> String {
    let trimmed = number.trim_start_matches('0');
    if trimmed.is_empty() { "0".to_owned() } else { trimmed.to_owned() }
}
