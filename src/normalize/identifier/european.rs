//! VAT and register numbers of the member states whose schemes are not in [`super::checks`], and other numbers of Europe and
//! Central America that share their arithmetic.

use super::checks::{all_digits, digit, luhn, mod_11_10, number, shape, weighted};

pub(super) fn vat_bg(b: &[u8]) -> Option<bool> {
    match b.len() {
        9 if all_digits(b, 9..=9) => {
            let sum = |from: u32| (from..).zip(&b[..8]).map(|(w, &c)| w * digit(c)).sum::<u32>() % 11;
            let check = if sum(1) == 10 { sum(3) % 10 } else { sum(1) };
            Some(check == digit(b[8]))
        }
        10 if all_digits(b, 10..=10) => {
            let company = (11 - weighted(&b[..9], &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
            let citizen = weighted(&b[..9], &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
            let foreigner = weighted(&b[..9], &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10;
            Some([company, citizen, foreigner].contains(&digit(b[9])))
        }
        _ => None,
    }
}

pub(super) fn vat_cy(b: &[u8]) -> Option<bool> {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    (shape(b, b"ddddddddA") && !b.starts_with(b"12")).then(|| {
        let value = |(i, &c): (usize, &u8)| if i % 2 == 0 { ODD[digit(c) as usize] } else { digit(c) };
        let sum: u32 = b[..8].iter().enumerate().map(value).sum();
        b[8] == b'A' + (sum % 26) as u8
    })
}

/// Companies have eight digits, people their number of birth, and some six in front.
pub(super) fn vat_cz(b: &[u8]) -> Option<bool> {
    const WEIGHTS: [u32; 7] = [8, 7, 6, 5, 4, 3, 2];
    match b.len() {
        8 if all_digits(b, 8..=8) => {
            let check = (11 - weighted(&b[..7], &WEIGHTS) % 11) % 11;
            Some(if check == 0 { 1 } else { check % 10 } == digit(b[7]) && b[0] != b'9')
        }
        9 if all_digits(b, 9..=9) && b[0] == b'6' => {
            let check = weighted(&b[1..8], &WEIGHTS) % 11;
            Some((8 + 10 - (10 + 11 - check) % 11) % 10 == digit(b[8]))
        }
        9 | 10 => number_of_birth(b),
        _ => None,
    }
}

/// Year, month (fifty more for women, twenty more when the series ran out) and day, then a serial; ten digits since 1954.
pub(super) fn number_of_birth(b: &[u8]) -> Option<bool> {
    if !all_digits(b, 9..=10) {
        return None;
    }
    let dated = (1..=12).contains(&(number(&b[2..4]) % 50 % 20)) && (1..=31).contains(&number(&b[4..6]));
    if b.len() == 9 {
        return Some(dated);
    }
    Some(dated && number(&b[..9]) % 11 % 10 == number(&b[9..]))
}

pub(super) fn cvr(b: &[u8]) -> Option<bool> {
    all_digits(b, 8..=8).then(|| b[0] != b'0' && weighted(b, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))
}

/// No check digit since 2007: only the date.
pub(super) fn cpr(b: &[u8]) -> Option<bool> {
    all_digits(b, 10..=10)
        .then(|| (1..=31).contains(&number(&b[..2])) && (1..=12).contains(&number(&b[2..4])))
}

pub(super) fn vat_ee(b: &[u8]) -> Option<bool> {
    all_digits(b, 9..=9).then(|| weighted(b, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10))
}

pub(super) fn vat_fi(b: &[u8]) -> Option<bool> {
    all_digits(b, 8..=8).then(|| weighted(b, &[7, 9, 10, 5, 8, 4, 2, 1]).is_multiple_of(11))
}

pub(super) fn vat_gr(b: &[u8]) -> Option<bool> {
    all_digits(b, 9..=9).then(|| {
        let sum = b[..8].iter().fold(0, |sum, &c| sum * 2 + digit(c));
        sum * 2 % 11 % 10 == digit(b[8])
    })
}

pub(super) fn oib(b: &[u8]) -> Option<bool> {
    all_digits(b, 11..=11).then(|| mod_11_10(b))
}

pub(super) fn vat_hu(b: &[u8]) -> Option<bool> {
    all_digits(b, 8..=8).then(|| weighted(b, &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10))
}

/// As the personal number, or with a letter or sign in the second place as until 2013.
pub(super) fn vat_ie(b: &[u8]) -> Option<bool> {
    if shape(b, b"dAdddddA") {
        let mut modern = *b"00000000";
        modern[1..6].copy_from_slice(&b[2..7]);
        modern[6] = b[0];
        modern[7] = b[7];
        return super::checks::pps(&modern);
    }
    super::checks::pps(b)
}

pub(super) fn vat_lt(b: &[u8]) -> Option<bool> {
    let (&last, body) = b.split_last()?;
    let one = match b.len() {
        9 => b[7],
        12 => b[10],
        _ => return None,
    };
    all_digits(b, 9..=12).then(|| {
        let sum = |shift: usize| {
            let weigh = |(i, &c): (usize, &u8)| (1 + (i + shift) % 9) as u32 * digit(c);
            body.iter().enumerate().map(weigh).sum::<u32>() % 11
        };
        let check = if sum(0) == 10 { sum(2) } else { sum(0) };
        one == b'1' && check % 10 == digit(last)
    })
}

pub(super) fn vat_lu(b: &[u8]) -> Option<bool> {
    all_digits(b, 8..=8).then(|| number(&b[..6]) % 89 == number(&b[6..]))
}

pub(super) fn vat_lv(b: &[u8]) -> Option<bool> {
    all_digits(b, 11..=11).then(|| {
        if b[0] > b'3' {
            return weighted(b, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3;
        }
        // Personal numbers given out since 2017 have no date, 32 in front, and no check.
        b.starts_with(b"32")
            || (1 + weighted(&b[..10], &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10 == digit(b[10])
    })
}

pub(super) fn vat_mt(b: &[u8]) -> Option<bool> {
    all_digits(b, 8..=8).then(|| b[0] != b'0' && weighted(b, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37))
}

/// The number of an organisation and a suffix of two digits.
pub(super) fn vat_se(b: &[u8]) -> Option<bool> {
    all_digits(b, 12..=12).then(|| b.ends_with(b"01") && luhn(&b[..10]))
}

pub(super) fn orgnr_se(b: &[u8]) -> Option<bool> {
    (all_digits(b, 10..=10) && b[2] >= b'2').then(|| luhn(b))
}

pub(super) fn vat_si(b: &[u8]) -> Option<bool> {
    all_digits(b, 8..=8).then(|| {
        let check = 11 - weighted(&b[..7], &[8, 7, 6, 5, 4, 3, 2]) % 11;
        b[0] != b'0' && if check == 10 { 0 } else { check } == digit(b[7])
    })
}

pub(super) fn vat_sk(b: &[u8]) -> Option<bool> {
    (all_digits(b, 10..=10) && b[0] != b'0').then(|| number(b).is_multiple_of(11))
}

/// Alone, or with the letters of a registration for VAT.
pub(super) fn orgnr_no(b: &[u8]) -> Option<bool> {
    let b = b.strip_suffix(b"MVA").unwrap_or(b);
    all_digits(b, 9..=9).then(|| weighted(b, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))
}

pub(super) fn regon(b: &[u8]) -> Option<bool> {
    let check = |b: &[u8], weights: &[u32]| weighted(b, weights) % 11 % 10;
    let short = |b: &[u8]| check(&b[..8], &[8, 9, 2, 3, 4, 5, 6, 7]) == digit(b[8]);
    match b.len() {
        9 if all_digits(b, 9..=9) => Some(short(b)),
        14 if all_digits(b, 14..=14) => {
            Some(short(b) && check(&b[..13], &[2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]) == digit(b[13]))
        }
        _ => None,
    }
}

/// Number of the card, a check, two characters of its version and a check over all in base 36.
pub(super) fn cc_pt(b: &[u8]) -> Option<bool> {
    shape(b, b"ddddddddd**d").then(|| {
        let value = |c: u8| if c.is_ascii_digit() { digit(c) } else { u32::from(c - b'A') + 10 };
        let doubled = |v: u32| if v * 2 > 9 { v * 2 - 9 } else { v * 2 };
        let sum: u32 = b
            .iter()
            .rev()
            .enumerate()
            .map(|(i, &c)| if i % 2 == 1 { doubled(value(c)) } else { value(c) })
            .sum();
        sum.is_multiple_of(10)
    })
}

pub(super) fn cpf_cr(b: &[u8]) -> Option<bool> {
    (all_digits(b, 9..=9) && b[0] != b'0' || all_digits(b, 10..=10) && b[0] == b'0').then_some(true)
}

pub(super) fn cpj_cr(b: &[u8]) -> Option<bool> {
    all_digits(b, 10..=10).then(|| matches!(b[0], b'2'..=b'5'))
}

pub(super) fn nit_sv(b: &[u8]) -> Option<bool> {
    all_digits(b, 14..=14).then(|| {
        let check = if &b[10..13] <= b"100".as_slice() {
            weighted(&b[..13], &[14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11 % 10
        } else {
            (11 - weighted(&b[..13], &[2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10
        };
        matches!(b[0], b'0' | b'1' | b'9') && check == digit(b[13])
    })
}

/// No check digit: numbers that begin with 9 and have one of the group numbers in use.
pub(super) fn itin(b: &[u8]) -> Option<bool> {
    (all_digits(b, 9..=9) && b[0] == b'9')
        .then(|| matches!(number(&b[3..5]), 50..=65 | 70..=88 | 90..=92 | 94..=99))
}

/// Eight digits, or two letters of a register and six digits; no check digit.
pub(super) fn crn(b: &[u8]) -> Option<bool> {
    const REGISTERS: &[&[u8]] = &[
        b"SC", b"NI", b"OC", b"SO", b"NC", b"RC", b"SR", b"NR", b"LP", b"SL", b"NL", b"FC", b"SF", b"NF",
        b"IP", b"SP",
    ];
    (shape(b, b"AAdddddd") && REGISTERS.iter().any(|r| b.starts_with(r)) || all_digits(b, 8..=8))
        .then_some(true)
}
