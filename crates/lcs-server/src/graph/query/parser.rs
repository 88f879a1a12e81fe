//! Reading a filter. Bounded in length, depth and number of terms, because it reads foreign text.

use super::{
    QueryError,
    filter::{Comparison, Condition, Filter, Literal, Path, TextFunction},
    lexer::{self, Located, Token},
};

/// Longer filters do not fit into an address that Graph takes.
const LONGEST: usize = 4096;
/// Depth of parentheses, negations and conditions.
const DEEPEST: usize = 25;
/// Comparisons, functions and collections, and the values of `in`.
const MOST_TERMS: usize = 100;

/// Reads a filter.
///
/// # Errors
///
/// [`QueryError`] when it is malformed or beyond the limits.
pub fn parse(text: &str) -> Result<Filter, QueryError> {
    if text.len() > LONGEST {
        return Err(QueryError::TooLong(LONGEST));
    }
    let syntax = |position| QueryError::Syntax {
        position,
        text: text.to_owned(),
    };
    let tokens = lexer::tokens(text).map_err(syntax)?;
    let mut parser = Parser {
        end: text.chars().count(),
        tokens,
        next: 0,
        depth: 0,
        terms: 0,
    };
    let filter = parser.whole().map_err(|stop| match stop {
        Stop::At(position) => syntax(position),
        Stop::TooDeep => QueryError::TooDeep,
        Stop::TooManyTerms => QueryError::TooManyTerms(MOST_TERMS),
    })?;
    Ok(filter)
}

/// Why reading stopped.
#[derive(Debug)]
enum Stop {
    /// Something else was expected here.
    At(usize),
    TooDeep,
    TooManyTerms,
}

struct Parser {
    tokens: Vec<Located>,
    end: usize,
    next: usize,
    depth: usize,
    terms: usize,
}

impl Parser {
    fn whole(&mut self) -> Result<Filter, Stop> {
        let filter = self.or()?;
        if self.next < self.tokens.len() {
            return Err(self.stop());
        }
        Ok(filter)
    }

    fn or(&mut self) -> Result<Filter, Stop> {
        let mut filter = self.and()?;
        while self.take_word("or") {
            filter = Filter::Or(Box::new(filter), Box::new(self.and()?));
        }
        Ok(filter)
    }

    fn and(&mut self) -> Result<Filter, Stop> {
        let mut filter = self.unary()?;
        while self.take_word("and") {
            filter = Filter::And(Box::new(filter), Box::new(self.unary()?));
        }
        Ok(filter)
    }

    fn unary(&mut self) -> Result<Filter, Stop> {
        if self.take_word("not") {
            // A negation and its own parentheses are one level.
            let inner = match self.parentheses()? {
                Some(inner) => inner,
                None => self.deeper(Self::unary)?,
            };
            return Ok(Filter::Not(Box::new(inner)));
        }
        match self.parentheses()? {
            Some(inner) => Ok(inner),
            None => self.term(),
        }
    }

    /// What stands in the parentheses that begin here, if they do.
    fn parentheses(&mut self) -> Result<Option<Filter>, Stop> {
        if !self.take(&Token::Open) {
            return Ok(None);
        }
        let inner = self.deeper(Self::or)?;
        self.expect(&Token::Close)?;
        Ok(Some(inner))
    }

    fn term(&mut self) -> Result<Filter, Stop> {
        self.count_term()?;
        if let Some(function) = self.function() {
            return self.text(function);
        }
        let mut path = vec![self.name()?];
        while self.take(&Token::Slash) {
            if self.is_word("any") && self.peek(1) == Some(&Token::Open) {
                self.next += 2;
                return self.any(Path(path));
            }
            path.push(self.name()?);
        }
        let path = Path(path);
        if self.take_word("in") {
            return self.one_of(path);
        }
        let comparison = Comparison::ALL
            .into_iter()
            .find(|comparison| self.take_word(comparison.as_str()));
        let comparison = comparison.ok_or_else(|| self.stop())?;
        Ok(Filter::Compare(path, comparison, self.literal()?))
    }

