//! The same JSON as another serialiser would write it.
//!
//! A receiver that reads a body and writes it again before it verifies the signature signs other bytes. [`Dialect::all`]
//! is the table of the writers that are met in practice; [`rewrite`] does what one of them does.

use std::borrow::Cow;
use std::collections::HashMap;
use std::str::FromStr;

use super::Kind;
use super::error::{Error, ErrorKind};
use super::number::{Numbers, respell};
use super::outline::{Node, Nodes, Outline};
use super::text::{CodePoints, unescape, unquoted, wtf8};

/// `doc` as the dialect writes it. Refuses what is not JSON, and with [`ErrorKind::TooLong`] what would become many times
/// as long by indentation. To try many dialects on one document use [`Dialect::write`].
pub fn rewrite(doc: &[u8], dialect: &Dialect) -> Result<Vec<u8>, Error> {
    dialect.write(&Outline::read(doc)?)
}

/// A way to write JSON: what a serialiser does with white space, escapes, numbers, and the order of keys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dialect {
    name: &'static str,
    about: &'static str,
    layout: Layout,
    strings: Strings,
    numbers: Numbers,
    order: Order,
    /// Whether members of the same name all stay. Else the last one's value stands at the first one's place.
    keeps_duplicates: bool,
    /// Whether objects become PHP's arrays: empty, or with the keys 0, 1, 2 …, they are written as lists.
    php_arrays: bool,
    final_newline: bool,
}

impl Dialect {
    /// All dialects, from the commonest to the rarest. Each name is there once.
    pub fn all() -> &'static [Dialect] {
        &ALL
    }

    /// Its name, such as `compact`, `python+sorted-keys`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Who writes so, in one line.
    pub fn about(&self) -> &'static str {
        self.about
    }

    /// Writes the document that was read; see [`rewrite`].
    pub fn write(&self, outline: &Outline<'_>) -> Result<Vec<u8>, Error> {
        Writer::new(self, outline).write(outline.root())
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, UnknownDialect> {
        let found = ALL.iter().find(|dialect| dialect.name == name);
        found.copied().ok_or(UnknownDialect)
    }
}

/// The name is not one of [`Dialect::all`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownDialect;

impl std::fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no such JSON dialect")
    }
}

