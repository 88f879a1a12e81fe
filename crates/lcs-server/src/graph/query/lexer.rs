//! The words and signs of a filter.

use super::filter::Literal;

/// A word or sign.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A name, an operator, `true`, `null`, …
    Word(String),
    /// A value that no name looks like: text, GUID, number, instant.
    Literal(Literal),
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// `/`
    Slash,
    /// `:`
    Colon,
}

/// A token and where it begins, in letters from the beginning.
pub(super) type Located = (Token, usize);

/// Splits a filter.
///
/// # Errors
///
/// Where there is no token.
pub(super) fn tokens(text: &str) -> Result<Vec<Located>, usize> {
    let letters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&letter) = letters.get(at) {
        let start = at;
        let (token, length) = match letter {
            ' ' | '\t' => {
                at += 1;
                continue;
            }
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ',' => (Token::Comma, 1),
            '/' => (Token::Slash, 1),
            ':' => (Token::Colon, 1),
            '\'' => quoted(&letters[at..]).ok_or(start)?,
            letter if letter.is_ascii_digit() || letter == '-' => {
                // Instants have colons, numbers and offsets have signs.
                let is_part = |c: &char| c.is_ascii_alphanumeric() || "-+.:".contains(*c);
                let word = run(&letters[at..], is_part);
                let literal = unquoted(&word).ok_or(start)?;
                (Token::Literal(literal), word.len())
            }
            letter if letter.is_ascii_alphabetic() || letter == '_' => {
                let is_part = |c: &char| c.is_ascii_alphanumeric() || "_-".contains(*c);
                let word = run(&letters[at..], is_part);
                let length = word.len();
                let token = if word.contains('-') {
                    // Names have no dashes, so it is a GUID that begins with a letter.
                    Token::Literal(guid(&word).ok_or(start)?)
                } else {
                    Token::Word(word)
                };
                (token, length)
            }
            _ => return Err(start),
        };
        tokens.push((token, start));
        at += length;
    }
    Ok(tokens)
}

fn run(letters: &[char], is_part: impl Fn(&char) -> bool) -> String {
    letters.iter().take_while(|c| is_part(c)).collect()
}

/// A quoted text and its length with the quotes.
fn quoted(letters: &[char]) -> Option<(Token, usize)> {
    let mut text = String::new();
    let mut at = 1;
    loop {
        match (letters.get(at)?, letters.get(at + 1)) {
            ('\'', Some('\'')) => {
                text.push('\'');
                at += 2;
            }
            ('\'', _) => return Some((Token::Literal(Literal::Text(text)), at + 1)),
            (letter, _) => {
                text.push(*letter);
                at += 1;
            }
        }
    }
}

fn unquoted(word: &str) -> Option<Literal> {
    let number = || {
        let number = serde_json::from_str::<serde_json::Number>(word).ok()?;
        // The JSON reader rounds the last digit of a fraction for speed.
        let exact = match word.parse::<f64>() {
            Ok(fraction) if number.is_f64() => serde_json::Number::from_f64(fraction)?,
            _ => number,
        };
        Some(Literal::Number(exact))
    };
    let instant = || word.parse().ok().map(Literal::Instant);
    let date = || {
        let date: jiff::civil::Date = word.parse().ok()?;
        let start = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Literal::Instant(start.timestamp()))
    };
    guid(word).or_else(number).or_else(instant).or_else(date)
}

/// A GUID in its long form.
fn guid(word: &str) -> Option<Literal> {
    let is_long = word.len() == 36;
    let id = is_long.then(|| word.parse().ok()).flatten();
    id.map(Literal::Guid)
}
