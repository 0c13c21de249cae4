//! The words and signs that conditions are made of: text in, [`Token`]s out.

use crate::error::{Error, ErrorKind, Result};

/// A word, name, text, number or sign.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Token {
    /// A bare word, as it was written.
    Word(String),
    /// A name in double quotes.
    Quoted(String),
    Text(String),
    Number(f64),
    Symbol(&'static str),
}

const SYMBOLS: [&str; 24] = [
    "<=", ">=", "<>", "!=", "==", "||", "::", "->", "//", "(", ")", "[", "]", ",", ".", "=", "<", ">", "+",
    "-", "*", "/", "%", ";",
];

/// The error of what this dialect does not have.
pub(super) fn unknown(construct: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Config, format!("unknown construct {construct}"))
}

/// The tokens of a condition.
///
/// # Errors
/// [`ErrorKind::Config`] for a character that begins none, and a quote that is never closed.
pub(super) fn tokens(sql: &str) -> Result<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = if first == '\'' || first == '"' {
            let (text, length) = quoted(rest, first)?;
            (if first == '"' { Token::Quoted(text) } else { Token::Text(text) }, length)
        } else if first.is_ascii_digit()
            || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()))
        {
            number(rest)?
        } else if first.is_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            (Token::Word(rest[..end].to_owned()), end)
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            (Token::Symbol(symbol), symbol.len())
        } else {
            return Err(unknown(format!("`{first}`")));
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// The text between quotes, in which a doubled quote is one, and the length with both quotes.
fn quoted(rest: &str, quote: char) -> Result<(String, usize)> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            text.push(c);
        } else if chars.peek().is_some_and(|(_, next)| *next == quote) {
            chars.next();
            text.push(quote);
        } else {
            return Ok((text, at + 1));
        }
    }
    Err(Error::new(ErrorKind::Config, format!("{quote} is never closed")))
}

fn number(rest: &str) -> Result<(Token, usize)> {
    let bytes = rest.as_bytes();
    let digits = |from: usize| from + bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if bytes.get(sign).is_some_and(u8::is_ascii_digit) {
            end = digits(sign);
        }
    }
    let value = rest[..end].parse().map_err(|_| unknown(format!("`{}`", &rest[..end])))?;
    Ok((Token::Number(value), end))
}

/// A token as messages show it.
pub(super) fn describe(token: &Token) -> String {
    match token {
        Token::Word(word) => format!("`{word}`"),
        Token::Quoted(name) => format!("`\"{name}\"`"),
        Token::Text(_) => "a text where none is expected".to_owned(),
        Token::Number(number) => format!("`{number}`"),
        Token::Symbol(symbol) => format!("`{symbol}`"),
    }
}
