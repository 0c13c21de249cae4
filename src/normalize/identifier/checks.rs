//! Structure and check digits of each scheme. A check takes the compact upper-case bytes and gives `None` when they
//! have not the structure of the scheme, else whether its rules hold.

/// Whether `b` has the shape of `pattern`: `d` digit, `A` letter, `*` either, anything else itself.
pub(super) fn shape(b: &[u8], pattern: &[u8]) -> bool {
    b.len() == pattern.len()
        && b.iter().zip(pattern).all(|(&c, &p)| match p {
            b'd' => c.is_ascii_digit(),
            b'A' => c.is_ascii_uppercase(),
            b'*' => c.is_ascii_digit() || c.is_ascii_uppercase(),
            _ => c == p,
        })
}

pub(super) fn all_digits(b: &[u8], lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&b.len()) && b.iter().all(u8::is_ascii_digit)
}

pub(super) fn digit(c: u8) -> u32 {
    u32::from(c.wrapping_sub(b'0'))
}

pub(super) fn number(b: &[u8]) -> u64 {
    b.iter().fold(0, |n, &c| n.wrapping_mul(10).wrapping_add(u64::from(digit(c))))
}

pub(super) fn weighted(b: &[u8], weights: &[u32]) -> u32 {
    b.iter().zip(weights).map(|(&c, w)| digit(c) * w).sum()
}

/// The remainder of a decimal string in which letters count 10 to 35, as ISO 7064 reads them.
fn mod_97(bytes: impl Iterator<Item = u8>) -> u32 {
    bytes.fold(0, |r, c| match c {
        b'0'..=b'9' => (r * 10 + digit(c)) % 97,
        _ => (r * 100 + u32::from(c.wrapping_sub(b'A')) + 10) % 97,
    })
}

pub(super) fn luhn(b: &[u8]) -> bool {
    let sum: u32 = b
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &c)| if i % 2 == 1 { digit(c) * 2 / 10 + digit(c) * 2 % 10 } else { digit(c) })
        .sum();
    sum.is_multiple_of(10)
}

