//! The fillers that are rules, not values.

use super::super::text::fold_into;
use super::table::TABLE;
use super::{Field, PlaceholderKind, takes_short_codes};
use crate::table::AttributeKind;

/// The rule of its kind of column that a value falls under.
pub(super) fn pattern(
    kind: AttributeKind,
    field: Field,
    cleaned: &str,
    folded: &str,
) -> Option<PlaceholderKind> {
    if !folded.chars().any(char::is_alphanumeric) {
        return Some(PlaceholderKind::PunctuationOnly);
    }
    match field {
        Field::Email => return email_pattern(cleaned),
        Field::Phone => return phone_pattern(folded),
        Field::Id => {
            let digits = folded.bytes().filter(|&byte| byte != b' ');
            return (repeats(digits) >= 5).then_some(PlaceholderKind::FillerId);
        }
        Field::Postcode | Field::Date => return None,
        Field::Any | Field::Name | Field::Address => {}
    }
    // Companies are called AAA and 3333; a person or a street is not.
    let enough = if kind == AttributeKind::Company { 4 } else { 3 };
    if takes_short_codes(kind) && repeats(folded.bytes().filter(|&byte| byte != b' ')) >= enough {
        return Some(PlaceholderKind::RepeatedChar);
    }
    if field == Field::Name && kind != AttributeKind::Company && is_numbered_stranger(folded) {
        return Some(PlaceholderKind::GenericCustomer);
    }
    is_negated_field(folded).then_some(PlaceholderKind::NegatedField)
}

/// What help desks and chats write for the name of somebody of whom they know the number only: `Caller +34 684 847 234`,
/// `Visitor 48213377`.
fn is_numbered_stranger(folded: &str) -> bool {
    const STRANGERS: [&str; 9] = [
        "caller",
        "visitor",
        "guest",
        "anonymous",
        "llamante",
        "visitante",
        "invitado",
        "anonimo",
        "convidado",
    ];
    if !folded.ends_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    folded.split_once(' ').is_some_and(|(word, number)| {
        STRANGERS.contains(&word) && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ')
    })
}

/// How often the one byte of the sequence occurs, or 0 when there is more than one kind. Only ASCII bytes count: the bytes
/// of other characters never repeat alone.
fn repeats(mut bytes: impl Iterator<Item = u8>) -> usize {
    let Some(first) = bytes.next().filter(u8::is_ascii) else { return 0 };
    let mut count = 1;
    for byte in bytes {
        if byte != first {
            return 0;
        }
        count += 1;
    }
    count
}

const NEGATIONS: [&str; 10] = ["no", "sin", "s", "sem", "nao", "without", "sans", "senza", "ohne", "kein"];
const FILLING: [&str; 9] = ["tiene", "tengo", "hay", "tem", "possui", "de", "e", "valido", "consta"];
const FIELD_WORDS: [&str; 42] = [
    "empresa",
    "compania",
    "nie",
    "rfc",
    "rut",
    "cedula",
    "documento",
    "tlf",
    "email",
    "mail",
    "correo",
    "electronico",
    "emails",
    "telefono",
    "telefone",
    "telephone",
    "phone",
    "tel",
    "tfno",
    "telf",
    "movil",
    "celular",
    "fijo",
    "direccion",
    "domicilio",
    "endereco",
    "address",
    "adresse",
    "dni",
    "nif",
    "cif",
    "fecha",
    "nombre",
    "nome",
    "name",
    "apellido",
    "apellidos",
    "dato",
    "datos",
    "dados",
    "numero",
    "cp",
];

/// `sin email`, `no tiene teléfono`, `s/ datos`, `sinemail`.
fn is_negated_field(folded: &str) -> bool {
    // What the negations begin with.
    if !matches!(folded.as_bytes().first(), Some(b'n' | b's' | b'w' | b'o' | b'k')) {
        return false;
    }
    let end = folded.bytes().position(|byte| byte == b' ').unwrap_or(folded.len());
    let (first, rest) = (&folded[..end], &folded[end..]);
    if NEGATIONS.contains(&first) {
        let mut rest = rest.split(' ').skip(1).skip_while(|word| FILLING.contains(word)).peekable();
        return rest.peek().is_some()
            && rest.all(|word| FIELD_WORDS.contains(&word) || FILLING.contains(&word));
    }
    rest.is_empty()
        && NEGATIONS.iter().filter(|negation| negation.len() > 1).any(|negation| {
            let rest = first.strip_prefix(negation);
            let rest = rest.map(|rest| rest.strip_prefix("tiene").unwrap_or(rest));
            rest.is_some_and(|rest| rest.len() > 2 && FIELD_WORDS.contains(&rest))
        })
}