impl std::error::Error for UnknownDialect {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout {
    comma: &'static str,
    colon: &'static str,
    /// One level's indentation; None for all on one line.
    indent: Option<&'static str>,
    /// Jackson's printer keeps arrays on one line and puts a space into all brackets.
    spaced_brackets: bool,
}

/// `{"a":[1,2]}`
const DENSE: Layout = Layout {
    comma: ",",
    colon: ":",
    indent: None,
    spaced_brackets: false,
};

/// `{"a": [1, 2]}`
const SPACED: Layout = Layout {
    comma: ", ",
    colon: ": ",
    ..DENSE
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Kept,
    /// Keys that are array indices first, ascending; the others as they came.
    IndicesFirst,
    /// By code point, which is also the order of UTF-8's bytes.
    CodePoints,
    /// By UTF-16 unit, as JavaScript's `sort` and Java's `TreeMap` compare.
    Utf16,
    /// Shorter ones first, then by bytes.
    LengthFirst,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Strings {
    /// Written as they were, escapes and all.
    kept: bool,
    /// Everything above U+007F as `\uXXXX`.
    ascii: bool,
    upper_hex: bool,
    /// U+2028 and U+2029 as `\u2028` and `\u2029`.
    line_separators: bool,
    /// ASCII characters that are written as `\uXXXX` though they need not.
    escaped: &'static [u8],
    /// `\/`
    slash: bool,
    /// A lone surrogate is written as U+FFFD instead of as an escape.
    replaces_surrogates: bool,
}

/// `é` as it is; only what must be escaped is.
const UNICODE: Strings = Strings {
    kept: false,
    ascii: false,
    upper_hex: false,
    line_separators: false,
    escaped: b"",
    slash: false,
    replaces_surrogates: false,
};

/// `\u00e9`
const ASCII: Strings = Strings {
    ascii: true,
    ..UNICODE
};

/// Python's, which escapes U+007F as well.
const PYTHON_ASCII: Strings = Strings {
    escaped: b"\x7f",
    ..ASCII
};

/// `\u003c`, `\u003e`, `\u0026`
const HTML: Strings = Strings {
    escaped: b"<>&",
    line_separators: true,
    ..UNICODE
};

/// `\/` and `\u00e9`
const PHP: Strings = Strings {
    slash: true,
    ..ASCII
};

const COMPACT: Dialect = Dialect {
    name: "compact",
    about: "JavaScript's JSON.stringify(JSON.parse(body))",
    layout: DENSE,
    strings: UNICODE,
    numbers: Numbers::JavaScript,
    order: Order::IndicesFirst,
    keeps_duplicates: false,
    php_arrays: false,
    final_newline: false,
};

const PYTHON: Dialect = Dialect {
    name: "python",
    about: "Python's json.dumps(json.loads(body))",
    layout: SPACED,
    strings: PYTHON_ASCII,
    numbers: Numbers::Python,
    order: Order::Kept,
    ..COMPACT
};

const PYTHON_UNICODE: Dialect = PYTHON
    .named(
        "python-unicode",
        "Python's json.dumps(value, ensure_ascii=False)",
    )
    .strings(UNICODE);

const PHP_OBJECT: Dialect = Dialect {
    name: "php",
    about: "PHP's json_encode(json_decode($body))",
    strings: PHP,
    numbers: Numbers::Php,
    order: Order::Kept,
    ..COMPACT
};

const PHP_ARRAY: Dialect = Dialect {
    name: "php-array",
    about: "PHP's json_encode(json_decode($body, true)), where {} becomes []",
    php_arrays: true,
    ..PHP_OBJECT
};

const PHP_UNICODE: Strings = Strings {
    ascii: false,
    line_separators: true,
    ..PHP
};

const GO: Dialect = Dialect {
    name: "go",
    about: "Go's json.Marshal of an unmarshalled any: keys sorted, < > & escaped",
    strings: Strings {
        replaces_surrogates: true,
        ..HTML
    },
    numbers: Numbers::Go,
    order: Order::CodePoints,
    ..COMPACT
};

const GO_UNESCAPED: Strings = Strings {
    escaped: b"",
    ..GO.strings
};

const RUBY: Dialect = Dialect {
    name: "ruby",
    about: "Ruby's JSON.generate(JSON.parse(body))",
    numbers: Numbers::Ruby,
    order: Order::Kept,
    ..COMPACT
};

const RAILS: Dialect = RUBY
    .named("rails", "Rails' to_json: Ruby's with < > & escaped")
    .strings(HTML);

const SERDE: Dialect = Dialect {
    name: "serde",
    about: "Rust's serde_json (preserve_order) or Python's orjson",
    numbers: Numbers::Serde,
    order: Order::Kept,
    ..COMPACT
};

const JACKSON: Dialect = Dialect {
    name: "jackson",
    about: "Java's Jackson: writeValueAsString(readTree(body))",
    strings: Strings {
        upper_hex: true,
        ..UNICODE
    },
    numbers: Numbers::Java,
    order: Order::Kept,
    ..COMPACT
};

const GSON: Dialect = Dialect {
    name: "gson",
    about: "Java's Gson, < > & = ' escaped, numbers as they were",
    strings: Strings {
        escaped: b"<>&='",
        ..HTML
    },
    numbers: Numbers::Kept,
    order: Order::Kept,
    ..COMPACT
};

const DOTNET: Dialect = Dialect {
    name: "dotnet",
    about: ".NET's System.Text.Json of a JsonElement: \\u00E9, \\u0022, numbers as they were",
    strings: Strings {
        escaped: b"\"&'+<>`\x7f",
        upper_hex: true,
        ..ASCII
    },
    numbers: Numbers::Kept,
    order: Order::Kept,
    keeps_duplicates: true,
    ..COMPACT
};

const POSTGRES: Dialect = Dialect {
    name: "postgres",
    about: "PostgreSQL's jsonb as text: keys sorted by length",
    layout: SPACED,
    numbers: Numbers::Postgres,
    order: Order::LengthFirst,
    ..COMPACT
};

/// Every token as it was.
const MINIFIED: Dialect = Dialect {
    name: "minified",
    about: "white space removed, every token as it was",
    strings: Strings {
        kept: true,
        ..UNICODE
    },
    numbers: Numbers::Kept,
    order: Order::Kept,
    keeps_duplicates: true,
    ..COMPACT
};

/// Go through a struct: keys in their order.
const GO_STRUCT: Dialect = Dialect {
    order: Order::Kept,
    ..GO
};

/// From the commonest to the rarest. Where several give the same bytes, the first is named: so those
/// that need no special evidence stand before those of one language.
static ALL: [Dialect; 62] = [
    COMPACT,
    COMPACT.named("indent-2", "JavaScript's JSON.stringify(value, null, 2)").indent("  "),
    PYTHON,
    PYTHON_UNICODE,
    COMPACT.named("indent-4", "JavaScript's JSON.stringify(value, null, 4)").indent("    "),
    COMPACT.named("tab", "JavaScript's JSON.stringify(value, null, '\\t')").indent("\t"),
    COMPACT.named("sorted-keys", "JavaScript's JSON.stringify with all keys sorted").sorted(Order::Utf16),
    COMPACT.named("indent-2+sorted-keys", "JavaScript's JSON.stringify(value, null, 2) with all keys sorted").indent("  ").sorted(Order::Utf16),
    COMPACT.named("ascii", "JavaScript's JSON.stringify, then all but ASCII as \\uXXXX").strings(ASCII),
    PYTHON.named("python+compact", "Python's json.dumps(value, separators=(',', ':'))").layout(DENSE),
    PYTHON_UNICODE
        .named("python-unicode+compact", "Python's json.dumps(value, separators=(',', ':'), ensure_ascii=False)")
        .layout(DENSE),
    PHP_OBJECT,
    PHP_ARRAY,
    GO,
    GO.named("go+newline", "Go's json.NewEncoder(w).Encode of an unmarshalled any: a line feed at the end").newline(),
    RUBY,
    RAILS,
    PYTHON.named("python+sorted-keys", "Python's json.dumps(value, sort_keys=True)").sorted(Order::CodePoints),
    PYTHON
        .named("python+compact+sorted-keys", "Python's json.dumps(value, separators=(',', ':'), sort_keys=True)")
        .layout(DENSE)
        .sorted(Order::CodePoints),
    PYTHON_UNICODE
        .named("python-unicode+sorted-keys", "Python's json.dumps(value, sort_keys=True, ensure_ascii=False)")
        .sorted(Order::CodePoints),
    PYTHON_UNICODE
        .named(
            "python-unicode+compact+sorted-keys",
            "Python's json.dumps(value, separators=(',', ':'), sort_keys=True, ensure_ascii=False)",
        )
        .layout(DENSE)
        .sorted(Order::CodePoints),
    PYTHON.named("python+indent-2", "Python's json.dumps(value, indent=2)").indent("  "),
    PYTHON.named("python+indent-4", "Python's json.dumps(value, indent=4)").indent("    "),
    PYTHON_UNICODE.named("python-unicode+indent-2", "Python's json.dumps(value, indent=2, ensure_ascii=False)").indent("  "),
    PYTHON_UNICODE.named("python-unicode+indent-4", "Python's json.dumps(value, indent=4, ensure_ascii=False)").indent("    "),
    PYTHON
        .named("python+indent-2+sorted-keys", "Python's json.dumps(value, indent=2, sort_keys=True)")
        .indent("  ")
        .sorted(Order::CodePoints),
    PYTHON
        .named("python+indent-4+sorted-keys", "Python's json.dumps(value, indent=4, sort_keys=True)")
        .indent("    ")
        .sorted(Order::CodePoints),
    PHP_OBJECT
        .named("php+unescaped-slashes", "PHP's json_encode(json_decode($body), JSON_UNESCAPED_SLASHES)")
        .strings(ASCII),
    PHP_OBJECT
        .named("php+unescaped-unicode", "PHP's json_encode(json_decode($body), JSON_UNESCAPED_UNICODE)")
        .strings(PHP_UNICODE),
    PHP_OBJECT
        .named(
            "php+unescaped-slashes+unescaped-unicode",
            "PHP's json_encode(json_decode($body), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE)",
        )
        .strings(Strings { slash: false, ..PHP_UNICODE }),
    PHP_ARRAY
        .named("php-array+unescaped-slashes", "PHP's json_encode(json_decode($body, true), JSON_UNESCAPED_SLASHES)")
        .strings(ASCII),
    PHP_ARRAY
        .named("php-array+unescaped-unicode", "PHP's json_encode(json_decode($body, true), JSON_UNESCAPED_UNICODE)")
        .strings(PHP_UNICODE),
    PHP_ARRAY
        .named(
            "php-array+unescaped-slashes+unescaped-unicode",
            "PHP's json_encode(json_decode($body, true), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE)",
        )
        .strings(Strings { slash: false, ..PHP_UNICODE }),
    PHP_OBJECT.named("php+indent-4", "PHP's json_encode(json_decode($body), JSON_PRETTY_PRINT)").indent("    "),
    PHP_ARRAY.named("php-array+indent-4", "PHP's json_encode(json_decode($body, true), JSON_PRETTY_PRINT)").indent("    "),
    GO.named("go-unescaped", "Go's SetEscapeHTML(false), the line feed trimmed").strings(GO_UNESCAPED),
    GO.named("go-unescaped+newline", "Go's encoder with SetEscapeHTML(false)").strings(GO_UNESCAPED).newline(),
    GO.named("go+indent-2", "Go's json.MarshalIndent(value, \"\", \"  \")").indent("  "),
    GO.named("go+tab", "Go's json.MarshalIndent(value, \"\", \"\\t\")").indent("\t"),
    GO_STRUCT.named("go-struct", "Go's json.Marshal of a struct whose fields are in the body's order"),
    GO_STRUCT.named("go-struct+newline", "Go's json.NewEncoder(w).Encode of a struct in the body's order").newline(),
    RUBY.named("ruby+indent-2", "Ruby's JSON.pretty_generate(JSON.parse(body))").indent("  "),
    SERDE,
    SERDE.named("serde+sorted-keys", "Rust's serde_json, or Python's orjson with OPT_SORT_KEYS").sorted(Order::CodePoints),
    SERDE.named("serde+indent-2", "Rust's serde_json::to_string_pretty (preserve_order)").indent("  "),
    SERDE
        .named("serde+indent-2+sorted-keys", "Rust's serde_json::to_string_pretty")
        .indent("  ")
        .sorted(Order::CodePoints),
    JACKSON,
    JACKSON.named("jackson+sorted-keys", "Java's Jackson with ORDER_MAP_ENTRIES_BY_KEYS").sorted(Order::Utf16),
    JACKSON
        .named("jackson+ascii", "Java's Jackson with ESCAPE_NON_ASCII")
        .strings(Strings { ascii: true, ..JACKSON.strings }),
    JACKSON.named("jackson+indent-2", "Java's Jackson: writerWithDefaultPrettyPrinter()").layout(Layout {
        comma: ",",
        colon: " : ",
        indent: Some("  "),
        spaced_brackets: true,
    }),
    GSON,
    GSON.named("gson+indent-2", "Java's Gson with setPrettyPrinting()").indent("  "),
    DOTNET,
    DOTNET.named("dotnet+indent-2", ".NET's System.Text.Json with WriteIndented").indent("  "),
    POSTGRES,
    MINIFIED,
    MINIFIED.named("minified+spaced", "one space after commas and colons, every token as it was").layout(SPACED),
    MINIFIED.named("minified+indent-2", "indented by 2, every token as it was").indent("  "),
    MINIFIED.named("minified+indent-4", "indented by 4, every token as it was").indent("    "),
    MINIFIED.named("minified+tab", "indented by tabs, every token as it was").indent("\t"),
    COMPACT.named("indent-4+sorted-keys", "JavaScript's JSON.stringify(value, null, 4) with all keys sorted").indent("    ").sorted(Order::Utf16),
    COMPACT.named("ascii+sorted-keys", "JavaScript's JSON.stringify with all keys sorted, then all but ASCII as \\uXXXX").strings(ASCII).sorted(Order::Utf16),
];

impl Dialect {
    const fn named(self, name: &'static str, about: &'static str) -> Self {
        Dialect {
            name,
            about,
            ..self
        }
    }

    const fn layout(self, layout: Layout) -> Self {
        Dialect { layout, ..self }
    }

    const fn indent(self, unit: &'static str) -> Self {
        self.layout(Layout {
            colon: ": ",
            indent: Some(unit),
            ..DENSE
        })
    }

    const fn strings(self, strings: Strings) -> Self {
        Dialect { strings, ..self }
    }

    const fn sorted(self, order: Order) -> Self {
        Dialect { order, ..self }
    }

    const fn newline(self) -> Self {
        Dialect {
            final_newline: true,
            ..self
        }
    }
}

struct Writer<'o> {
    dialect: &'o Dialect,
    doc: &'o [u8],
    out: Vec<u8>,
    longest: usize,
    /// For each byte whether a string with it must be looked at closely.
    special: [bool; 256],
    open: Vec<Frame<'o>>,
    /// How many open containers indent what they hold.
    level: usize,
}

/// A container that is being written.
struct Frame<'o> {
    is_object: bool,
    is_inline: bool,
    is_first: bool,
    left: Left<'o>,
}

