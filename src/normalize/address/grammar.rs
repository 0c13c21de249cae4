//! From a cleaned line to components.

use std::borrow::Cow;

use super::super::ascii::{self, Folded};
use super::lexicon::{self, Family, Group};
use super::tail::take_place;
use super::units::{is_value, trim_zeros};
use super::words::{Cut, Token, segments, spaced};
use super::write::display;
use super::{Address, places};

/// Reads a cleaned line. The flag says that some text was understood as nothing.
pub(super) fn read(text: &str, hinted: &str, whole: bool) -> (Address, bool) {
    let text = spaced(text, hinted);
    let mut segments = segments(&text);
    let mut out = Address::default();
    let mut region = Cow::Borrowed(hinted);
    let mut unread = false;
    if whole {
        if let Some(code) = segments.last().filter(|_| segments.len() > 1).and_then(|s| country_name(s)) {
            segments.pop();
            region = Cow::Borrowed(code);
        }
        drop_country_word(&mut segments, &mut region);
        unread |= take_place(&mut segments, &mut out, &region);
    }
    let region = &*region;
    region.clone_into(&mut out.country);
    let mut reader =
        Reader { groups: lexicon::groups(region), family: lexicon::family(region), region, out, unread };
    let joined = is_lone_number(&segments, reader.groups);
    let mut cut = Cut::with_capacity(text.len());
    let mut ends = Vec::with_capacity(segments.len());
    for (position, segment) in segments.iter().enumerate() {
        cut.push(segment);
        if !(joined && position == 0) && cut.len() > ends.last().copied().unwrap_or(0) {
            ends.push(cut.len());
        }
    }
    let tokens = cut.tokens();
    let start_of = |at: usize| if at == 0 { 0 } else { ends[at - 1] };
    let line_at = |at: usize| &tokens[start_of(at)..ends[at]];
    for position in 0..ends.len() {
        let line = line_at(position);
        let later = || (position + 1..ends.len()).map(line_at);
        let named_house =
            || !reader.is_unnumbered_street(line) && later().any(|l| reader.is_unnumbered_street(l));
        let street_follows = !reader.has_street() && (later().any(|l| reader.is_street(l)) || named_house());
        reader.line(line, street_follows);
    }
    (reader.out, reader.unread)
}

/// `28014 Madrid España`, `75001 paris fr`: the country behind the city without a comma.
fn drop_country_word<'t>(segments: &mut Vec<&'t str>, region: &mut Cow<'t, str>) {
    let own_code = |s: &&str| s.eq_ignore_ascii_case(region) && places::known_region(s, region).is_none();
    if segments.len() > 1 && segments.last().is_some_and(own_code) {
        segments.pop();
        return;
    }
    let Some(last) = segments.last_mut() else { return };
    let Some((head, word)) = last.rsplit_once(' ') else { return };
    let code = word.len() == 2 && word.eq_ignore_ascii_case(region);
    // Another country's name may be that of a town.
    let of_name = head.rsplit(' ').next().is_some_and(|before| lexicon::is_particle(&ascii::fold(before)));
    let named = country_name(word).filter(|code| !of_name && (region.is_empty() || *code == &**region));
    if code && places::known_region(word, region).is_none() || named.is_some() {
        let kept = head.trim_end_matches([' ', '-']).len();
        if let Some(code) = named {
            *region = Cow::Borrowed(code);
        }
        *last = &last[..kept];
    }
}

/// `12, rue Saint-Denis`: a number that a comma parts from the street it stands before, and that opens its line.
fn is_lone_number(segments: &[&str], groups: &[Group]) -> bool {
    let [first, second, ..] = segments else { return false };
    let number_first = groups.contains(&Group::Fr) || groups.contains(&Group::En);
    let lone = first.starts_with(|c: char| c.is_ascii_digit())
        && first.split(' ').count() <= 2
        && first.len() <= 8
        && !second.starts_with(|c: char| c.is_ascii_digit());
    number_first && lone
}

/// A country written out; two letters are more often a region.
fn country_name(segment: &str) -> Option<&'static str> {
    const SHORTEST: usize = 4;
    if segment.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let words = Folded::words(segment);
    let long = words.len() >= SHORTEST || matches!(&*words, "uk" | "usa");
    if long && !words.bytes().any(|b| b.is_ascii_digit()) { places::country_of_words(&words) } else { None }
}

