//! Texts that stand for no address.

use super::super::ascii::{self, Folded};
use super::clean::{DIGIT, FOREIGN, LETTER, Line};

/// The house numbers of the addresses that people invent.
pub(super) const FAKE_NUMBERS: [&str; 2] = ["123", "742"];

/// Whether one of [`FAKE_NUMBERS`] stands anywhere in a text.
fn has_fake_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_at = |at: usize| {
        FAKE_NUMBERS.iter().any(|number| bytes.get(at..at + number.len()) == Some(number.as_bytes()))
    };
    (0..bytes.len()).any(|at| matches!(bytes[at], b'1' | b'7') && is_at(at))
}

/// `Recogida en local`, `pick up in store`: a parcel that is fetched has no address.
fn is_fetched(words: &str) -> bool {
    const FETCH: &[&str] = &[
        "recoge",
        "recoger",
        "recogida",
        "recojo",
        "retira",
        "retirar",
        "retiro",
        "entrega",
        "a recoger",
        "pick up",
        "pickup",
        "collect",
        "collection",
        "click and collect",
        "retirada",
        "retirar na",
        "levantamento",
        "ritiro",
        "retrait",
        "abholung",
        "afhalen",
        "recollida",
    ];
    const SHOP: &[&str] = &[
        "tienda",
        "local",
        "oficina",
        "sucursal",
        "almacen",
        "store",
        "shop",
        "loja",
        "negozio",
        "magasin",
        "filiale",
        "botiga",
        "mostrador",
        "delegacion",
        "punto de recogida",
        "punto de entrega",
    ];
    const BETWEEN: &[&str] =
        &["en", "en la", "en el", "in", "in the", "at", "from", "na", "em", "a", "nel", "a la"];
    FETCH.iter().filter_map(|verb| words.strip_prefix(verb)?.strip_prefix(' ')).any(|rest| {
        SHOP.contains(&rest)
            || BETWEEN.iter().any(|b| {
                rest.strip_prefix(b).and_then(|r| r.strip_prefix(' ')).is_some_and(|r| SHOP.contains(&r))
            })
    })
}

/// Why a text stands for no address.
pub(super) fn placeholder_reason(cleaned: &Line<'_>) -> Option<&'static str> {
    const FAKE: &[&str] = &[
        "calle falsa 123",
        "c falsa 123",
        "avenida siempre viva 742",
        "avenida siempreviva 742",
        "av siempre viva 742",
        "123 fake street",
        "123 fake st",
        "742 evergreen terrace",
        "123 main st",
        "123 main street",
        "123 anywhere st",
    ];
    const NONE: &[&str] = &[
        "calle",
        "c",
        "avenida",
        "avda",
        "plaza",
        "sin calle",
        "calle s n",
        "s n",
        "sn",
        "sin numero",
        "domicilio desconocido",
        "domicilio conocido",
        "conocido",
        "domicilio",
        "direccion",
        "address",
        "street",
        "ver factura",
        "misma direccion",
        "la misma",
        "idem",
        "recogida en tienda",
        "recoge en tienda",
        "tienda",
        "oficina",
        "local",
        "apartado",
        "lista de correos",
        "poste restante",
        "extranjero",
        "varios",
        "recoger en tienda",
        "retira en tienda",
        "retira en local",
        "recogida",
        "en tienda",
        "store pickup",
        "pick up in store",
        "entrega en mano",
        "a recoger",
        "desconocida",
        "no tiene direccion",
        "rua",
        "morada",
        "adresse",
    ];
    // No filler is longer.
    const LONGEST: usize = 40;
    let text = &*cleaned.text;
    if text.len() > LONGEST {
        return None;
    }
    // Words for absence have no digit, and the numbers of the fakes are these two.
    let western = || !cleaned.has(FOREIGN) || ascii::is_western(text);
    if cleaned.has(DIGIT) && cleaned.has(LETTER) && western() && !has_fake_number(text) {
        return None;
    }
    let folded = Folded::words(text);
    let words = &*folded;
    if FAKE.contains(&words) {
        return Some("known_fake");
    }
    if NONE.contains(&words)
        || is_fetched(words)
        || ascii::is_null_marker(words)
        || (words.len() > 2 && ascii::is_one_byte_repeated(words))
    {
        return Some("not_an_address");
    }
    None
}