enum Left<'o> {
    /// In the document's order.
    InOrder(Nodes<'o>),
    /// In an order of its own.
    Members(std::vec::IntoIter<Member<'o>>),
}

struct Member<'o> {
    /// What the key says, to compare by.
    name: Cow<'o, [u8]>,
    key: Node<'o>,
    value: Node<'o>,
}

impl<'o> Left<'o> {
    fn next(&mut self) -> Option<(Option<Node<'o>>, Node<'o>)> {
        match self {
            Left::InOrder(nodes) => nodes.next(),
            Left::Members(members) => members
                .next()
                .map(|member| (Some(member.key), member.value)),
        }
    }
}

impl<'o> Writer<'o> {
    fn new(dialect: &'o Dialect, outline: &'o Outline<'_>) -> Self {
        let doc = outline.doc();
        Writer {
            dialect,
            doc,
            out: Vec::with_capacity(doc.len() + doc.len() / 8),
            // Indentation can be quadratic in depth; no serialiser met in practice goes so far.
            longest: doc.len().saturating_mul(16).saturating_add(1 << 20),
            special: dialect.strings.special(),
            open: Vec::new(),
            level: 0,
        }
    }

    fn write(mut self, root: Node<'o>) -> Result<Vec<u8>, Error> {
        self.value(root);
        while let Some(mut frame) = self.open.pop() {
            match frame.left.next() {
                Some((key, value)) => {
                    self.between(&mut frame);
                    if let Some(key) = key.filter(|_| frame.is_object) {
                        self.string(key.bytes());
                        self.put(self.dialect.layout.colon);
                    }
                    self.open.push(frame);
                    self.value(value);
                }
                None => self.close(&frame),
            }
            if self.out.len() > self.longest {
                return Err(self.too_long());
            }
        }
        if self.dialect.final_newline {
            self.out.push(b'\n');
        }
        Ok(self.out)
    }