/// Local parts that nobody's mailbox has.
const FAKE_LOCALS: [&str; 46] = [
    "no",
    "sin",
    "nt",
    "nn",
    "na",
    "n",
    "s",
    "sn",
    "nc",
    "none",
    "null",
    "test",
    "tests",
    "prueba",
    "pruebas",
    "noemail",
    "nomail",
    "notiene",
    "notienemail",
    "notieneemail",
    "sinemail",
    "sincorreo",
    "nocorreo",
    "sinmail",
    "noaplica",
    "nana",
    "asdf",
    "asd",
    "qwe",
    "qwerty",
    "abc",
    "example",
    "ejemplo",
    "correo",
    "email",
    "mail",
    "user",
    "usuario",
    "cliente",
    "desconocido",
    "unknown",
    "anonymous",
    "anonimo",
    "fake",
    "dummy",
    "noreply",
];

fn email_pattern(cleaned: &str) -> Option<PlaceholderKind> {
    let lower = cleaned.to_lowercase();
    let Some((local, domain)) = lower.rsplit_once('@') else {
        // `Sin e-mail`: squashed it would be a word like others.
        if matches!(lower.as_str(), "s/e" | "s/m" | "sin @" | "@") {
            return Some(PlaceholderKind::NegatedField);
        }
        let mut folded = String::new();
        fold_into(&lower, &mut folded);
        if repeats(folded.bytes()) >= 3 {
            return Some(PlaceholderKind::RepeatedChar);
        }
        return is_negated_field(&folded).then_some(PlaceholderKind::NegatedField);
    };
    let (host, top) = domain.rsplit_once('.').unwrap_or(("", domain));
    let owner = host.rsplit('.').next().unwrap_or(host);
    let reserved = matches!(top, "test" | "example" | "invalid" | "localhost" | "local" | "localdomain")
        || (owner == "example" && matches!(top, "com" | "org" | "net" | "edu"))
        || (host == "test" && matches!(top, "com" | "es"));
    if reserved || (repeats(local.bytes()) > 0 && repeats(host.bytes()) > 0) {
        return Some(PlaceholderKind::FakeEmail);
    }
    let known = || TABLE.verbatim(&lower).is_some_and(|row| row[Field::Email as usize].is_some());
    let plain: String = local.chars().filter(|c| !matches!(c, '-' | '_' | '.')).collect();
    let suspicious = plain == host || repeats(plain.bytes()) >= 2 || FAKE_LOCALS.contains(&plain.as_str());
    (suspicious && !known()).then_some(PlaceholderKind::SuspiciousEmail)
}

/// Numbers that regulators keep for fiction: Ofcom's drama ranges, national form without the leading zero.
const OFCOM_DRAMA: [&str; 9] =
    ["7700900", "207946", "1632960", "113496", "161496", "131496", "117496", "292018", "114496"];

fn phone_pattern(folded: &str) -> Option<PlaceholderKind> {
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() || folded.chars().any(char::is_alphabetic) {
        return is_negated_field(folded).then_some(PlaceholderKind::NegatedField);
    }
    let bare = digits.strip_prefix("00").unwrap_or(&digits);
    let spanish = bare.strip_prefix("34").filter(|rest| rest.len() == 9);
    let candidates = [Some(digits.as_str()), Some(bare), spanish];
    let filler = candidates.into_iter().flatten().any(|number| {
        repeats(number.bytes()) >= 6
            || TABLE.squashed(number).is_some_and(|(_, row)| row[Field::Phone as usize].is_some())
    });
    let american = bare.strip_prefix('1').filter(|rest| rest.len() == 10).unwrap_or(bare);
    let fiction = match american.len() {
        10 => american.get(3..8) == Some("55501"),
        7 => american.starts_with("55501"),
        _ => false,
    };
    let british = bare.strip_prefix("44").or_else(|| digits.strip_prefix('0')).unwrap_or("");
    let british = british.strip_prefix('0').unwrap_or(british);
    let drama = british.len() == 10 && OFCOM_DRAMA.iter().any(|range| british.starts_with(range));
    (filler || fiction || drama).then_some(PlaceholderKind::FillerPhone)
}