/// ISO 7064 mod 11,10 over digits with the check digit last.
pub(super) fn mod_11_10(b: &[u8]) -> bool {
    let Some((&last, body)) = b.split_last() else { return false };
    let product = body.iter().fold(10, |p, &c| {
        let sum = (p + digit(c)) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == digit(last)
}

const DNI_LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

/// The control letter of the number of a DNI.
pub(super) fn dni_letter(digits: &[u8]) -> u8 {
    DNI_LETTERS[(number(digits) % 23) as usize]
}

pub(super) fn dni(b: &[u8]) -> Option<bool> {
    shape(b, b"ddddddddA").then(|| dni_letter(&b[..8]) == b[8])
}

pub(super) fn nie(b: &[u8]) -> Option<bool> {
    if !shape(b, b"AdddddddA") || !matches!(b[0], b'X' | b'Y' | b'Z') {
        return None;
    }
    let mut digits = [0; 8];
    digits.copy_from_slice(&b[..8]);
    digits[0] = b'0' + (b[0] - b'X');
    Some(dni_letter(&digits) == b[8])
}

pub(super) fn nif_klm(b: &[u8]) -> Option<bool> {
    (shape(b, b"AdddddddA") && matches!(b[0], b'K' | b'L' | b'M')).then(|| dni_letter(&b[1..8]) == b[8])
}

pub(super) fn cif(b: &[u8]) -> Option<bool> {
    if !shape(b, b"Addddddd*") || !b"ABCDEFGHJNPQRSUVW".contains(&b[0]) {
        return None;
    }
    let sum: u32 = b[1..8]
        .iter()
        .enumerate()
        .map(|(i, &c)| if i % 2 == 0 { digit(c) * 2 / 10 + digit(c) * 2 % 10 } else { digit(c) })
        .sum();
    let control = (10 - sum % 10) % 10;
    let as_digit = b[8] == b'0' + control as u8;
    let as_letter = b[8] == b"JABCDEFGHI"[control as usize];
    Some(match b[0] {
        b'A' | b'B' | b'E' | b'H' => as_digit,
        b'N' | b'P' | b'Q' | b'R' | b'S' | b'W' => as_letter,
        _ => as_digit || as_letter,
    })
}

/// The social security number of Spain: province, number, and their remainder by 97.
pub(super) fn nss(b: &[u8]) -> Option<bool> {
    if !all_digits(b, 12..=12) {
        return None;
    }
    let (province, serial, check) = (number(&b[..2]), number(&b[2..10]), number(&b[10..]));
    // A serial below ten million is written with a zero that does not count.
    let value = if serial < 10_000_000 { province * 10_000_000 + serial } else { number(&b[..10]) };
    Some(value % 97 == check)
}

fn rfc_value(c: u8) -> u32 {
    match c {
        b'0'..=b'9' => digit(c),
        b'A'..=b'N' => u32::from(c - b'A') + 10,
        b'&' => 24,
        b'O'..=b'Z' => u32::from(c - b'O') + 25,
        b' ' => 37,
        _ => 38,
    }
}

/// `b"\xD1"` stands for Ñ.
pub(super) fn rfc(b: &[u8]) -> Option<bool> {
    let letters = match b.len() {
        12 => 3,
        13 => 4,
        _ => return None,
    };
    let name = |c: &u8| c.is_ascii_uppercase() || matches!(c, b'&' | 0xD1);
    if !b[..letters].iter().all(name)
        || !shape(&b[letters..], b"dddddd***")
        || !is_month_day(&b[letters + 2..letters + 6])
    {
        return None;
    }
    let padding = if letters == 3 { 37 * 13 } else { 0 };
    let first_weight = if letters == 3 { 12 } else { 13 };
    let body = &b[..b.len() - 1];
    let sum: u32 = padding + (2..=first_weight).rev().zip(body).map(|(w, &c)| w * rfc_value(c)).sum::<u32>();
    let expected = match (11 - sum % 11) % 11 {
        10 => b'A',
        n => b'0' + n as u8,
    };
    Some(b[b.len() - 1] == expected)
}

fn is_month_day(b: &[u8]) -> bool {
    (1..=12).contains(&number(&b[..2])) && (1..=31).contains(&number(&b[2..4]))
}

pub(super) fn curp(b: &[u8]) -> Option<bool> {
    if !shape(b, b"AAAAddddddAAAAAA*d") || !matches!(b[10], b'H' | b'M' | b'X') || !is_month_day(&b[6..10]) {
        return None;
    }
    let value = |c: u8| match c {
        b'0'..=b'9' => digit(c),
        b'A'..=b'N' => u32::from(c - b'A') + 10,
        _ => u32::from(c - b'O') + 25,
    };
    let sum: u32 = b[..17].iter().zip((2..=18).rev()).map(|(&c, w)| value(c) * w).sum();
    Some((10 - sum % 10) % 10 == digit(b[17]))
}

/// `CUIT` of Argentina and `RUC` of Peru share the weights; what ten and eleven become differs.
fn mod_11_of_eleven(b: &[u8], ten: u32, eleven: u32) -> bool {
    let expected = match 11 - weighted(&b[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11 {
        11 => eleven,
        10 => ten,
        n => n,
    };
    expected == digit(b[10])
}

pub(super) fn cuit(b: &[u8]) -> Option<bool> {
    let prefix = matches!(
        b.get(..2)?,
        b"20" | b"23" | b"24" | b"25" | b"26" | b"27" | b"30" | b"33" | b"34" | b"50" | b"51" | b"55"
    );
    (all_digits(b, 11..=11) && prefix).then(|| mod_11_of_eleven(b, 9, 0))
}

pub(super) fn ruc_pe(b: &[u8]) -> Option<bool> {
    let prefix = matches!(b.get(..2)?, b"10" | b"15" | b"16" | b"17" | b"20");
    (all_digits(b, 11..=11) && prefix).then(|| mod_11_of_eleven(b, 0, 1))
}

pub(super) fn rut_cl(b: &[u8]) -> Option<bool> {
    let (&last, body) = b.split_last()?;
    if !all_digits(body, 7..=8) || !(last.is_ascii_digit() || last == b'K') {
        return None;
    }
    let sum: u32 = body.iter().rev().zip([2, 3, 4, 5, 6, 7, 2, 3]).map(|(&c, w)| digit(c) * w).sum();
    let expected = match 11 - sum % 11 {
        11 => b'0',
        10 => b'K',
        n => b'0' + n as u8,
    };
    Some(last == expected)
}

pub(super) fn nit_co(b: &[u8]) -> Option<bool> {
    const PRIMES: [u32; 15] = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71];
    let (&last, body) = b.split_last()?;
    if !all_digits(b, 9..=16) {
        return None;
    }
    let sum: u32 = body.iter().rev().zip(PRIMES).map(|(&c, w)| digit(c) * w).sum();
    let rest = sum % 11;
    Some((if rest > 1 { 11 - rest } else { rest }) == digit(last))
}

/// Two check digits mod 11; the second also covers the first. `weights` are those of the second.
fn two_check_digits(b: &[u8], weights: &[u32]) -> bool {
    let value = |c: u8| u32::from(c) - u32::from(b'0');
    let check = |body: &[u8]| {
        let sum: u32 =
            body.iter().zip(&weights[weights.len() - body.len()..]).map(|(&c, w)| value(c) * w).sum();
        if sum % 11 < 2 { 0 } else { 11 - sum % 11 }
    };
    let body = b.len() - 2;
    check(&b[..body]) == digit(b[body]) && check(&b[..=body]) == digit(b[body + 1])
}

pub(super) fn cpf(b: &[u8]) -> Option<bool> {
    all_digits(b, 11..=11).then(|| two_check_digits(b, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]))
}

/// Letters, allowed from July 2026 on, count as their ASCII code less 48.
pub(super) fn cnpj(b: &[u8]) -> Option<bool> {
    shape(b, b"************dd").then(|| two_check_digits(b, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]))
}

pub(super) fn nif_pt(b: &[u8]) -> Option<bool> {
    if !all_digits(b, 9..=9) || matches!(b[0], b'0' | b'4') && b[1] != b'5' {
        return None;
    }
    let check = 11 - weighted(&b[..8], &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    Some((if check > 9 { 0 } else { check }) == digit(b[8]))
}

pub(super) fn siren(b: &[u8]) -> Option<bool> {
    all_digits(b, 9..=9).then(|| luhn(b))
}

/// La Poste's own branches fail Luhn; the sum of their digits is a multiple of five.
pub(super) fn siret(b: &[u8]) -> Option<bool> {
    all_digits(b, 14..=14).then(|| {
        luhn(b) || (b.starts_with(b"356000000") && b.iter().map(|&c| digit(c)).sum::<u32>() % 5 == 0)
    })
}

pub(super) fn nir(b: &[u8]) -> Option<bool> {
    let department = |c: u8| c.is_ascii_digit() || matches!(c, b'A' | b'B');
    if b.len() != 15
        || !b.iter().enumerate().all(|(i, &c)| if i == 6 { department(c) } else { c.is_ascii_digit() })
    {
        return None;
    }
    let mut body = [0; 13];
    body.copy_from_slice(&b[..13]);
    match body[6] {
        b'A' => body[5..7].copy_from_slice(b"19"),
        b'B' => body[5..7].copy_from_slice(b"18"),
        _ => {}
    }
    Some(97 - number(&body) % 97 == number(&b[13..]))
}

/// Two characters and a SIREN. Monaco's numbers begin with zeros and have no check of their own; keys with letters are
/// those given out since the digits ran out.
pub(super) fn tva_fr(b: &[u8]) -> Option<bool> {
    const LETTERS: &[u8; 34] = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    if !shape(b, b"**ddddddddd") {
        return None;
    }
    let siren = number(&b[2..]);
    let holds = b[2..].starts_with(b"000") || luhn(&b[2..]);
    if all_digits(&b[..2], 2..=2) {
        return Some(holds && (12 + 3 * (siren % 97)) % 97 == number(&b[..2]));
    }
    let value = |c: u8| LETTERS.iter().position(|&l| l == c).and_then(|p| u64::try_from(p).ok());
    let (first, second) = (value(b[0])?, value(b[1])?);
    let check = if b[0].is_ascii_digit() {
        (first * 24 + second).checked_sub(10)?
    } else {
        (first * 34 + second).checked_sub(100)?
    };
    Some(holds && (siren + 1 + check / 11) % 11 == check % 11)
}

pub(super) fn codice_fiscale(b: &[u8]) -> Option<bool> {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let digit_or_substitute = |c: u8| c.is_ascii_digit() || b"LMNPQRSTUV".contains(&c);
    let fits = b.len() == 16
        && b.iter().enumerate().all(|(i, &c)| match i {
            6 | 7 | 9 | 10 | 12..=14 => digit_or_substitute(c),
            8 => b"ABCDEHLMPRST".contains(&c),
            _ => c.is_ascii_uppercase(),
        });
    fits.then(|| {
        let value = |c: u8| if c.is_ascii_digit() { digit(c) } else { u32::from(c - b'A') };
        let sum: u32 = b[..15]
            .iter()
            .enumerate()
            .map(|(i, &c)| if i % 2 == 0 { ODD[value(c) as usize] } else { value(c) })
            .sum();
        b[15] == b'A' + (sum % 26) as u8
    })
}

pub(super) fn partita_iva(b: &[u8]) -> Option<bool> {
    all_digits(b, 11..=11).then(|| luhn(b))
}

pub(super) fn vat_de(b: &[u8]) -> Option<bool> {
    (all_digits(b, 9..=9) && b[0] != b'0').then(|| mod_11_10(b))
}

pub(super) fn idnr_de(b: &[u8]) -> Option<bool> {
    if !all_digits(b, 11..=11) || b[0] == b'0' {
        return None;
    }
    let mut counts = [0u8; 10];
    b[..10].iter().for_each(|&c| counts[digit(c) as usize] += 1);
    let repeated = counts.iter().filter(|&&n| n > 1).count() == 1 && counts.iter().all(|&n| n <= 3);
    Some(repeated && mod_11_10(b))
}

pub(super) fn nino(b: &[u8]) -> Option<bool> {
    shape(b, b"AAddddddA").then(|| {
        let banned = matches!(&b[..2], b"BG" | b"GB" | b"KN" | b"NK" | b"NT" | b"TN" | b"ZZ");
        !banned
            && !b[..2].iter().any(|c| b"DFIQUV".contains(c))
            && b[1] != b'O'
            && matches!(b[8], b'A'..=b'D')
    })
}

pub(super) fn vat_gb(b: &[u8]) -> Option<bool> {
    if !matches!(b.len(), 9 | 12) || !all_digits(b, 9..=12) {
        return None;
    }
    let sum = weighted(&b[..7], &[8, 7, 6, 5, 4, 3, 2]) + number(&b[7..9]) as u32;
    Some(sum.is_multiple_of(97) || (sum + 55).is_multiple_of(97))
}

pub(super) fn utr(b: &[u8]) -> Option<bool> {
    all_digits(b, 10..=10).then(|| {
        let rest = weighted(&b[1..], &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11;
        digit(b[0]) == digit(b"21987654321"[rest as usize])
    })
}

pub(super) fn nhs(b: &[u8]) -> Option<bool> {
    all_digits(b, 10..=10).then(|| (weighted(b, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).is_multiple_of(11))
}

pub(super) fn ssn(b: &[u8]) -> Option<bool> {
    all_digits(b, 9..=9).then(|| {
        let area = number(&b[..3]);
        area != 0 && area != 666 && area < 900 && &b[3..5] != b"00" && &b[5..] != b"0000"
    })
}

pub(super) fn ein(b: &[u8]) -> Option<bool> {
    const UNUSED: [u64; 17] = [0, 7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89, 96, 97];
    all_digits(b, 9..=9).then(|| !UNUSED.contains(&number(&b[..2])))
}

pub(super) fn sin(b: &[u8]) -> Option<bool> {
    all_digits(b, 9..=9).then(|| luhn(b) && b[0] != b'0')
}

pub(super) fn bsn(b: &[u8]) -> Option<bool> {
    all_digits(b, 9..=9).then(|| {
        let sum = i64::from(weighted(&b[..8], &[9, 8, 7, 6, 5, 4, 3, 2])) - i64::from(digit(b[8]));
        sum % 11 == 0 && sum != 0
    })
}

pub(super) fn btw(b: &[u8]) -> Option<bool> {
    shape(b, b"dddddddddBdd")
        .then(|| bsn(&b[..9]) == Some(true) || mod_97(b"NL".iter().chain(b).copied()) == 1)
}

pub(super) fn nn_be(b: &[u8]) -> Option<bool> {
    all_digits(b, 11..=11).then(|| {
        let (body, check) = (number(&b[..9]), number(&b[9..]));
        97 - body % 97 == check || 97 - (2_000_000_000 + body) % 97 == check
    })
}

pub(super) fn kbo(b: &[u8]) -> Option<bool> {
    // Numbers given out before 2005 are still written without their leading zero.
    let (body, check) = b.split_at_checked(b.len().checked_sub(2)?)?;
    (all_digits(b, 9..=9) || all_digits(b, 10..=10) && b[0] <= b'1')
        .then(|| 97 - number(body) % 97 == number(check))
}

pub(super) fn ahv(b: &[u8]) -> Option<bool> {
    (all_digits(b, 13..=13) && b.starts_with(b"756"))
        .then(|| (10 - weighted(&b[..12], &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10) % 10 == digit(b[12]))
}

pub(super) fn uid_ch(b: &[u8]) -> Option<bool> {
    shape(b, b"CHEddddddddd")
        .then(|| (11 - weighted(&b[3..11], &[5, 4, 3, 2, 7, 6, 5, 4]) % 11) % 11 == digit(b[11]))
}

pub(super) fn uid_at(b: &[u8]) -> Option<bool> {
    shape(b, b"Udddddddd").then(|| {
        let doubled = |c: u8| digit(c) * 2 / 10 + digit(c) * 2 % 10;
        let sum: u32 =
            b[1..8].iter().enumerate().map(|(i, &c)| if i % 2 == 1 { doubled(c) } else { digit(c) }).sum();
        (10 - (sum + 4) % 10) % 10 == digit(b[8])
    })
}

pub(super) fn pps(b: &[u8]) -> Option<bool> {
    if !(shape(b, b"dddddddA") || shape(b, b"dddddddAA")) {
        return None;
    }
    let second = b.get(8).map_or(0, |&c| if c == b'W' { 0 } else { u32::from(c - b'A') + 1 });
    let sum = weighted(&b[..7], &[8, 7, 6, 5, 4, 3, 2]) + 9 * second;
    Some(b"WABCDEFGHIJKLMNOPQRSTUV"[(sum % 23) as usize] == b[7])
}

pub(super) fn pesel(b: &[u8]) -> Option<bool> {
    all_digits(b, 11..=11)
        .then(|| (10 - weighted(&b[..10], &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10 == digit(b[10]))
}

pub(super) fn nip(b: &[u8]) -> Option<bool> {
    all_digits(b, 10..=10).then(|| weighted(&b[..9], &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == digit(b[9]))
}

pub(super) fn cnp(b: &[u8]) -> Option<bool> {
    all_digits(b, 13..=13).then(|| {
        let rest = weighted(&b[..12], &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
        (if rest == 10 { 1 } else { rest }) == digit(b[12])
    })
}

pub(super) fn cui_ro(b: &[u8]) -> Option<bool> {
    let (&last, body) = b.split_last()?;
    all_digits(b, 4..=10).then(|| {
        let sum: u32 = body.iter().rev().zip([2, 3, 5, 7, 1, 2, 3, 5, 7]).map(|(&c, w)| digit(c) * w).sum();
        sum * 10 % 11 % 10 == digit(last)
    })
}

pub(super) fn cedula_ec(b: &[u8]) -> Option<bool> {
    let province = number(b.get(..2)?);
    (all_digits(b, 10..=10) && ((1..=24).contains(&province) || province == 30) && b[2] < b'6')
        .then(|| luhn(b))
}

/// A cédula and an establishment; companies' numbers have check digits that the registry itself does not keep to.
pub(super) fn ruc_ec(b: &[u8]) -> Option<bool> {
    if !all_digits(b, 13..=13) || b.ends_with(b"000") {
        return None;
    }
    Some(cedula_ec(&b[..10]).unwrap_or(matches!(b[2], b'6' | b'9')))
}

pub(super) fn nit_gt(b: &[u8]) -> Option<bool> {
    let (&last, body) = b.split_last()?;
    if !all_digits(body, 3..=11) || !(last.is_ascii_digit() || last == b'K') {
        return None;
    }
    let sum: u32 = body.iter().rev().zip(2..).map(|(&c, w)| digit(c) * w).sum();
    let expected = match (11 - sum % 11) % 11 {
        10 => b'K',
        n => b'0' + n as u8,
    };
    Some(last == expected)
}

/// Luhn over ten digits, also after a century.
pub(super) fn personnummer(b: &[u8]) -> Option<bool> {
    let short = b.get(b.len().checked_sub(10)?..)?;
    // Days above 60 are those of coordination numbers.
    let dated = (1..=12).contains(&number(&short[2..4])) && (1..=91).contains(&number(&short[4..6]));
    (matches!(b.len(), 10 | 12) && all_digits(b, 10..=12) && dated).then(|| luhn(short))
}

pub(super) fn fodselsnummer(b: &[u8]) -> Option<bool> {
    all_digits(b, 11..=11).then(|| {
        let check = |weights: &[u32]| (11 - weighted(b, weights) % 11) % 11;
        check(&[3, 7, 6, 1, 8, 9, 4, 5, 2]) == digit(b[9])
            && check(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) == digit(b[10])
    })
}

/// Without its century sign.
pub(super) fn hetu(b: &[u8]) -> Option<bool> {
    shape(b, b"ddddddddd*")
        .then(|| b"0123456789ABCDEFHJKLMNPRSTUVWXY"[(number(&b[..9]) % 31) as usize] == b[9])
}

pub(super) fn ci_uy(b: &[u8]) -> Option<bool> {
    all_digits(b, 8..=8).then(|| (10 - weighted(&b[..7], &[2, 9, 8, 7, 6, 3, 4]) % 10) % 10 == digit(b[7]))
}

pub(super) fn rut_uy(b: &[u8]) -> Option<bool> {
    all_digits(b, 12..=12)
        .then(|| (11 - weighted(&b[..11], &[4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 == digit(b[11]))
}

pub(super) fn rif(b: &[u8]) -> Option<bool> {
    if !shape(b, b"Addddddddd") {
        return None;
    }
    let kind = match b[0] {
        b'V' => 4,
        b'E' => 8,
        b'J' | b'C' => 12,
        b'P' => 16,
        b'G' => 20,
        _ => return None,
    };
    let sum = kind + weighted(&b[1..9], &[3, 2, 7, 6, 5, 4, 3, 2]);
    Some(digit(b"00987654321"[(sum % 11) as usize]) == digit(b[9]))
}

pub(super) fn ruc_py(b: &[u8]) -> Option<bool> {
    let (&last, body) = b.split_last()?;
    all_digits(b, 6..=9).then(|| {
        let sum: u32 = body.iter().rev().zip(2..).map(|(&c, w)| digit(c) * w).sum();
        (11 - sum % 11) % 11 % 10 == digit(last)
    })
}

pub(super) fn rnc(b: &[u8]) -> Option<bool> {
    all_digits(b, 9..=9).then(|| {
        let rest = weighted(&b[..8], &[7, 9, 8, 6, 5, 4, 3, 2]) % 11;
        (10 - rest as i32).rem_euclid(9) + 1 == digit(b[8]) as i32
    })
}

pub(super) fn cedula_do(b: &[u8]) -> Option<bool> {
    all_digits(b, 11..=11).then(|| luhn(b))
}

/// No check digit: any number of these lengths.
pub(super) fn seven_or_eight_digits(b: &[u8]) -> Option<bool> {
    all_digits(b, 7..=8).then_some(true)
}

pub(super) fn eight_digits(b: &[u8]) -> Option<bool> {
    all_digits(b, 8..=8).then_some(true)
}

pub(super) fn six_to_ten_digits(b: &[u8]) -> Option<bool> {
    all_digits(b, 6..=10).then_some(true)
}

pub(super) fn lei(b: &[u8]) -> Option<bool> {
    (b.len() == 20 && shape(b, b"******************dd") && b.iter().any(u8::is_ascii_uppercase))
        .then(|| mod_97(b.iter().copied()) == 1)
}

/// Length of the IBAN of a country.
fn iban_length(country: &[u8]) -> Option<usize> {
    const LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 \
        ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 \
        LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SD18 \
        SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20";
    // Of two letters, two digits and a blank.
    const ROW: usize = 5;
    let row = LENGTHS.as_bytes().chunks(ROW).find(|row| row.starts_with(country))?;
    usize::try_from(number(row.get(2..4)?)).ok()
}

pub(super) fn iban(b: &[u8]) -> Option<bool> {
    let head = b.get(..4).filter(|h| shape(h, b"AAdd"))?;
    if !b.iter().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()) || iban_length(&head[..2])? != b.len()
    {
        return None;
    }
    let valid = mod_97(b[4..].iter().chain(head).copied()) == 1;
    Some(valid && (!b.starts_with(b"ES") || ccc(&b[4..]) == Some(true)))
}

/// The account number inside a Spanish IBAN, with its own two check digits.
pub(super) fn ccc(b: &[u8]) -> Option<bool> {
    const WEIGHTS: [u32; 10] = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6];
    let check = |sum: u32| match 11 - sum % 11 {
        11 => 0,
        10 => 1,
        n => n,
    };
    all_digits(b, 20..=20).then(|| {
        check(weighted(&b[..8], &WEIGHTS[2..])) == digit(b[8])
            && check(weighted(&b[10..], &WEIGHTS)) == digit(b[9])
    })
}
