//! From a cleaned line to components.

use std::borrow::Cow;

use super::super::ascii::{self, Folded};
use super::clean::Line;
use super::cues::{
    is_between, is_number_marker, is_number_suffix, is_outside_word, is_plain, is_quarter_type, is_road,
    names_half, opens_po_box,
};
use super::lexicon::{self, Family, Group, Lexicon};
use super::tail::take_place;
use super::units::{is_value, trim_zeros};
use super::words::{Token, cut, look_up, segments, spaced};
use super::write::display;
use super::{Address, places};

/// What a line says.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Reading {
    pub(super) parts: Address,
    /// Whether some text was understood as nothing.
    pub(super) unread: bool,
    /// Whether the name of the street is of words that are nothing else, whatever stands around them.
    pub(super) plain_name: bool,
}

/// Reads a cleaned line.
pub(super) fn read(line: &Line<'_>, hinted: &str, whole: bool) -> Reading {
    let text = spaced(line, hinted);
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
    let lexicon = lexicon::of(region);
    let mut reader = Reader { lexicon, region, out, unread, plain_name: false };
    let mut folds = String::new();
    let mut tokens = cut(&segments, is_lone_number(&segments, lexicon), &mut folds);
    look_up(&mut tokens, &folds, lexicon);
    let mut rest = tokens.as_slice();
    while let Some(line) = lines(rest).next() {
        rest = &rest[line.len()..];
        let later = || lines(rest);
        let named_house =
            || !reader.is_unnumbered_street(line) && later().any(|l| reader.is_unnumbered_street(l));
        let street_follows = !reader.has_street() && (later().any(|l| reader.is_street(l)) || named_house());
        reader.line(line, street_follows);
    }
    Reading { parts: reader.out, unread: reader.unread, plain_name: reader.plain_name }
}

/// The words of each line.
fn lines<'l, 't>(tokens: &'l [Token<'t>]) -> impl Iterator<Item = &'l [Token<'t>]> {
    tokens.chunk_by(|before, after| before.line == after.line)
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
    let of_name = || head.rsplit(' ').next().is_some_and(|before| lexicon::is_particle(&ascii::fold(before)));
    let named = country_name(word).filter(|code| (region.is_empty() || *code == &**region) && !of_name());
    if code && places::known_region(word, region).is_none() || named.is_some() {
        let kept = head.trim_end_matches([' ', '-']).len();
        if let Some(code) = named {
            *region = Cow::Borrowed(code);
        }
        *last = &last[..kept];
    }
}

/// `12, rue Saint-Denis`: a number that a comma parts from the street it stands before, and that opens its line.
fn is_lone_number(segments: &[&str], lexicon: &Lexicon) -> bool {
    let [first, second, ..] = segments else { return false };
    let number_first = lexicon.has(Group::Fr) || lexicon.has(Group::En);
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
    let words = &*Folded::words(segment);
    let long = words.len() >= SHORTEST || matches!(words, "uk" | "usa");
    if long && !words.bytes().any(|b| b.is_ascii_digit()) { places::country_of_words(words) } else { None }
}

