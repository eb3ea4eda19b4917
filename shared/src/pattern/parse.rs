//! JavaScript's notation for patterns, read into `regex-syntax`'s own form. Reading it here, and not with that crate's
//! parser, is what makes `[[]`, `{`, `\/`, `.` and `\d` mean what they mean in a browser, and keeps the sentences ours.

use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, Look, Repetition};

use super::PatternError;

/// The deepest nesting of groups.
const MAX_DEPTH: usize = 32;
/// The largest count of a repeat. A text's length is limited by the field's own limits.
const MAX_COUNT: u32 = 1_000;

const ANY: (char, char) = ('\0', char::MAX);
const DIGITS: &[(char, char)] = &[('0', '9')];
const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
const SPACES: &[(char, char)] = &[('\t', '\r'), (' ', ' ')];
/// What `.` does not match. In JavaScript neither do U+2028 and U+2029: nobody types them, and a table that finds them among
/// all other characters is four times the size.
const LINE_ENDS: &[(char, char)] = &[('\n', '\n'), ('\r', '\r')];

/// Reads a whole pattern.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn parse(source: &str, case_insensitive: bool) -> Result<Hir, PatternError> {
    let strict = source.contains("\\B");
    let mut reader = Reader { rest: source.chars(), length: source.chars().count(), case_insensitive, strict };
    let pattern = reader.alternatives(MAX_DEPTH)?;
    match reader.peek() {
        None => Ok(pattern),
        Some(_) => Err(reader.wrong("a \")\" without its \"(\"")),
    }
}

/// Any one character.
pub fn any() -> Hir {
    Hir::class(Class::Unicode(class_of(&[ANY])))
}

struct Reader<'a> {
    rest: std::str::Chars<'a>,
    length: usize,
    case_insensitive: bool,
    /// Whether a match must not end inside a character.
    strict: bool,
}

/// What an escape stands for.
enum Escape {
    Char(char),
    Class(ClassUnicode),
    Look(Look),
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn take(&mut self, wanted: &str) -> bool {
        let rest = self.rest.as_str().strip_prefix(wanted);
        if let Some(rest) = rest {
            self.rest = rest.chars();
        }
        rest.is_some()
    }

    fn wrong(&self, what: &'static str) -> PatternError {
        PatternError::Syntax { at: self.length - self.rest.clone().count() + 1, what }
    }

    fn alternatives(&mut self, depth: usize) -> Result<Hir, PatternError> {
        let depth = depth.checked_sub(1).ok_or(PatternError::TooBig)?;
        let mut branches = vec![self.sequence(depth)?];
        while self.take("|") {
            branches.push(self.sequence(depth)?);
        }
        Ok(Hir::alternation(branches))
    }

    fn sequence(&mut self, depth: usize) -> Result<Hir, PatternError> {
        let mut parts = Vec::new();
        while self.peek().is_some_and(|next| next != '|' && next != ')') {
            let atom = self.atom(depth)?;
            parts.push(self.repeated(atom)?);
        }
        Ok(Hir::concat(parts))
    }

    fn atom(&mut self, depth: usize) -> Result<Hir, PatternError> {
        let wrong = self.wrong("there is nothing to repeat");
        if self.repeat().is_some() {
            return Err(wrong);
        }
        Ok(match self.rest.next() {
            Some('^') => Hir::look(Look::Start),
            Some('$') => Hir::look(Look::End),
            Some('.') => self.class(class_of(LINE_ENDS), true),
            Some('(') => return self.group(depth),
            Some('[') => return self.set(),
            Some('\\') => match self.escape(false)? {
                Escape::Char(char) => self.literal(char),
                Escape::Class(class) => self.class(class, false),
                Escape::Look(look) => Hir::look(look),
            },
            Some(char) => self.literal(char),
            None => Hir::empty(),
        })
    }

