//! Words that steer the reading of a line: what surrounds a street, what a number or a post-office box is announced by.
//!
//! # Shape
//! Questions about one word or token; none looks at its neighbours.

use super::words::Token;

/// Types of what lies around streets.
pub(super) fn is_quarter_type(canonical: &str) -> bool {
    matches!(
        canonical,
        "urbanización"
            | "barrio"
            | "barriada"
            | "residencial"
            | "colonia"
            | "bairro"
            | "grupo"
            | "lugar"
            | "conjunto"
            | "sector"
            | "setor"
            | "finca"
            | "località"
            | "frazione"
            | "rione"
    )
}

/// Roads between towns, which have numbers for names.
pub(super) fn is_road(canonical: &str) -> bool {
    matches!(
        canonical,
        "carretera"
            | "autovía"
            | "autopista"
            | "ruta"
            | "camino"
            | "rodovia"
            | "estrada"
            | "route"
            | "strada statale"
            | "strada provinciale"
            | "autostrada"
    )
}

/// `e/` and `entre`: between two side streets.
pub(super) fn is_between(token: &Token<'_>) -> bool {
    token.text.eq_ignore_ascii_case("e/") || token.word == "entre"
}

/// `Sur`, `Sur-34`: a half of a Colombian grid, with or without the plate.
pub(super) fn names_half(text: &str) -> bool {
    let half = text.split('-').next().unwrap_or_default();
    ["sur", "norte", "este", "oeste"].iter().any(|name| half.eq_ignore_ascii_case(name))
}

/// Whether the name of a post-office box begins with a word, which few do.
pub(super) fn opens_po_box(word: &str) -> bool {
    matches!(
        word,
        "apdo"
            | "aptdo"
            | "apto"
            | "cc"
            | "postf"
            | "apartado"
            | "apartat"
            | "ap"
            | "casilla"
            | "casella"
            | "cas"
            | "caixa"
            | "cx"
            | "po"
            | "p"
            | "pob"
            | "post"
            | "gpo"
            | "bp"
            | "cs"
            | "tsa"
            | "boite"
            | "postfach"
            | "pf"
            | "postbus"
    )
}

/// Whether a word of a name is nothing else than that: letters that no table knows, or an article between them.
pub(super) fn is_plain(token: &Token<'_>) -> bool {
    const SHORTEST: usize = 3;
    let letter = |c: char| c.is_ascii_alphabetic() || matches!(c, 'À'..='ÿ' if c.is_alphabetic());
    if token.raw.len() > token.text.len() || !token.text.chars().all(letter) {
        return false;
    }
    let (word, facts) = (token.word, token.facts);
    matches!(word, "de" | "la" | "del" | "los" | "las" | "el" | "y")
        || word.len() >= SHORTEST
            && facts.unit.is_none()
            && facts.floor.is_none()
            && facts.side.is_none()
            && !matches!(word, "nro" | "num" | "numero" | "civ" | "civico" | "snc")
}

/// `nº`, `#`: a house number follows. A letter alone is a word of a name.
pub(super) fn is_number_marker(token: &Token<'_>) -> bool {
    token.text == "#"
        || matches!(token.word, "n" | "no" | "nro" | "num" | "numero" | "nr" | "civ" | "civico")
            && token.text.len() > 1
        || (token.word == "n" && token.raw.len() == 1)
}

/// `No. Ext. 12`: the number outside, beside one inside.
pub(super) fn is_outside_word(word: &str) -> bool {
    matches!(word, "ext" | "exterior")
}

/// `12 bis`: a second house of the same number.
pub(super) fn is_number_suffix(word: &str) -> bool {
    matches!(word, "bis" | "ter" | "quater" | "quinquies" | "dupl" | "dup" | "duplicado" | "dpdo")
}