/// What has been read of an address, and the rules of its country.
pub(super) struct Reader<'r> {
    pub(super) out: Address,
    pub(super) region: &'r str,
    pub(super) lexicon: &'static Lexicon,
    pub(super) unread: bool,
    plain_name: bool,
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
        let suffixed = usize::from(number_first == 1 && self.has_suffix(line, 1));
        let from = number_first + suffixed;
        let found = self.type_at(line, from);
        // In Spain a number before the type is a name: `12 de Octubre`.
        found.filter(|_| from == 0 || self.lexicon.has(Group::Fr))
    }

    /// Whether a word belongs to the number before it: `12 bis`, and in France `14 B allée des Tilleuls`.
    fn has_suffix(&self, line: &[Token<'_>], at: usize) -> bool {
        let Some(token) = line.get(at) else { return false };
        let letter = self.lexicon.groups.first() == Some(&Group::Fr)
            && token.is_single_letter()
            && line.get(at + 1).is_some_and(|t| t.facts.street_type.is_some());
        letter || is_number_suffix(token.word)
    }

    fn type_at(&self, line: &[Token<'_>], from: usize) -> Option<(&'static str, usize)> {
        const LONGEST: usize = 3;
        // The longest name first; something must follow it.
        let most = LONGEST.min(line.len().saturating_sub(from + 1));
        let first = line.get(from)?;
        // A sign has no word: the type is behind it.
        let opened = if first.word.is_empty() { most } else { usize::from(first.facts.longest_type) };
        let count = most.min(opened);
        // `Gran Vía 28`: the type alone is the name.
        let alone = |(_, words): &(&str, usize)| line.get(from + words).is_some_and(|t| t.is_numeric());
        if count < 2 {
            return first.facts.street_type.filter(|_| count == 1).map(|canonical| (canonical, 1));
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
        (0..count)
            .rev()
            .find_map(|n| {
                self.lexicon.facts(&words[..ends[n]]).street_type.map(|canonical| (canonical, n + 1))
            })
            .filter(|found| found.0 != "gran vía" || !alone(found))
    }

    /// Whether a line is surely a street: it has the type of one, and not of what lies around streets.
    fn is_street(&self, line: &[Token<'_>]) -> bool {
        if self.lexicon.family == Family::TypeLast {
            return line.len() > 2
                && line[0].is_numeric()
                && line[1..].iter().any(|t| t.facts.street_type.is_some());
        }
        self.leading_type(line).is_some_and(|(canonical, _)| lexicon::is_thoroughfare(canonical))
    }

    /// `Church Lane` behind the name of a house.
    fn is_unnumbered_street(&self, line: &[Token<'_>]) -> bool {
        self.lexicon.family == Family::TypeLast
            && line.len() > 1
            && line.last().is_some_and(|t| t.facts.street_type.is_some())
            && line.iter().all(|t| !t.is_numeric())
    }

    /// What stands before the street and is none: an estate, a building, a quarter.
    fn before_street(&mut self, line: &[Token<'_>]) -> bool {
        let typed = self.leading_type(line);
        let (component, words) = match typed {
            Some((canonical, words)) if canonical.starts_with("polígono") => ("estate", words),
            Some(("edificio", words)) => ("building", words),
            Some(("résidence" | "lotissement", words)) => ("estate", words),
            // `Parque Tecnológico`: the type is a word of the name.
            Some(("parque" | "complejo", _)) => ("estate", 0),
            Some((canonical, words)) if is_quarter_type(canonical) => ("neighbourhood", words),
            Some(_) => return false,
            None if line.iter().any(|t| t.is_numeric() || t.text == "#") || self.starts_unit(line) => {
                return false;
            }
            None => match line[0].word {
                "zi" | "za" | "zac" | "parc" => ("estate", usize::from(line.len() > 1)),
                _ if line[0].facts.unit == Some("building") && line.len() > 1 => ("building", 1),
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
        let plot = matches!(line[0].facts.unit, Some("block" | "lot" | "superblock"));
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
        match self.lexicon.family {
            Family::TypeLast => self.type_last(line),
            _ => {
                let typed = self.leading_type(line);
                if typed.is_none() && self.starts_unit(line) {
                    self.units(line);
                } else if self.lexicon.family == Family::Compound
                    && typed.is_none_or(|_| matches!(self.lexicon.groups, [Group::De | Group::Nl]))
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
        let designated = first.facts.unit.is_some() && line.get(1).is_some_and(is_value);
        designated || (line.len() == 1 && first.facts.floor.is_some())
    }

    fn po_box(&mut self, line: &[Token<'_>]) -> bool {
        if !opens_po_box(line[0].word) {
            return false;
        }
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
                | "aptdo"
                | "aptdo de correos"
                | "aptdo correos"
                | "apartado correos"
                | "apartado de correo"
                | "apdo de correo"
                | "apto correos"
                | "apartado aereo"
                | "ap de correos"
                | "cc"
                | "caixa de correio"
                | "postf"
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
        let component = first.facts.unit;
        let words = usize::from(line.len() > 1);
        if words == 1 && (component == Some("neighbourhood") || self.is_quarter(line)) {
            self.push("neighbourhood", display(&line[1..]));
        } else if words == 1
            && matches!(first.word, "esquina" | "esq" | "entre" | "cruce")
            && line[1].word.len() > 1
            && !line[1].is_numeric()
        {
            self.push("between", display(&line[1..]));
        } else if self.lexicon.family == Family::TypeLast
            && !self.has_unit("neighbourhood")
            && line.iter().all(|t| !t.is_numeric() && !t.is_single_letter())
            && component.is_none()
        {
            self.push("neighbourhood", display(line));
        } else if self.is_neighbourhood(line) {
            let component = if self.has_unit("neighbourhood") { "locality" } else { "neighbourhood" };
            self.out.unit.push((component, display(line)));
        } else {
            self.units(line);
        }
    }

    /// `Bº San Juan`, `Urb. Monteclaro` behind the street. `Bº B` is a floor and a door.
    fn is_quarter(&self, line: &[Token<'_>]) -> bool {
        let second = &line[1];
        let named = second.word.len() > 2
            && !second.is_numeric()
            && second.facts.side.is_none()
            && second.facts.unit.is_none();
        let quarter = line[0].word == "bo"
            || matches!(
                line[0].facts.street_type,
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
        // Behind the quarter the borough that it is of.
        quarters
            && !self.has_unit("locality")
            && line.iter().all(|t| !t.is_numeric() && !t.is_single_letter())
            && line[0].facts.unit.is_none()
            && line[0].facts.floor.is_none()
            && line[0].facts.side.is_none()
    }

    /// `type name number unit`, or with the number first.
    fn type_first(&mut self, line: &[Token<'_>]) {
        let mut at = 0;
        // `610 Rive de la Dorne`: in France the number comes first whatever follows it.
        let untyped = self.lexicon.groups.first() == Some(&Group::Fr)
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
        let mut end = at.min(line.len());
        self.out.street_name = display(&line[start.min(end)..end]);
        self.plain_name = line[start.min(end)..end].iter().all(is_plain);
        // `Ercilla kalea`: the Basque type comes last.
        if self.out.street_type.is_empty()
            && end > start + 1
            && let Some(last) = line.get(end - 1).filter(|t| lexicon::is_basque_type(t.word))
            && let Some(canonical) = last.facts.street_type
        {
            canonical.clone_into(&mut self.out.street_type);
            self.out.street_name = display(&line[start..end - 1]);
        }
        if self.out.street_type.is_empty()
            && let Some((canonical, _)) = line[..end]
                .last()
                .filter(|_| self.lexicon.has(Group::Nl))
                .and_then(|t| self.lexicon.compound_type(t.word))
        {
            canonical.clone_into(&mut self.out.street_type);
        }
        // `Calle 7 e/ 45 y 46 Nº 780`
        if line.get(end).is_some_and(|t| is_between(t)) {
            let number =
                (end + 1..line.len()).find(|&i| is_number_marker(&line[i]) || line[i].is_no_number());
            let sides = end + 1..number.unwrap_or(line.len());
            end = sides.end;
            at = end;
            self.push("between", display(&line[sides]));
        }
        if self.out.house_number.is_empty() && end < line.len() && !self.starts_designated(&line[end..]) {
            at = self.number(line, end);
        }
        self.units(&line[at.min(line.len())..]);
    }

    pub(super) fn starts_designated(&self, rest: &[Token<'_>]) -> bool {
        const SHORTEST: usize = 2;
        let value = match rest.get(1) {
            // `Apt # 5B`
            Some(sign) if sign.text == "#" => rest.get(2),
            next => next,
        };
        rest.first().is_some_and(|t| t.word.len() >= SHORTEST && t.facts.unit.is_some())
            && value.is_some_and(is_value)
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
        if is_between(token) && (token.word == "e" || next.is_some_and(Token::is_numeric)) {
            return true;
        }
        // `Carretera Nacional 340, km 12`: the number of a road.
        let of_road = is_road(&self.out.street_type) && next.is_some_and(|t| t.facts.unit == Some("km"));
        // `Plein 1944 5`: the number of the house is the last one.
        let of_year = self.lexicon.family == Family::Compound
            && token.word.len() == 4
            && next.is_some_and(|t| t.is_numeric() && t.ordinal().is_none());
        if token.is_numeric() && (of_road || of_year) {
            return false;
        }
        // `17. Juni`, `12 de Octubre`: a number that a name goes on after.
        let dated = next.is_some_and(|t| t.word == "de" && line.get(at + 2).is_some_and(|t| !t.is_numeric()));
        let ordinal_name = token.raw.ends_with('.')
            && self.lexicon.family == Family::Compound
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
        // `80 Sur-34`: the half of the city that the cross street is in.
        if self.region == "CO"
            && let Some(half) = line.get(at).filter(|t| names_half(t.text))
        {
            number.push(' ');
            number.push_str(half.text);
            at += 1;
        }
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
        if self.has_suffix(line, at) {
            let suffix = &line[at];
            number.push(' ');
            let duplicate = suffix.word.starts_with("dup") || suffix.word == "dpdo";
            let shown = if suffix.is_single_letter() { suffix.text } else { suffix.word };
            number.push_str(if duplicate { "duplicado" } else { shown });
            at += 1;
        } else if self.lexicon.family == Family::Compound
            && line.get(at).is_some_and(|t| t.is_single_letter())
        {
            number.push_str(line[at].text);
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
        if let Some((canonical, ending)) = line[..end].last().and_then(|t| self.lexicon.compound_type(t.word))
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
