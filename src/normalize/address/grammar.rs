//! From a cleaned line to components, and back.

use super::super::ascii;
use super::lexicon::{self, Family};
use super::tail::take_place;
use super::{Address, places, title_case};

/// A word of a line.
pub(super) struct Token<'a> {
    /// Without punctuation around it.
    text: &'a str,
    /// Folded, letters and digits only.
    pub(super) word: String,
    /// As written, with its punctuation.
    raw: &'a str,
}

impl Token<'_> {
    fn is_numeric(&self) -> bool {
        self.word.starts_with(|c: char| c.is_ascii_digit())
    }

    fn is_single_letter(&self) -> bool {
        self.word.len() == 1 && self.word.bytes().all(|b| b.is_ascii_alphabetic())
    }

    /// The digits of `3º`, `2ª`, `4t`, `3er`, `2nd`. `2A` is a floor and a door.
    fn ordinal(&self) -> Option<&str> {
        let digits = self.word.find(|c: char| !c.is_ascii_digit())?;
        let (number, suffix) = self.word.split_at(digits);
        let signed = self.text.contains(['º', 'ª', '°']);
        let ending = matches!(
            suffix,
            "o" | "a" | "er" | "t" | "n" | "r" | "e" | "eme" | "nd" | "rd" | "th" | "st" | "d"
        );
        let lower = !self.text.contains(|c: char| c.is_ascii_uppercase());
        (!number.is_empty() && ending && (signed || lower)).then_some(number)
    }

    /// `12B` as number and letter.
    fn number_and_letter(&self) -> Option<(&str, &str)> {
        let at = self.word.find(|c: char| !c.is_ascii_digit()).filter(|&at| at > 0)?;
        let (number, letters) = self.word.split_at(at);
        letters.bytes().all(|b| b.is_ascii_alphabetic()).then_some((number, letters))
    }

    pub(super) fn is_no_number(&self) -> bool {
        matches!(self.word.as_str(), "sn" | "snc") && self.text.contains(['/', '.'])
            || self.text.eq_ignore_ascii_case("s/nº")
            || self.word == "sn"
    }
}

pub(super) fn tokens(segment: &str) -> Vec<Token<'_>> {
    let edge = |c: char| matches!(c, '.' | ',' | ':' | '\'' | '`' | '*' | '!' | '?') || c.is_whitespace();
    let one = |raw| {
        let text = str::trim_matches(raw, edge);
        let word: String = ascii::fold(text).chars().filter(char::is_ascii_alphanumeric).collect();
        Token { text, word, raw }
    };
    segment.split(' ').map(one).filter(|t| !t.word.is_empty() || t.text == "#").collect()
}

/// Reads a cleaned line. The flag says that some text was understood as nothing.
pub(super) fn read(text: &str, hinted: &str, whole: bool) -> (Address, bool) {
    let mut segments = segments(text, hinted);
    let mut out = Address::default();
    let mut region = hinted.to_owned();
    let mut unread = false;
    if whole {
        if let Some(code) = segments.last().filter(|_| segments.len() > 1).and_then(|s| country_name(s)) {
            segments.pop();
            region = code.to_owned();
        }
        unread |= take_place(&mut segments, &mut out, &region);
    }
    out.country.clone_from(&region);
    let mut reader =
        Reader { groups: lexicon::groups(&region), family: lexicon::family(&region), region, out, unread };
    let lines: Vec<Vec<Token<'_>>> = segments.iter().map(|s| tokens(s)).filter(|t| !t.is_empty()).collect();
    for (position, line) in lines.iter().enumerate() {
        let street_follows = lines[position + 1..].iter().any(|l| reader.leading_type(l).is_some());
        reader.line(line, street_follows);
    }
    (reader.out, reader.unread)
}

/// A country written out; two letters are more often a region.
fn country_name(segment: &str) -> Option<&'static str> {
    const SHORTEST: usize = 4;
    let words = ascii::fold_words(segment);
    let long = words.len() >= SHORTEST || matches!(words.as_str(), "uk" | "usa");
    places::country(segment).filter(|_| long && !words.bytes().any(|b| b.is_ascii_digit()))
}

/// The parts between commas and free-standing dashes, with glued words set apart.
fn segments(text: &str, region: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        let before = &text[..at];
        let after = &text[at + c.len_utf8()..];
        let next_is = |f: fn(&char) -> bool| after.chars().next().is_some_and(|c| f(&c));
        match c {
            '-' if is_separator(before, after, region) => spaced.push(','),
            'º' | 'ª' | '°' if next_is(|c| c.is_alphanumeric()) => spaced.extend([c, ' ']),
            '#' => spaced.push_str(" # "),
            '/' if next_is(|c| c.is_alphabetic()) && is_type_slash(before, after) => spaced.push_str("/ "),
            '.' if before.ends_with(char::is_alphabetic) && next_is(char::is_ascii_digit) => {
                spaced.push_str(". ")
            }
            _ => spaced.push(c),
        }
    }
    spaced.split(',').map(super::squeeze).filter(|s| !s.is_empty()).collect()
}