    fn value(&mut self, value: Node<'o>) {
        match value.kind() {
            Kind::ObjectStart | Kind::ArrayStart => self.open(value),
            Kind::String => self.string(value.bytes()),
            Kind::Number => respell(value.bytes(), self.dialect.numbers, &mut self.out),
            _ => self.out.extend_from_slice(value.bytes()),
        }
    }

    fn open(&mut self, container: Node<'o>) {
        let mut is_object = container.kind() == Kind::ObjectStart;
        let rules = self.dialect;
        let mut left = Left::InOrder(container.entries());
        if is_object && !(rules.keeps_duplicates && rules.order == Order::Kept) {
            let members = rules.arrange(container);
            is_object = !(rules.php_arrays && is_list(&members));
            left = Left::Members(members.into_iter());
        }
        let is_inline =
            rules.layout.indent.is_none() || (rules.layout.spaced_brackets && !is_object);
        self.level += usize::from(!is_inline);
        self.out.push(if is_object { b'{' } else { b'[' });
        self.open.push(Frame {
            is_object,
            is_inline,
            is_first: true,
            left,
        });
    }

    fn between(&mut self, frame: &mut Frame<'_>) {
        let is_first = std::mem::replace(&mut frame.is_first, false);
        if !is_first {
            self.put(self.dialect.layout.comma);
        }
        if !frame.is_inline {
            self.indent();
        } else if self.dialect.layout.spaced_brackets {
            self.out.push(b' ');
        }
    }

