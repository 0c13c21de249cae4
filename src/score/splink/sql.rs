//! The part of DuckDB's SQL that comparison levels and blocking rules are written in: text in, [`Expr`] out.
//!
//! Precedence, loosest first: OR, AND, NOT, comparisons (with IS, IN, BETWEEN, LIKE), `||`, `+ -`, `* / %`, unary minus,
//! `::` and `[]`. Names are folded to lower case, as DuckDB does even where they are quoted.
//!
//! # Errors
//! Anything beyond is an error that names the construct; nothing is skipped or guessed.

use super::functions::Function;
use super::tokens::{Token, describe, tokens, unknown};
use crate::error::{Error, ErrorKind, Result};

/// How deep parentheses and calls may nest, and how many operators a condition may chain: far beyond any model, well
/// within the stack.
const MAX_DEPTH: usize = 50;
const MAX_CHAINED: usize = 500;

/// Which record of the pair a column is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    Left,
    Right,
}

/// How columns name their record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Naming {
    /// `surname_l`, in comparison levels.
    Suffix,
    /// `l.surname`, in blocking rules.
    Qualifier,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// What a value can be cast to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Type {
    Double,
    /// 32 bits: distances in kilometres are rounded to it before they are compared.
    Float,
    Integer,
    Text,
    Timestamp,
    Boolean,
}