/// `C/Alcalá`, but not `s/n`, `r/c`, `c/v`.
fn is_type_slash(before: &str, after: &str) -> bool {
    const LONGEST_TYPE: usize = 4;
    let head = before.rsplit([' ', ',']).next().unwrap_or_default();
    let letters = after.chars().take_while(|c| c.is_alphabetic()).count();
    head.chars().all(char::is_alphabetic) && (1..=LONGEST_TYPE).contains(&head.chars().count()) && letters > 1
}

/// A dash between parts: with blanks on both sides, or in Spain next to a postcode or before a floor.
fn is_separator(before: &str, after: &str, region: &str) -> bool {
    let digit_before = before.trim_end().ends_with(|c: char| c.is_ascii_digit());
    let digits_after = after.trim_start().bytes().take_while(u8::is_ascii_digit).count();
    if before.ends_with(' ') && after.starts_with(' ') {
        return !(digit_before && digits_after > 0);
    }
    if region != "ES" {
        return false;
    }
    let rest = &after[digits_after.min(after.len())..];
    let code_after = digits_after == 5 && !rest.starts_with(|c: char| c.is_alphanumeric());
    let digits_before = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    let code_before = digits_before == 5 && after.starts_with(char::is_alphabetic);
    code_after || code_before || (digit_before && digits_after > 0 && rest.starts_with(['º', 'ª', '°']))
}

struct Reader {
    out: Address,
    region: String,
    groups: &'static [&'static str],
    family: Family,
    unread: bool,
}

impl Reader {
    fn has_street(&self) -> bool {
        !self.out.street_name.is_empty()
    }

    fn has_unit(&self, component: &str) -> bool {
        self.out.unit.iter().any(|(key, _)| *key == component)
    }