    fn close(&mut self, frame: &Frame<'_>) {
        self.level -= usize::from(!frame.is_inline);
        if self.dialect.layout.spaced_brackets && (frame.is_first || frame.is_inline) {
            self.out.push(b' ');
        } else if !frame.is_first && !frame.is_inline {
            self.indent();
        }
        self.out.push(if frame.is_object { b'}' } else { b']' });
    }

    fn indent(&mut self) {
        let unit = self.dialect.layout.indent.unwrap_or_default();
        self.out.push(b'\n');
        // Each unit is a run of one character.
        if let Some(&byte) = unit.as_bytes().first() {
            self.out
                .resize(self.out.len() + self.level * unit.len(), byte);
        }
    }

    fn string(&mut self, token: &[u8]) {
        let inner = unquoted(token);
        if self.dialect.strings.kept || !inner.iter().any(|&byte| self.special[usize::from(byte)]) {
            return self.out.extend_from_slice(token);
        }
        self.out.push(b'"');
        for code in CodePoints::of(&String::from_utf8_lossy(inner)) {
            self.dialect.strings.write(code, &mut self.out);
        }
        self.out.push(b'"');
    }

    fn put(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn too_long(&self) -> Error {
        let error = Error {
            offset: self.doc.len(),
            line: 1,
            column: 1,
            kind: ErrorKind::TooLong,
        };
        error.located(self.doc)
    }
}

impl Dialect {
    /// An object's members as this dialect has them: each name once, in its order.
    fn arrange<'o>(&self, object: Node<'o>) -> Vec<Member<'o>> {
        let mut members: Vec<Member<'o>> = object
            .entries()
            .filter_map(|(key, value)| {
                let key = key?;
                let name = match self.strings.replaces_surrogates {
                    true => into_bytes(unescape(key.bytes())),
                    false => wtf8(key.bytes()),
                };
                Some(Member { name, key, value })
            })
            .collect();
        if !self.keeps_duplicates {
            members = last_wins(members);
        }
        match self.order {
            Order::Kept => {}
            Order::IndicesFirst => {
                if members
                    .iter()
                    .any(|member| array_index(&member.name).is_some())
                {
                    members
                        .sort_by_cached_key(|member| array_index(&member.name).unwrap_or(u32::MAX));
                }
            }
            Order::CodePoints => members.sort_by(|a, b| a.name.cmp(&b.name)),
            Order::Utf16 => members.sort_by(|a, b| utf16_rank(&a.name).cmp(utf16_rank(&b.name))),
            Order::LengthFirst => {
                members.sort_by(|a, b| {
                    a.name
                        .len()
                        .cmp(&b.name.len())
                        .then_with(|| a.name.cmp(&b.name))
                });
            }
        }
        members
    }
}