    /// After a `(`.
    fn group(&mut self, depth: usize) -> Result<Hir, PatternError> {
        if self.take("?=") || self.take("?!") {
            return Err(PatternError::NotLinear("look-ahead"));
        }
        if self.take("?<=") || self.take("?<!") {
            return Err(PatternError::NotLinear("look-behind"));
        }
        if self.take("?<") {
            let is_name = |char: char| char == '_' || char == '$' || char.is_alphanumeric();
            let (name, _) = self.rest.as_str().split_once('>').unwrap_or_default();
            if name.is_empty() || !name.chars().all(is_name) {
                return Err(self.wrong("a group's name is missing"));
            }
            self.rest = self.rest.as_str().get(name.len() + 1..).unwrap_or_default().chars();
        } else if !self.take("?:") && self.peek() == Some('?') {
            return Err(self.wrong("there is no such group: use (?: )"));
        }
        let inside = self.alternatives(depth)?;
        if self.take(")") { Ok(inside) } else { Err(self.wrong("a \")\" is missing")) }
    }

    /// What may follow an atom: `*`, `+`, `?`, `{2}`, `{2,}`, `{2,3}`, each perhaps with a `?`, which changes no answer.
    fn repeated(&mut self, atom: Hir) -> Result<Hir, PatternError> {
        let Some((min, max)) = self.repeat() else { return Ok(atom) };
        if max.is_some_and(|max| max < min) {
            return Err(self.wrong("a repeat's largest count is below its smallest"));
        }
        if min.max(max.unwrap_or(0)) > MAX_COUNT {
            return Err(PatternError::TooBig);
        }
        self.take("?");
        Ok(Hir::repetition(Repetition { min, max, greedy: true, sub: Box::new(atom) }))
    }

    /// Takes a repeat, if one comes next. A `{` that starts no count is just a brace.
    fn repeat(&mut self) -> Option<(u32, Option<u32>)> {
        for (sign, counts) in [("*", (0, None)), ("+", (1, None)), ("?", (0, Some(1)))] {
            if self.take(sign) {
                return Some(counts);
            }
        }
        let (counts, rest) = self.rest.as_str().strip_prefix('{')?.split_once('}')?;
        let count = |digits: &str| {
            let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
            is_number.then(|| digits.parse().unwrap_or(u32::MAX))
        };
        let counts = match counts.split_once(',') {
            None => count(counts).map(|count| (count, Some(count)))?,
            Some((min, "")) => (count(min)?, None),
            Some((min, max)) => (count(min)?, Some(count(max)?)),
        };
        self.rest = rest.chars();
        Some(counts)
    }

    /// After a `[`.
    fn set(&mut self) -> Result<Hir, PatternError> {
        let negated = self.take("^");
        let mut class = ClassUnicode::empty();
        while !self.take("]") {
            let from = self.member()?;
            let is_range = self.peek() == Some('-') && !self.rest.as_str().starts_with("-]");
            match from {
                Escape::Char(from) if is_range => {
                    self.take("-");
                    match self.member()? {
                        Escape::Char(to) if to < from => return Err(self.wrong("a range ends before it starts")),
                        Escape::Char(to) => class.push(ClassUnicodeRange::new(from, to)),
                        // Beside a class, the hyphen is just a hyphen.
                        Escape::Class(other) => {
                            class.union(&class_of(&[(from, from), ('-', '-')]));
                            class.union(&other);
                        }
                        Escape::Look(_) => return Err(self.wrong("a set has no places")),
                    }
                }
                Escape::Char(char) => class.push(ClassUnicodeRange::new(char, char)),
                Escape::Class(other) => class.union(&other),
                Escape::Look(_) => return Err(self.wrong("a set has no places")),
            }
        }
        Ok(self.class(class, negated))
    }

    fn member(&mut self) -> Result<Escape, PatternError> {
        match self.rest.next() {
            Some('\\') => self.escape(true),
            Some(char) => Ok(Escape::Char(char)),
            None => Err(self.wrong("a \"]\" is missing")),
        }
    }