    /// The street type at the start of a line and how many words it takes; something must follow it.
    fn leading_type(&self, line: &[Token<'_>]) -> Option<(&'static str, usize)> {
        let number_first = usize::from(line.first().is_some_and(Token::is_numeric));
        let suffixed =
            usize::from(number_first == 1 && line.get(1).is_some_and(|t| is_number_suffix(&t.word)));
        let from = number_first + suffixed;
        let found = self.type_at(line, from);
        // In Spain a number before the type is a name: `12 de Octubre`.
        found.filter(|_| from == 0 || self.groups.contains(&"fr"))
    }

    fn type_at(&self, line: &[Token<'_>], from: usize) -> Option<(&'static str, usize)> {
        const LONGEST: usize = 3;
        (1..=LONGEST).rev().filter(|n| from + n < line.len()).find_map(|n| {
            let words: Vec<&str> = line[from..from + n].iter().map(|t| t.word.as_str()).collect();
            lexicon::street_type(self.groups, &words.join(" ")).map(|t| (t, n))
        })
    }

    fn line(&mut self, line: &[Token<'_>], street_follows: bool) {
        if self.po_box(line) {
            return;
        }
        if self.has_street() {
            return self.after_street(line);
        }
        match self.family {
            Family::TypeLast => self.type_last(line),
            _ => {
                let typed = self.leading_type(line);
                if street_follows && typed.is_some_and(|(t, _)| t.starts_with("polígono")) {
                    let (_, words) = typed.unwrap_or_default();
                    self.out.unit.push(("estate", display(&line[words..])));
                } else if typed.is_none() && self.starts_unit(line) {
                    self.units(line);
                } else if self.family == Family::Compound
                    && typed.is_none_or(|_| self.groups == ["de"] || self.groups == ["nl"])
                {
                    self.compound(line);
                } else {
                    self.type_first(line);
                }
            }
        }
    }

    fn starts_unit(&self, line: &[Token<'_>]) -> bool {
        let Some(first) = line.first() else { return false };
        let designated =
            lexicon::unit(self.groups, &first.word).is_some() && line.get(1).is_some_and(is_value);
        designated || (line.len() == 1 && lexicon::named_floor(&first.word).is_some())
    }

    fn po_box(&mut self, line: &[Token<'_>]) -> bool {
        let Some(number) = line.iter().position(Token::is_numeric) else { return false };
        let head: Vec<&str> = line[..number].iter().map(|t| t.word.as_str()).collect();
        let head = head.join(" ");
        let is_box = matches!(
            head.as_str(),
            "apdo"
                | "apartado"
                | "apdo de correos"
                | "apartado de correos"
                | "apdo correos"
                | "apartado postal"
                | "apdo postal"
                | "ap correos"
                | "casilla"
                | "casilla de correo"
                | "casilla postal"
                | "caixa postal"
                | "cx postal"
                | "po box"
                | "p o box"
                | "pob"
                | "post office box"
                | "bp"
                | "boite postale"
                | "postfach"
                | "pf"
                | "postbus"
                | "casella postale"
                | "cas post"
                | "apartat de correus"
                | "gpo box"
        );
        if is_box {
            line[number].text.clone_into(&mut self.out.po_box);
            self.unread |= line.len() > number + 1;
        }
        is_box
    }

    /// A further line: the number, units, a neighbourhood.
    fn after_street(&mut self, line: &[Token<'_>]) {
        let first = &line[0];
        if self.out.house_number.is_empty()
            && (first.is_no_number()
                || is_number_marker(first)
                || (first.is_numeric() && first.ordinal().is_none()))
        {
            let rest = self.number(line, 0);
            return self.units(&line[rest..]);
        }
        let component = lexicon::unit(self.groups, &first.word);
        if component == Some("neighbourhood") && line.len() > 1 {
            self.out.unit.push(("neighbourhood", display(&line[1..])));
        } else if self.is_neighbourhood(line) {
            self.out.unit.push(("neighbourhood", display(line)));
        } else {
            self.units(line);
        }
    }

    /// Where quarters are part of an address, a line of words without digits is one.
    fn is_neighbourhood(&self, line: &[Token<'_>]) -> bool {
        matches!(self.region.as_str(), "BR" | "MX" | "AR" | "CO" | "CL" | "PE" | "VE" | "EC" | "PT")
            && !self.has_unit("neighbourhood")
            && line.iter().all(|t| !t.is_numeric() && !t.is_single_letter())
            && lexicon::unit(self.groups, &line[0].word).is_none()
            && lexicon::named_floor(&line[0].word).is_none()
            && lexicon::side(&line[0].word, &self.region).is_none()
    }

    /// `type name number unit`, or with the number first.
    fn type_first(&mut self, line: &[Token<'_>]) {
        let mut at = 0;
        if self.leading_type(line).is_some() && line[0].is_numeric() {
            at = self.number(line, 0);
        }
        if let Some((canonical, words)) = self.type_at(line, at) {
            canonical.clone_into(&mut self.out.street_type);
            at += words;
        }
        let start = at;
        // The first word is always of the name: `Calle 12`, `Plaza 2 de Mayo`.
        at += 1;
        while at < line.len() && !self.ends_name(line, at) {
            at += 1;
        }
        let end = at.min(line.len());
        self.out.street_name = display(&line[start.min(end)..end]);
        if self.out.street_type.is_empty()
            && let Some((canonical, _)) = line[..end]
                .last()
                .and_then(|t| lexicon::compound_type(self.groups, &t.word))
                .filter(|_| self.groups.contains(&"nl"))
        {
            canonical.clone_into(&mut self.out.street_type);
        }
        if self.out.house_number.is_empty() && end < line.len() && !self.starts_designated(&line[end..]) {
            at = self.number(line, end);
        }
        self.units(&line[at.min(line.len())..]);
    }

    fn starts_designated(&self, rest: &[Token<'_>]) -> bool {
        const SHORTEST: usize = 2;
        rest.first()
            .is_some_and(|t| t.word.len() >= SHORTEST && lexicon::unit(self.groups, &t.word).is_some())
            && rest.get(1).is_some_and(is_value)
    }

    fn ends_name(&self, line: &[Token<'_>], at: usize) -> bool {
        let token = &line[at];
        let next = line.get(at + 1);
        if token.is_no_number() || self.starts_designated(&line[at..]) {
            return true;
        }
        if is_number_marker(token) {
            return next.is_some_and(|t| t.is_numeric() || t.is_no_number());
        }
        // `17. Juni`, `12 de Octubre`: a number that a name goes on after.
        let dated = next.is_some_and(|t| t.word == "de" && line.get(at + 2).is_some_and(|t| !t.is_numeric()));
        let ordinal_name = token.raw.ends_with('.')
            && self.family == Family::Compound
            && next.is_some_and(|t| !t.is_numeric() && t.word.len() > 2);
        let floor_word = token.ordinal().is_some() && !self.out.house_number.is_empty();
        (token.is_numeric() && !dated && !ordinal_name) || floor_word
    }

    /// Reads a house number at a position; the position after it.
    fn number(&mut self, line: &[Token<'_>], from: usize) -> usize {
        let mut at = from;
        while line.get(at).is_some_and(is_number_marker) {
            at += 1;
        }
        let Some(token) = line.get(at) else { return at };
        if token.is_no_number() {
            "s/n".clone_into(&mut self.out.house_number);
            return at + 1;
        }
        if !token.is_numeric() {
            return from;
        }
        let mut number = token.text.trim_end_matches(['º', '°', '-']).to_owned();
        at += 1;
        // `93 - 60` of the Colombian grid.
        let dash = line.get(at).is_some_and(|t| t.text == "-");
        let plate =
            self.region == "CO" && line.get(at).is_some_and(Token::is_numeric) && !number.contains('-');
        if (dash || plate)
            && let Some(plate) = line[at..].iter().find(|t| t.is_numeric())
        {
            number = format!("{number}-{}", plate.text);
            at = line.iter().position(|t| std::ptr::eq(t, plate)).map_or(at, |p| p + 1);
        }
        if let Some(suffix) = line.get(at).filter(|t| is_number_suffix(&t.word)) {
            number.push(' ');
            number.push_str(&suffix.word);
            at += 1;
        } else if self.family == Family::Compound && line.get(at).is_some_and(|t| t.is_single_letter()) {
            number.push_str(&line[at].word);
            at += 1;
        }
        self.out.house_number = number;
        at
    }

    /// A name that ends in its type, then the number.
    fn compound(&mut self, line: &[Token<'_>]) {
        let mut end = 1;
        while end < line.len() && !self.ends_name(line, end) {
            end += 1;
        }
        let mut name = display(&line[..end]);
        if let Some((canonical, ending)) =
            line[..end].last().and_then(|t| lexicon::compound_type(self.groups, &t.word))
        {
            canonical.clone_into(&mut self.out.street_type);
            // An abbreviated ending is spelled out in the case in which it is written.
            if ending == "str" {
                let stem = name.trim_end_matches('.');
                let capital = stem.len() >= 3
                    && stem.is_char_boundary(stem.len() - 3)
                    && stem[stem.len() - 3..].starts_with('S');
                let stem = stem.get(..stem.len().saturating_sub(3)).unwrap_or_default();
                let mut letters = canonical.chars();
                let first = letters.next().unwrap_or_default();
                let first = if capital { first.to_ascii_uppercase() } else { first };
                name = format!("{stem}{first}{}", letters.as_str());
            }
        }
        self.out.street_name = name;
        let rest = if end < line.len() { self.number(line, end) } else { end };
        self.units(&line[rest..]);
    }

    /// `number name type unit`.
    fn type_last(&mut self, line: &[Token<'_>]) {
        let mut at = 0;
        while self.starts_designated(&line[at..])
            && line.get(at + 2).is_none_or(|t| lexicon::street_type(self.groups, &t.word).is_none())
        {
            let component = lexicon::unit(self.groups, &line[at].word).unwrap_or("unit");
            self.out.unit.push((component, line[at + 1].text.to_uppercase()));
            at += 2;
        }
        if at >= line.len() {
            return;
        }
        if line[at].is_numeric() && (line.len() > at + 1 || self.has_street()) {
            match line[at].text.split_once('/') {
                Some((unit, number)) => {
                    self.out.unit.push(("unit", unit.to_uppercase()));
                    number.clone_into(&mut self.out.house_number);
                }
                None => line[at].text.clone_into(&mut self.out.house_number),
            }
            at += 1;
        }
        let body_end = (at + 1..line.len())
            .find(|&i| line[i].text.starts_with('#') || self.starts_designated(&line[i..]))
            .unwrap_or(line.len());
        let body = &line[at..body_end];
        let kind = (1..body.len())
            .rev()
            .find_map(|i| lexicon::street_type(self.groups, &body[i].word).map(|t| (t, i)));
        let (name, after) = match kind {
            Some((canonical, i)) => {
                canonical.clone_into(&mut self.out.street_type);
                (&body[..i], &body[i + 1..])
            }
            None => (body, &body[body.len()..]),
        };
        self.out.street_name = display(name);
        let directions = after.iter().take_while(|t| is_direction(&t.word)).count();
        if directions > 0 {
            self.out.street_name.push(' ');
            self.out.street_name.push_str(&after[0].text.to_uppercase());
        }
        let rest = &after[directions..];
        if !rest.is_empty() && self.out.city.is_empty() {
            self.out.city = display(rest);
        } else {
            self.unread |= !rest.is_empty();
        }
        self.units(&line[body_end..]);
    }

    /// What comes after the number: designators with values, and floor and door by position.
    fn units(&mut self, line: &[Token<'_>]) {
        let mut at = 0;
        while at < line.len() {
            at += self.unit(&line[at..]).max(1);
        }
    }

    /// Reads one unit at the start of `rest`; how many words it took.
    fn unit(&mut self, rest: &[Token<'_>]) -> usize {
        let token = &rest[0];
        let word = token.word.as_str();
        let next = rest.get(1);
        let iberian_side =
            matches!(self.region.as_str(), "PT" | "BR") && lexicon::side(word, &self.region).is_some();
        if token.text.starts_with('#') || is_number_marker(token) {
            let Some(value) = next.filter(|t| is_value(t)) else { return 1 };
            let component = if self.family == Family::TypeLast { "apartment" } else { "interior" };
            self.push(component, value.text.to_uppercase());
            return 2;
        }
        if let Some(component) = lexicon::unit(self.groups, word).filter(|_| !iberian_side) {
            if let Some(value) = next.filter(|t| is_value(t)) {
                return self.designated(component, value);
            }
            if matches!(component, "building" | "neighbourhood" | "house" | "locality") && next.is_some() {
                self.push(component, display(&rest[1..]));
                return rest.len();
            }
        }
        if let Some(number) = token
            .ordinal()
            .or_else(|| Some(word).filter(|w| w.len() <= 2 && w.bytes().all(|b| b.is_ascii_digit())))
        {
            // `3er piso`, `2 andar`, `3e étage`, `3. OG`.
            let named = next.is_some_and(|t| lexicon::unit(self.groups, &t.word) == Some("floor"))
                && rest.get(2).is_none_or(|t| t.ordinal().is_none());
            let component = if named || !self.has_unit("floor") { "floor" } else { "door" };
            self.push(component, trim_zeros(number));
            return 1 + usize::from(named);
        }
        if let Some(floor) = lexicon::named_floor(word).filter(|_| !self.has_unit("floor")) {
            self.push("floor", floor.to_owned());
            return 1 + usize::from(next.is_some_and(|t| t.word == "baja"));
        }
        if word == "planta" && next.is_some_and(|t| t.word == "baja") {
            self.push("floor", "bajo".to_owned());
            return 2;
        }
        if let Some(side) = lexicon::side(word, &self.region) {
            self.push("door", side.to_owned());
        } else if let Some((number, letters)) = token.number_and_letter().filter(|_| !self.has_unit("floor"))
        {
            let door =
                lexicon::side(letters, &self.region).map_or_else(|| letters.to_uppercase(), str::to_owned);
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

    /// A value after its designator.
    fn designated(&mut self, component: &'static str, value: &Token<'_>) -> usize {
        let side = || lexicon::side(&value.word, &self.region).map(str::to_owned);
        let read = match component {
            "floor" => match (value.ordinal(), lexicon::named_floor(&value.word)) {
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
            && matches!(self.region.as_str(), "AR" | "UY" | "CL" | "PE");
        self.push(if is_door { "door" } else { component }, read);
        2
    }

    fn push(&mut self, component: &'static str, value: String) {
        if self.has_unit(component) {
            self.unread = true;
        } else {
            self.out.unit.push((component, value));
        }
    }
}

/// What may follow a designator: a number, a letter, a short code, a side or a named floor.
fn is_value(token: &Token<'_>) -> bool {
    token.is_numeric()
        || token.is_single_letter()
        || lexicon::named_floor(&token.word).is_some()
        || lexicon::side(&token.word, "").is_some()
        || (token.word.len() <= 4 && token.word.ends_with(|c: char| c.is_ascii_digit()))
}

fn is_number_marker(token: &Token<'_>) -> bool {
    token.text == "#"
        || matches!(token.word.as_str(), "n" | "no" | "nro" | "num" | "numero" | "nr" | "civ" | "civico")
            && token.text.len() > 1
        || (token.word == "n" && token.raw.len() == 1)
}

fn is_number_suffix(word: &str) -> bool {
    matches!(word, "bis" | "ter" | "quater" | "quinquies" | "dupl" | "dup" | "duplicado" | "dpdo")
}

fn is_direction(word: &str) -> bool {
    matches!(word, "n" | "s" | "e" | "w" | "ne" | "nw" | "se" | "sw" | "north" | "south" | "east" | "west")
}

fn trim_zeros(number: &str) -> String {
    let trimmed = number.trim_start_matches('0');
    if trimmed.is_empty() { "0".to_owned() } else { trimmed.to_owned() }
}

/// Words as they are shown.
fn display(words: &[Token<'_>]) -> String {
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