fn into_bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// Of members with the same name the last one's value, at the place of the first.
fn last_wins(members: Vec<Member<'_>>) -> Vec<Member<'_>> {
    let is_small = members.len() <= 16;
    let mut places: HashMap<Cow<'_, [u8]>, usize> = HashMap::new();
    let mut kept: Vec<Member<'_>> = Vec::with_capacity(members.len());
    for member in members {
        let place = match is_small {
            true => kept.iter().position(|other| other.name == member.name),
            false => places.get(&member.name).copied(),
        };
        if let Some(place) = place {
            kept[place].value = member.value;
            continue;
        }
        if !is_small {
            places.insert(member.name.clone(), kept.len());
        }
        kept.push(member);
    }
    kept
}

/// The number that a key is, if JavaScript takes it for an array's index: as it prints it, and below 2^32 - 1.
fn array_index(name: &[u8]) -> Option<u32> {
    let is_canonical = name == b"0"
        || (name.len() <= 10
            && name
                .first()
                .is_some_and(|digit| (b'1'..=b'9').contains(digit)));
    if !is_canonical || !name.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let index = std::str::from_utf8(name).ok()?.parse().ok()?;
    (index < u32::MAX).then_some(index)
}

/// Bytes of UTF-8 that compare as the UTF-16 of the same text does: all characters above U+FFFF, whose first byte is 0xF0
/// or more, sort as their surrogates would, below U+E000, whose first byte is 0xEE.
fn utf16_rank(name: &[u8]) -> impl Iterator<Item = u8> {
    name.iter().map(|&byte| match byte {
        0xEE | 0xEF => byte + 0x10,
        0xF0..=0xF4 => byte - 0x02,
        byte => byte,
    })
}

fn is_list(members: &[Member<'_>]) -> bool {
    let mut members = members.iter().zip(0_u32..);
    members.all(|(member, index)| array_index(&member.name) == Some(index))
}

impl Strings {
    fn special(&self) -> [bool; 256] {
        let mut special = [false; 256];
        special[usize::from(b'\\')] = true;
        special[usize::from(b'/')] = self.slash;
        for &byte in self.escaped {
            special[usize::from(byte)] = true;
        }
        if self.line_separators {
            special[0xE2] = true;
        }
        if self.ascii {
            special[0x80..].fill(true);
        }
        special
    }

    fn write(&self, code: u32, out: &mut Vec<u8>) {
        let byte = u8::try_from(code).ok().filter(u8::is_ascii);
        if byte.is_some_and(|byte| self.escaped.contains(&byte)) {
            return self.escape(code, out);
        }
        let character = match char::from_u32(code) {
            Some(character) => character,
            None if self.replaces_surrogates => char::REPLACEMENT_CHARACTER,
            None => return self.escape(code, out),
        };
        match character {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\u{8}' => out.extend_from_slice(b"\\b"),
            '\u{c}' => out.extend_from_slice(b"\\f"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            '/' if self.slash => out.extend_from_slice(b"\\/"),
            '\0'..='\u{1f}' => self.escape(code, out),
            '\u{2028}' | '\u{2029}' if self.line_separators => self.escape(code, out),
            '\u{80}'.. if self.ascii => self.escape(code, out),
            character => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }

    /// `\uXXXX`, or two of them for what is above U+FFFF.
    fn escape(&self, code: u32, out: &mut Vec<u8>) {
        let digits: &[u8; 16] = if self.upper_hex {
            b"0123456789ABCDEF"
        } else {
            b"0123456789abcdef"
        };
        let mut unit = |unit: u32| {
            out.extend_from_slice(b"\\u");
            out.extend([12, 8, 4, 0].map(|shift| digits[(unit >> shift & 0xF) as usize]));
        };
        match code.checked_sub(0x10000) {
            Some(above) => {
                unit(0xD800 + (above >> 10));
                unit(0xDC00 + (above & 0x3FF));
            }
            None => unit(code),
        }
    }
}