/// What has been read of an address, and the rules of its country.
pub(super) struct Reader<'r> {
    pub(super) out: Address,
    pub(super) region: &'r str,
    pub(super) groups: &'static [Group],
    pub(super) family: Family,
    pub(super) unread: bool,
}

impl Reader<'_> {
    pub(super) fn has_street(&self) -> bool {
        !self.out.street_name.is_empty()
    }

    pub(super) fn has_unit(&self, component: &str) -> bool {
        self.out.unit.iter().any(|(key, _)| *key == component)
    }

    /// The street type at the start of a line and how many words it takes; something must follow it.
    fn leading_type(&self, line: &[Token<'_>]) -> Option<(&'static str, usize)> {
        let number_first = usize::from(line.first().is_some_and(Token::is_numeric));
        let suffixed =
            usize::from(number_first == 1 && line.get(1).is_some_and(|t| is_number_suffix(t.word)));
        let from = number_first + suffixed;
        let found = self.type_at(line, from);
        // In Spain a number before the type is a name: `12 de Octubre`.
        found.filter(|_| from == 0 || self.groups.contains(&Group::Fr))
    }

    fn type_at(&self, line: &[Token<'_>], from: usize) -> Option<(&'static str, usize)> {
        const LONGEST: usize = 3;
        // The longest name first; something must follow it.
        let most = LONGEST.min(line.len().saturating_sub(from + 1));
        let first = line.get(from)?.word;
        // A sign has no word: the type is behind it.
        let opened = if first.is_empty() { most } else { lexicon::longest_type(self.groups, first) };
        let count = most.min(opened);
        if count < 2 {
            let found =
                line.get(from..from + count)?.first().and_then(|t| lexicon::street_type(self.groups, t.word));
            return found.map(|canonical| (canonical, 1));
        }
        let mut words = String::with_capacity(48);
        let mut ends = [0; LONGEST];
        for (token, end) in line.get(from..)?.iter().take(count).zip(&mut ends) {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(token.word);
            *end = words.len();
        }
        (0..count).rev().find_map(|n| {
            lexicon::street_type(self.groups, &words[..ends[n]]).map(|canonical| (canonical, n + 1))
        })
    }

    /// Whether a line is surely a street: it has the type of one, and not of what lies around streets.
    fn is_street(&self, line: &[Token<'_>]) -> bool {
        if self.family == Family::TypeLast {
            return line.len() > 2
                && line[0].is_numeric()
                && line[1..].iter().any(|t| lexicon::street_type(self.groups, t.word).is_some());
        }
        self.leading_type(line).is_some_and(|(canonical, _)| lexicon::is_thoroughfare(canonical))
    }

    /// `Church Lane` behind the name of a house.
    fn is_unnumbered_street(&self, line: &[Token<'_>]) -> bool {
        self.family == Family::TypeLast
            && line.len() > 1
            && line.last().is_some_and(|t| lexicon::street_type(self.groups, t.word).is_some())
            && line.iter().all(|t| !t.is_numeric())
    }

    /// What stands before the street and is none: an estate, a building, a quarter.
    fn before_street(&mut self, line: &[Token<'_>]) -> bool {
        let typed = self.leading_type(line);
        let (component, words) = match typed {
            Some((canonical, words)) if canonical.starts_with("polígono") => ("estate", words),
            Some(("edificio", words)) => ("building", words),
            Some(("urbanización" | "barrio" | "barriada" | "residencial" | "colonia" | "bairro", words)) => {
                ("neighbourhood", words)
            }
            Some(_) => return false,
            None if line.iter().any(|t| t.is_numeric() || t.text == "#") || self.starts_unit(line) => {
                return false;
            }
            None => match line[0].word {
                "zi" | "za" | "zac" | "parc" => ("estate", usize::from(line.len() > 1)),
                word if lexicon::unit(self.groups, word) == Some("building") && line.len() > 1 => {
                    ("building", 1)
                }
                _ if line.iter().any(|t| matches!(t.word, "park" | "estate" | "industrial")) => ("estate", 0),
                _ => ("building", 0),
            },
        };
        self.push(component, display(&line[words..]));
        true
    }

    fn line(&mut self, line: &[Token<'_>], street_follows: bool) {
        if self.po_box(line) || (street_follows && !self.has_street() && self.before_street(line)) {
            return;
        }
        let plot = matches!(line[0].word, "manzana" | "mz" | "mza" | "mzna" | "lote" | "lt");
        if !self.has_street() && plot && line.get(1).is_some_and(is_value) {
            return self.units(line);
        }
        // A quarter behind block and lot, where streets have no names.
        if !self.has_street()
            && (self.has_unit("block") || self.has_unit("lot"))
            && let Some(("colonia" | "urbanización" | "barrio", words)) = self.leading_type(line)
        {
            return self.push("neighbourhood", display(&line[words..]));
        }
        if self.has_street() {
            return self.after_street(line);
        }
        match self.family {
            Family::TypeLast => self.type_last(line),
            _ => {
                let typed = self.leading_type(line);
                if typed.is_none() && self.starts_unit(line) {
                    self.units(line);
                } else if self.family == Family::Compound
                    && typed.is_none_or(|_| self.groups == [Group::De] || self.groups == [Group::Nl])
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
            lexicon::unit(self.groups, first.word).is_some() && line.get(1).is_some_and(is_value);
        designated || (line.len() == 1 && lexicon::named_floor(first.word).is_some())
    }

    fn po_box(&mut self, line: &[Token<'_>]) -> bool {
        let Some(number) = line.iter().position(Token::is_numeric) else { return false };
        const LONGEST: usize = 24;
        let mut head = String::with_capacity(LONGEST);
        for token in &line[..number] {
            if !head.is_empty() {
                head.push(' ');
            }
            head.push_str(token.word);
            // No name of a box is longer.
            if head.len() > LONGEST {
                return false;
            }
        }
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
                | "cs"
                | "tsa"
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
            let digits = line[number..].iter().take_while(|t| t.is_numeric()).count();
            line[number..number + digits].iter().for_each(|t| self.out.po_box.push_str(t.text));
            self.unread |= line.len() > number + digits;
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
        let component = lexicon::unit(self.groups, first.word);
        let words = usize::from(line.len() > 1);
        if words == 1 && (component == Some("neighbourhood") || self.is_quarter(line)) {
            self.push("neighbourhood", display(&line[1..]));
        } else if words == 1
            && matches!(first.word, "esquina" | "esq" | "entre" | "cruce")
            && line[1].word.len() > 1
            && !line[1].is_numeric()
        {
            self.push("between", display(&line[1..]));
        } else if self.family == Family::TypeLast
            && !self.has_unit("neighbourhood")
            && line.iter().all(|t| !t.is_numeric() && !t.is_single_letter())
            && component.is_none()
        {
            self.push("neighbourhood", display(line));
        } else if self.is_neighbourhood(line) {
            self.out.unit.push(("neighbourhood", display(line)));
        } else {
            self.units(line);
        }
    }

    /// `Bº San Juan`, `Urb. Monteclaro` behind the street. `Bº B` is a floor and a door.
    fn is_quarter(&self, line: &[Token<'_>]) -> bool {
        let second = &line[1];
        let named = second.word.len() > 2
            && !second.is_numeric()
            && lexicon::side(second.word, self.region).is_none()
            && lexicon::unit(self.groups, second.word).is_none();
        let quarter = line[0].word == "bo"
            || matches!(
                lexicon::street_type(self.groups, line[0].word),
                Some(
                    "urbanización"
                        | "barrio"
                        | "barriada"
                        | "residencial"
                        | "colonia"
                        | "bairro"
                        | "polígono"
                )
            );
        named && quarter
    }

    /// Where quarters are part of an address, a line of words without digits is one.
    fn is_neighbourhood(&self, line: &[Token<'_>]) -> bool {
        let quarters = matches!(self.region, "BR" | "MX" | "AR" | "CO" | "CL" | "PE" | "VE" | "EC" | "PT");
        // The centre is a quarter when it is a part of its own.
        if quarters && line.len() == 1 && line[0].word == "centro" && !self.has_unit("neighbourhood") {
            return true;
        }
        quarters
            && !self.has_unit("neighbourhood")
            && line.iter().all(|t| !t.is_numeric() && !t.is_single_letter())
            && lexicon::unit(self.groups, line[0].word).is_none()
            && lexicon::named_floor(line[0].word).is_none()
            && lexicon::side(line[0].word, self.region).is_none()
    }

    /// `type name number unit`, or with the number first.
    fn type_first(&mut self, line: &[Token<'_>]) {
        let mut at = 0;
        // `610 Rive de la Dorne`: in France the number comes first whatever follows it.
        let untyped = self.groups.first() == Some(&Group::Fr)
            && line.len() > 1
            && line[1..].iter().all(|t| !t.is_numeric())
            && line[0].word.bytes().all(|b| b.is_ascii_digit());
        if (untyped || self.leading_type(line).is_some()) && line[0].is_numeric() {
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
        // `Ercilla kalea`: the Basque type comes last.
        if self.out.street_type.is_empty()
            && end > start + 1
            && let Some(canonical) = line.get(end - 1).and_then(|t| lexicon::basque_type(self.groups, t.word))
        {
            canonical.clone_into(&mut self.out.street_type);
            self.out.street_name = display(&line[start..end - 1]);
        }
        if self.out.street_type.is_empty()
            && let Some((canonical, _)) = line[..end]
                .last()
                .and_then(|t| lexicon::compound_type(self.groups, t.word))
                .filter(|_| self.groups.contains(&Group::Nl))
        {
            canonical.clone_into(&mut self.out.street_type);
        }
        if self.out.house_number.is_empty() && end < line.len() && !self.starts_designated(&line[end..]) {
            at = self.number(line, end);
        }
        self.units(&line[at.min(line.len())..]);
    }

    pub(super) fn starts_designated(&self, rest: &[Token<'_>]) -> bool {
        const SHORTEST: usize = 2;
        rest.first().is_some_and(|t| t.word.len() >= SHORTEST && lexicon::unit(self.groups, t.word).is_some())
            && rest.get(1).is_some_and(is_value)
    }

    fn ends_name(&self, line: &[Token<'_>], at: usize) -> bool {
        let token = &line[at];
        let next = line.get(at + 1);
        // `Partida La Torre 12`: with an article it is a name.
        let article = matches!(line[at - 1].word, "la" | "el" | "las" | "los" | "del" | "de" | "da" | "do");
        if token.is_no_number() || (!article && self.starts_designated(&line[at..])) {
            return true;
        }
        if is_number_marker(token) {
            let outside = next.is_some_and(|t| is_outside_word(t.word));
            let value = if outside { line.get(at + 2) } else { next };
            return value.is_some_and(|t| t.is_numeric() || t.is_no_number());
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
        while line.get(at).is_some_and(|t| is_number_marker(t) || (at > from && is_outside_word(t.word))) {
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
        let shown = token.text.trim_end_matches(['º', '°', '-']);
        // `00015`
        let mut number = if shown.starts_with('0') { trim_zeros(shown) } else { shown.to_owned() };
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
        if let Some(suffix) = line.get(at).filter(|t| is_number_suffix(t.word)) {
            number.push(' ');
            let duplicate = suffix.word.starts_with("dup") || suffix.word == "dpdo";
            number.push_str(if duplicate { "duplicado" } else { suffix.word });
            at += 1;
        } else if self.family == Family::Compound && line.get(at).is_some_and(|t| t.is_single_letter()) {
            number.push_str(line[at].word);
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
            line[..end].last().and_then(|t| lexicon::compound_type(self.groups, t.word))
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
}

pub(super) fn is_number_marker(token: &Token<'_>) -> bool {
    token.text == "#"
        || matches!(token.word, "n" | "no" | "nro" | "num" | "numero" | "nr" | "civ" | "civico")
            && token.text.len() > 1
        || (token.word == "n" && token.raw.len() == 1)
}

/// `No. Ext. 12`: the number outside, beside one inside.
fn is_outside_word(word: &str) -> bool {
    matches!(word, "ext" | "exterior")
}

fn is_number_suffix(word: &str) -> bool {
    matches!(word, "bis" | "ter" | "quater" | "quinquies" | "dupl" | "dup" | "duplicado" | "dpdo")
}