/// A condition or a value. Columns are numbers in the list of names that the parser was given.
#[derive(Clone, Debug)]
pub(super) enum Expr {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Column {
        side: Side,
        column: usize,
    },
    Not(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Compare(Comparator, Box<Expr>, Box<Expr>),
    IsNull(Box<Expr>),
    In(Box<Expr>, Vec<Expr>),
    Like {
        value: Box<Expr>,
        pattern: Box<Expr>,
        fold: bool,
    },
    Arithmetic(Operator, Box<Expr>, Box<Expr>),
    Negate(Box<Expr>),
    Concat(Box<Expr>, Box<Expr>),
    Case {
        branches: Vec<(Expr, Expr)>,
        otherwise: Box<Expr>,
    },
    Cast(Box<Expr>, Type),
    /// A pattern is compiled once, when the model is read.
    Regex {
        function: RegexFunction,
        value: Box<Expr>,
        regex: regex::Regex,
        group: usize,
    },
    Call(Function, Vec<Expr>),
    /// An element of a list, or a character of a text; from 1, or from the end when negative.
    Element(Box<Expr>, Box<Expr>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum RegexFunction {
    Extract,
    Matches,
    FullMatch,
}

impl Expr {
    /// Calls `visit` with each column that is read.
    pub(super) fn columns(&self, visit: &mut impl FnMut(Side, usize)) {
        if let Self::Column { side, column } = self {
            visit(*side, *column);
        }
        self.children().into_iter().for_each(|child| child.columns(visit));
    }

    fn children(&self) -> Vec<&Expr> {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Column { .. } => Vec::new(),
            Self::Not(value) | Self::IsNull(value) | Self::Negate(value) | Self::Cast(value, _) => {
                vec![value]
            }
            Self::Regex { value, .. } => vec![value],
            Self::And(parts) | Self::Or(parts) | Self::Call(_, parts) => parts.iter().collect(),
            Self::Compare(_, a, b)
            | Self::Arithmetic(_, a, b)
            | Self::Concat(a, b)
            | Self::Like { value: a, pattern: b, .. }
            | Self::Element(a, b) => vec![a, b],
            Self::In(value, list) => std::iter::once(&**value).chain(list).collect(),
            Self::Case { branches, otherwise } => branches
                .iter()
                .flat_map(|(condition, value)| [condition, value])
                .chain(std::iter::once(&**otherwise))
                .collect(),
        }
    }
}

/// Parses a condition. `names` are the columns that were named so far; new ones are added.
///
/// # Errors
/// [`ErrorKind::Config`] naming the construct that is not known.
pub(super) fn parse(sql: &str, naming: Naming, names: &mut Vec<String>) -> Result<Expr> {
    let tokens = tokens(sql)?;
    let mut parser = Parser { tokens, at: 0, naming, names, depth: 0, chained: 0 };
    let expr = parser.or()?;
    match parser.tokens.get(parser.at) {
        None => Ok(expr),
        Some(token) => Err(unknown(describe(token))),
    }
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    naming: Naming,
    names: &'a mut Vec<String>,
    depth: usize,
    chained: usize,
}

impl Parser<'_> {
    fn peek_word(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word))
    }

    fn peek_symbol(&self, symbol: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Symbol(found)) if *found == symbol)
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.peek_word(word);
        self.at += usize::from(found);
        found
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        let found = self.peek_symbol(symbol);
        self.at += usize::from(found);
        found
    }

    fn expect_symbol(&mut self, symbol: &str) -> Result<()> {
        if self.symbol(symbol) { Ok(()) } else { Err(self.unexpected(&format!("`{symbol}`"))) }
    }

    fn expect_word(&mut self, word: &str) -> Result<()> {
        if self.word(word) { Ok(()) } else { Err(self.unexpected(word)) }
    }

    /// What stands here instead of what should.
    fn unexpected(&self, expected: &str) -> Error {
        match self.tokens.get(self.at) {
            Some(token) => unknown(format!("{} where {expected} is expected", describe(token))),
            None => Error::new(ErrorKind::Config, format!("ends where {expected} is expected")),
        }
    }

    fn or(&mut self) -> Result<Expr> {
        if self.depth >= MAX_DEPTH {
            return Err(Error::new(ErrorKind::Limit, format!("nested deeper than {MAX_DEPTH}")));
        }
        self.depth += 1;
        let mut parts = vec![self.and()?];
        while self.word("or") {
            parts.push(self.and()?);
        }
        self.depth -= 1;
        Ok(joined(parts, Expr::Or))
    }

    fn and(&mut self) -> Result<Expr> {
        let mut parts = vec![self.not()?];
        while self.word("and") {
            parts.push(self.not()?);
        }
        Ok(joined(parts, Expr::And))
    }

    fn not(&mut self) -> Result<Expr> {
        let mut negations = 0;
        while self.word("not") {
            negations += 1;
        }
        let expr = self.comparison()?;
        Ok(match negations {
            0 => expr,
            // Twice negated is the truth of a value, where the value itself may be a number.
            n if n % 2 == 0 => negate(negate(expr, true), true),
            _ => negate(expr, true),
        })
    }

    /// Counts one more operator.
    fn chain(&mut self) -> Result<()> {
        self.chained += 1;
        if self.chained > MAX_CHAINED {
            return Err(Error::new(ErrorKind::Limit, format!("more than {MAX_CHAINED} operators")));
        }
        Ok(())
    }

    fn comparison(&mut self) -> Result<Expr> {
        let mut left = self.concat()?;
        loop {
            let comparator = match self.tokens.get(self.at) {
                Some(Token::Symbol("=" | "==")) => Some(Comparator::Equal),
                Some(Token::Symbol("<>" | "!=")) => Some(Comparator::NotEqual),
                Some(Token::Symbol("<")) => Some(Comparator::Less),
                Some(Token::Symbol("<=")) => Some(Comparator::LessOrEqual),
                Some(Token::Symbol(">")) => Some(Comparator::Greater),
                Some(Token::Symbol(">=")) => Some(Comparator::GreaterOrEqual),
                _ => None,
            };
            left = if let Some(comparator) = comparator {
                self.at += 1;
                Expr::Compare(comparator, Box::new(left), Box::new(self.concat()?))
            } else if self.word("is") {
                let negated = self.word("not");
                self.expect_word("null")?;
                negate(Expr::IsNull(Box::new(left)), negated)
            } else if self.peek_word("not")
                || self.peek_word("in")
                || self.peek_word("between")
                || self.peek_like()
            {
                let negated = self.word("not");
                negate(self.predicate(left)?, negated)
            } else {
                return Ok(left);
            };
            self.chain()?;
        }
    }

    fn peek_like(&self) -> bool {
        self.peek_word("like") || self.peek_word("ilike")
    }

    /// What follows a value and an optional NOT.
    fn predicate(&mut self, value: Expr) -> Result<Expr> {
        if self.word("in") {
            self.expect_symbol("(")?;
            return Ok(Expr::In(Box::new(value), self.list(")")?));
        }
        if self.word("between") {
            let low = self.concat()?;
            self.expect_word("and")?;
            let high = self.concat()?;
            let compare =
                |comparator, bound| Expr::Compare(comparator, Box::new(value.clone()), Box::new(bound));
            return Ok(Expr::And(vec![
                compare(Comparator::GreaterOrEqual, low),
                compare(Comparator::LessOrEqual, high),
            ]));
        }
        if self.peek_like() {
            let fold = self.word("ilike") || !self.word("like");
            return Ok(Expr::Like { value: Box::new(value), pattern: Box::new(self.concat()?), fold });
        }
        Err(self.unexpected("IN, BETWEEN or LIKE"))
    }

    fn concat(&mut self) -> Result<Expr> {
        let mut left = self.sum()?;
        while self.symbol("||") {
            self.chain()?;
            left = Expr::Concat(Box::new(left), Box::new(self.sum()?));
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Expr> {
        let mut left = self.product()?;
        loop {
            let operator = match self.tokens.get(self.at) {
                Some(Token::Symbol("+")) => Operator::Add,
                Some(Token::Symbol("-")) => Operator::Subtract,
                _ => return Ok(left),
            };
            self.chain()?;
            self.at += 1;
            left = Expr::Arithmetic(operator, Box::new(left), Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Result<Expr> {
        let mut left = self.unary()?;
        loop {
            let operator = match self.tokens.get(self.at) {
                Some(Token::Symbol("*")) => Operator::Multiply,
                Some(Token::Symbol("/")) => Operator::Divide,
                Some(Token::Symbol("%")) => Operator::Modulo,
                _ => return Ok(left),
            };
            self.chain()?;
            self.at += 1;
            left = Expr::Arithmetic(operator, Box::new(left), Box::new(self.unary()?));
        }
    }

    fn unary(&mut self) -> Result<Expr> {
        let mut negations = 0usize;
        while self.peek_symbol("-") || self.peek_symbol("+") {
            negations += usize::from(self.peek_symbol("-"));
            self.at += 1;
        }
        let expr = self.postfix()?;
        Ok(if negations % 2 == 1 { Expr::Negate(Box::new(expr)) } else { expr })
    }

    fn postfix(&mut self) -> Result<Expr> {
        let mut expr = self.primary()?;
        loop {
            if self.symbol("::") {
                expr = Expr::Cast(Box::new(expr), self.type_name()?);
            } else if self.symbol("[") {
                let at = self.or()?;
                self.expect_symbol("]")?;
                expr = Expr::Element(Box::new(expr), Box::new(at));
            } else {
                return Ok(expr);
            }
            self.chain()?;
        }
    }

    fn primary(&mut self) -> Result<Expr> {
        let Some(token) = self.tokens.get(self.at).cloned() else { return Err(self.unexpected("a value")) };
        self.at += 1;
        match token {
            Token::Number(number) => Ok(Expr::Number(number)),
            Token::Text(text) => Ok(Expr::Text(text)),
            Token::Quoted(name) => self.column(name),
            Token::Symbol("(") => {
                let inner = self.or()?;
                self.expect_symbol(")")?;
                Ok(inner)
            }
            Token::Word(word) if self.peek_symbol("(") => {
                self.at += 1;
                match word.to_ascii_lowercase().as_str() {
                    "cast" | "try_cast" => self.cast(),
                    name => self.call(name),
                }
            }
            Token::Word(word) => match word.to_ascii_lowercase().as_str() {
                "null" => Ok(Expr::Null),
                "true" => Ok(Expr::Bool(true)),
                "false" => Ok(Expr::Bool(false)),
                "case" => self.case(),
                "select" | "exists" | "interval" | "date" => Err(unknown(format!("`{word}`"))),
                _ => self.column(word),
            },
            Token::Symbol(_) => {
                self.at -= 1;
                Err(self.unexpected("a value"))
            }
        }
    }

    /// A column: `name_l`, or `l.name`.
    fn column(&mut self, first: String) -> Result<Expr> {
        let first = first.to_lowercase();
        let (side, name) = match self.naming {
            Naming::Suffix => match first.strip_suffix("_l") {
                Some(name) => (Side::Left, name.to_owned()),
                None => match first.strip_suffix("_r") {
                    Some(name) => (Side::Right, name.to_owned()),
                    None => return Err(unknown(format!("`{first}`: columns end in _l or _r"))),
                },
            },
            Naming::Qualifier => {
                let side = match first.as_str() {
                    "l" => Side::Left,
                    "r" => Side::Right,
                    _ => return Err(unknown(format!("`{first}`: columns are written l.name or r.name"))),
                };
                self.expect_symbol(".")?;
                match self.tokens.get(self.at).cloned() {
                    Some(Token::Word(name) | Token::Quoted(name)) => {
                        self.at += 1;
                        (side, name.to_lowercase())
                    }
                    _ => return Err(self.unexpected("a column")),
                }
            }
        };
        let column = self.names.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        });
        Ok(Expr::Column { side, column })
    }

    /// Values up to a closing symbol.
    fn list(&mut self, close: &str) -> Result<Vec<Expr>> {
        let mut items = Vec::new();
        if self.symbol(close) {
            return Ok(items);
        }
        loop {
            items.push(self.or()?);
            if self.symbol(close) {
                return Ok(items);
            }
            self.expect_symbol(",")?;
        }
    }

    fn call(&mut self, name: &str) -> Result<Expr> {
        let mut arguments = self.list(")")?;
        let regex = match name {
            "regexp_extract" => Some(RegexFunction::Extract),
            "regexp_matches" => Some(RegexFunction::Matches),
            "regexp_full_match" => Some(RegexFunction::FullMatch),
            _ => None,
        };
        if let Some(function) = regex {
            return regex_call(name, function, arguments);
        }
        let Some(function) = Function::find(name) else { return Err(unknown(format!("`{name}()`"))) };
        let allowed = function.arguments();
        if !allowed.contains(&arguments.len()) {
            let message = format!("{name}() takes {allowed:?} arguments, not {}", arguments.len());
            return Err(Error::new(ErrorKind::Config, message));
        }
        if function == Function::Strptime
            && let Some(format) = arguments.get_mut(1)
        {
            check_date_format(format)?;
        }
        Ok(Expr::Call(function, arguments))
    }

    fn cast(&mut self) -> Result<Expr> {
        let value = self.or()?;
        self.expect_word("as")?;
        let to = self.type_name()?;
        self.expect_symbol(")")?;
        Ok(Expr::Cast(Box::new(value), to))
    }

    fn type_name(&mut self) -> Result<Type> {
        let Some(Token::Word(word)) = self.tokens.get(self.at).cloned() else {
            return Err(self.unexpected("a type"));
        };
        self.at += 1;
        Ok(match word.to_ascii_lowercase().as_str() {
            "double" | "float8" | "numeric" | "decimal" => Type::Double,
            "float" | "real" | "float4" => Type::Float,
            "int" | "integer" | "bigint" | "smallint" | "tinyint" | "hugeint" | "int4" | "int8" => {
                Type::Integer
            }
            "varchar" | "text" | "string" | "char" => Type::Text,
            "date" | "timestamp" | "datetime" => Type::Timestamp,
            "bool" | "boolean" => Type::Boolean,
            _ => return Err(unknown(format!("type `{word}`"))),
        })
    }

    fn case(&mut self) -> Result<Expr> {
        let operand = if self.peek_word("when") { None } else { Some(self.or()?) };
        let mut branches = Vec::new();
        while self.word("when") {
            let mut condition = self.or()?;
            if let Some(operand) = &operand {
                condition = Expr::Compare(Comparator::Equal, Box::new(operand.clone()), Box::new(condition));
            }
            self.expect_word("then")?;
            branches.push((condition, self.or()?));
        }
        let otherwise = if self.word("else") { self.or()? } else { Expr::Null };
        self.expect_word("end")?;
        Ok(Expr::Case { branches, otherwise: Box::new(otherwise) })
    }
}

fn joined(mut parts: Vec<Expr>, join: impl Fn(Vec<Expr>) -> Expr) -> Expr {
    if parts.len() == 1 { parts.remove(0) } else { join(parts) }
}

fn negate(expr: Expr, negated: bool) -> Expr {
    if negated { Expr::Not(Box::new(expr)) } else { expr }
}

fn regex_call(name: &str, function: RegexFunction, mut arguments: Vec<Expr>) -> Result<Expr> {
    let group = match arguments.get(2) {
        None => 0,
        Some(Expr::Number(group)) if function == RegexFunction::Extract && *group >= 0.0 => *group as usize,
        Some(_) => return Err(unknown(format!("third argument of {name}()"))),
    };
    let (true, Some(Expr::Text(pattern))) = (arguments.len() <= 3, arguments.get(1)) else {
        return Err(unknown(format!("{name}() whose pattern is not a text")));
    };
    let pattern = ascii_classes(pattern);
    let pattern = if function == RegexFunction::FullMatch { format!("^(?:{pattern})$") } else { pattern };
    let wrong = |_| Error::new(ErrorKind::Config, format!("{name}(): {pattern:?} is no regular expression"));
    let regex = regex::Regex::new(&pattern).map_err(wrong)?;
    Ok(Expr::Regex { function, value: Box::new(arguments.swap_remove(0)), regex, group })
}

/// DuckDB's expressions (RE2) take `\d`, `\w`, `\s` and `\b` for ASCII; a class may stand inside brackets here.
fn ascii_classes(pattern: &str) -> String {
    let mut out = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('d') => out.push_str("[0-9]"),
            Some('D') => out.push_str("[^0-9]"),
            Some('w') => out.push_str("[0-9A-Za-z_]"),
            Some('W') => out.push_str("[^0-9A-Za-z_]"),
            Some('s') => out.push_str(r"[\t\n\f\r ]"),
            Some('S') => out.push_str(r"[^\t\n\f\r ]"),
            Some('b') => out.push_str(r"(?-u:\b)"),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

/// The format of a date must be a text, of specifiers that are known.
fn check_date_format(format: &Expr) -> Result<()> {
    let Expr::Text(format) = format else { return Err(unknown("date format that is not a text")) };
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c == '%' {
            match chars.next() {
                Some('Y' | 'y' | 'm' | 'd' | 'H' | 'M' | 'S' | 'b' | 'B' | '%') => {}
                other => {
                    let specifier = other.map(String::from).unwrap_or_default();
                    return Err(unknown(format!("`%{specifier}` in the date format")));
                }
            }
        }
    }
    Ok(())
}