    /// After a backslash.
    fn escape(&mut self, in_set: bool) -> Result<Escape, PatternError> {
        let class = |ranges: &[(char, char)], negated: bool| {
            let mut class = class_of(ranges);
            if negated {
                class.negate();
            }
            Ok(Escape::Class(class))
        };
        let Some(char) = self.rest.next() else {
            return Err(self.wrong("a backslash stands before something"));
        };
        match char {
            'd' | 'D' => class(DIGITS, char == 'D'),
            'w' | 'W' => class(WORD, char == 'W'),
            's' | 'S' => class(SPACES, char == 'S'),
            'b' if in_set => Ok(Escape::Char('\u{8}')),
            'b' => Ok(Escape::Look(Look::WordAscii)),
            'B' => Ok(Escape::Look(Look::WordAsciiNegate)),
            't' => Ok(Escape::Char('\t')),
            'n' => Ok(Escape::Char('\n')),
            'r' => Ok(Escape::Char('\r')),
            'v' => Ok(Escape::Char('\u{b}')),
            'f' => Ok(Escape::Char('\u{c}')),
            '0' if !self.peek().is_some_and(|next| next.is_ascii_digit()) => Ok(Escape::Char('\0')),
            '1'..='9' => Err(PatternError::NotLinear("back-reference")),
            'k' => Err(PatternError::NotLinear("back-reference")),
            'x' | 'u' => self.code(char).map(Escape::Char),
            char if char.is_alphanumeric() => Err(self.wrong("there is no such escape")),
            char => Ok(Escape::Char(char)),
        }
    }

    /// The character of `\x2f`, `\u002f`, `\u{1f600}` or of the two halves `\ud83d\ude00`.
    fn code(&mut self, kind: char) -> Result<char, PatternError> {
        let code = match kind {
            'x' => self.hex(2),
            _ if self.take("{") => {
                let digits = self.rest.as_str().find('}').filter(|digits| (1..=6).contains(digits));
                let code = digits.and_then(|digits| self.hex(digits));
                code.filter(|_| self.take("}"))
            }
            _ => self.hex(4).and_then(|first| match first {
                0xd800..0xdc00 if self.take("\\u") => {
                    let second = self.hex(4).filter(|second| (0xdc00..0xe000).contains(second))?;
                    Some(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
                }
                _ => Some(first),
            }),
        };
        code.and_then(char::from_u32).ok_or_else(|| self.wrong("this is not the number of a character"))
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        let rest = self.rest.as_str();
        let number = rest.get(..digits).filter(|number| number.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        self.rest = rest.get(digits..)?.chars();
        u32::from_str_radix(number, 16).ok()
    }

    fn literal(&self, char: char) -> Hir {
        self.class(class_of(&[(char, char)]), false)
    }

    fn class(&self, mut class: ClassUnicode, negated: bool) -> Hir {
        if self.case_insensitive {
            class = folded(&class);
        }
        if negated {
            class.negate();
        }
        let mut left_out = beyond_ascii();
        left_out.difference(&class);
        if self.strict || !left_out.ranges().is_empty() {
            return Hir::class(Class::Unicode(class));
        }
        // A text is always good UTF-8, so any character beyond ASCII is a first byte and all that follow it. Only \B could tell
        // that this also matches half a character; that the bytes are good need not be checked again, which takes ten states.
        class.difference(&beyond_ascii());
        let bytes = |from, to| Hir::class(Class::Bytes(ClassBytes::new([ClassBytesRange::new(from, to)])));
        let rest = Repetition { min: 0, max: None, greedy: true, sub: Box::new(bytes(0x80, 0xbf)) };
        let beyond = Hir::concat(vec![bytes(0xc0, 0xff), Hir::repetition(rest)]);
        Hir::alternation(vec![Hir::class(Class::Unicode(class)), beyond])
    }
}

/// The class in both cases. As in JavaScript, no letter beyond ASCII is another case of an ASCII letter: the sign for kelvin
/// is not a `k`.
fn folded(class: &ClassUnicode) -> ClassUnicode {
    let mut ascii = class.clone();
    ascii.difference(&beyond_ascii());
    let mut both = ascii.clone();
    for range in ascii.iter() {
        for (from, to, turned) in
            [('a', 'z', char::to_ascii_uppercase as fn(&char) -> char), ('A', 'Z', char::to_ascii_lowercase)]
        {
            let (start, end) = (range.start().max(from), range.end().min(to));
            if start <= end {
                both.push(ClassUnicodeRange::new(turned(&start), turned(&end)));
            }
        }
    }
    let mut beyond = class.clone();
    beyond.intersect(&beyond_ascii());
    beyond.case_fold_simple();
    beyond.intersect(&beyond_ascii());
    both.union(&beyond);
    both
}

fn beyond_ascii() -> ClassUnicode {
    class_of(&[('\u{80}', char::MAX)])
}

fn class_of(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|&(from, to)| ClassUnicodeRange::new(from, to)))
}