    /// The function that begins here, if one does.
    fn function(&self) -> Option<TextFunction> {
        let is_call = self.peek(1) == Some(&Token::Open);
        TextFunction::ALL
            .into_iter()
            .find(|function| is_call && self.is_word(function.as_str()))
    }

    fn text(&mut self, function: TextFunction) -> Result<Filter, Stop> {
        self.next += 2;
        let mut path = vec![self.name()?];
        while self.take(&Token::Slash) {
            path.push(self.name()?);
        }
        self.expect(&Token::Comma)?;
        let position = self.position();
        let Literal::Text(text) = self.literal()? else {
            return Err(Stop::At(position));
        };
        self.expect(&Token::Close)?;
        Ok(Filter::Text(function, Path(path), text))
    }

    fn any(&mut self, path: Path) -> Result<Filter, Stop> {
        if self.take(&Token::Close) {
            return Ok(Filter::Any(path, None));
        }
        let variable = self.name()?;
        self.expect(&Token::Colon)?;
        let filter = self.deeper(Self::or)?;
        self.expect(&Token::Close)?;
        let condition = Condition { variable, filter };
        Ok(Filter::Any(path, Some(Box::new(condition))))
    }

    fn one_of(&mut self, path: Path) -> Result<Filter, Stop> {
        self.expect(&Token::Open)?;
        let mut literals = vec![self.literal()?];
        while self.take(&Token::Comma) {
            self.count_term()?;
            literals.push(self.literal()?);
        }
        self.expect(&Token::Close)?;
        Ok(Filter::In(path, literals))
    }

    fn literal(&mut self) -> Result<Literal, Stop> {
        for (word, literal) in [
            ("null", Literal::Null),
            ("true", Literal::Boolean(true)),
            ("false", Literal::Boolean(false)),
        ] {
            if self.take_word(word) {
                return Ok(literal);
            }
        }
        match self.peek(0) {
            Some(Token::Literal(literal)) => {
                let literal = literal.clone();
                self.next += 1;
                Ok(literal)
            }
            _ => Err(self.stop()),
        }
    }

    fn name(&mut self) -> Result<String, Stop> {
        match self.peek(0) {
            Some(Token::Word(word)) => {
                let word = word.clone();
                self.next += 1;
                Ok(word)
            }
            _ => Err(self.stop()),
        }
    }

    fn deeper(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Filter, Stop>,
    ) -> Result<Filter, Stop> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Stop::TooDeep);
        }
        let filter = read(self)?;
        self.depth -= 1;
        Ok(filter)
    }

    fn count_term(&mut self) -> Result<(), Stop> {
        self.terms += 1;
        if self.terms > MOST_TERMS {
            return Err(Stop::TooManyTerms);
        }
        Ok(())
    }

    fn peek(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.next + ahead).map(|(token, _)| token)
    }

    fn take(&mut self, wanted: &Token) -> bool {
        let is_there = self.peek(0) == Some(wanted);
        self.next += usize::from(is_there);
        is_there
    }

    /// Graph reads operators and functions in any case.
    fn is_word(&self, wanted: &str) -> bool {
        matches!(self.peek(0), Some(Token::Word(word)) if word.eq_ignore_ascii_case(wanted))
    }

    fn take_word(&mut self, wanted: &str) -> bool {
        let is_there = self.is_word(wanted);
        self.next += usize::from(is_there);
        is_there
    }

    fn expect(&mut self, wanted: &Token) -> Result<(), Stop> {
        if self.take(wanted) {
            Ok(())
        } else {
            Err(self.stop())
        }
    }

    fn position(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(_, at)| *at)
    }

    fn stop(&self) -> Stop {
        Stop::At(self.position())
    }
}
