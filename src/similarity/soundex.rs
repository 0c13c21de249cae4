//! American Soundex: the first letter and three digits for the consonants that follow.
//!
//! # Source
//! Russell 1918, US patent 1,261,167; the rules of the US National Archives, by which `h` and `w` do not separate
//! two letters of one digit, but vowels do.

use super::phonetic::PhoneticCode;

const LENGTH: usize = 4;

/// The Soundex code, upper case, four characters; empty if the value has no ASCII letter. Letters of any case count,
/// everything else is skipped.
///
/// To reproduce keys that other systems have stored. For blocking prefer [`phonetic_key`](super::phonetic_key()), which
/// does not hang on the first letter and knows other languages than English.
///
/// # Complexity
/// O(n), no allocation.
///
/// # Example
/// ```
/// use quilate::similarity::soundex;
/// assert_eq!(soundex("Ashcraft").as_str(), "A261");
/// assert_eq!(soundex("gutierrez").as_str(), "G362");
/// assert_eq!(soundex("42").as_str(), "");
/// ```
pub fn soundex(value: &str) -> PhoneticCode {
    let mut code = PhoneticCode::default();
    let mut previous = Sound::Vowel;
    for letter in value.bytes().filter(u8::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase()) {
        let sound = Sound::of(letter);
        if code.is_empty() {
            code.push(letter);
        } else if let Sound::Digit(digit) = sound
            && sound != previous
        {
            code.push(digit);
        }
        if code.len() == LENGTH {
            break;
        }
        if sound != Sound::Silent {
            previous = sound;
        }
    }
    while !code.is_empty() && code.len() < LENGTH {
        code.push(b'0');
    }
    code
}

#[derive(Clone, Copy, PartialEq)]
enum Sound {
    Digit(u8),
    Vowel,
    /// `H` and `W`: as if not there.
    Silent,
}

impl Sound {
    fn of(letter: u8) -> Self {
        match letter {
            b'B' | b'F' | b'P' | b'V' => Self::Digit(b'1'),
            b'C' | b'G' | b'J' | b'K' | b'Q' | b'S' | b'X' | b'Z' => Self::Digit(b'2'),
            b'D' | b'T' => Self::Digit(b'3'),
            b'L' => Self::Digit(b'4'),
            b'M' | b'N' => Self::Digit(b'5'),
            b'R' => Self::Digit(b'6'),
            b'H' | b'W' => Self::Silent,
            _ => Self::Vowel,
        }
    }
}
