//! The same JSON as another serialiser would write it: the table of the writers that are met in practice.
//!
//! A receiver that reads a body and writes it again before it verifies the signature signs other bytes. What a
//! dialect does is data here; `writer` does it.

use super::number::Numbers;

/// A way to write JSON, and who writes so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dialect {
    /// Its name, such as `compact`, `python+sorted-keys`.
    pub name: &'static str,
    /// Who writes so, in one line.
    pub about: &'static str,
    /// How rarely it is met, from 0.
    pub rarity: u8,
    pub(super) way: Way,
}

impl Dialect {
    /// All dialects, from the commonest to the rarest. Each name is there once.
    pub fn all() -> &'static [Dialect] {
        ALL
    }

    /// The dialect of exactly that name.
    pub fn named(name: &str) -> Option<&'static Dialect> {
        ALL.iter().find(|dialect| dialect.name == name)
    }
}

/// What a serialiser does with white space, escapes, numbers, and the order of keys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Way {
    pub(super) layout: Layout,
    pub(super) strings: Strings,
    pub(super) numbers: Numbers,
    pub(super) order: Order,
    /// Whether members of the same name all stay. Else the last one's value stands at the first one's place.
    pub(super) keeps_duplicates: bool,
    /// Whether objects become PHP's arrays: empty, or with the keys 0, 1, 2 …, they are written as lists.
    pub(super) php_arrays: bool,
    pub(super) final_newline: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) comma: &'static str,
    pub(super) colon: &'static str,
    /// The character that indents and how many of them a level has; None for all on one line.
    pub(super) indent: Option<(u8, usize)>,
    /// Jackson's printer keeps arrays on one line and puts a space into all brackets.
    pub(super) spaced_brackets: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
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
use Order::{CodePoints, IndicesFirst, Kept, LengthFirst, Utf16};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Strings {
    /// Written as they were, escapes and all.
    pub(super) kept: bool,
    /// Everything above U+007F as `\uXXXX`.
    pub(super) ascii: bool,
    pub(super) upper_hex: bool,
    /// U+2028 and U+2029 as `\u2028` and `\u2029`.
    pub(super) line_separators: bool,
    /// ASCII characters that are written as `\uXXXX` though they need not.
    pub(super) escaped: &'static [u8],
    /// `\/`
    pub(super) slash: bool,
    /// A lone surrogate is written as U+FFFD instead of as an escape.
    pub(super) replaces_surrogates: bool,
}

/// `{"a":[1,2]}`
const DENSE: Layout = Layout { comma: ",", colon: ":", indent: None, spaced_brackets: false };
/// `{"a": [1, 2]}`
const SPACED: Layout = Layout { comma: ", ", colon: ": ", ..DENSE };
/// Jackson's default printer.
const JACKSON_LINES: Layout = Layout { colon: " : ", indent: Some((b' ', 2)), spaced_brackets: true, ..DENSE };

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
const ASCII: Strings = Strings { ascii: true, ..UNICODE };
/// `\u003c`, `\u003e`, `\u0026`
const HTML: Strings = Strings { escaped: b"<>&", line_separators: true, ..UNICODE };
const GO_HTML: Strings = Strings { replaces_surrogates: true, ..HTML };
const GO_UNESCAPED: Strings = Strings { escaped: b"", ..GO_HTML };
const PHP_PLAIN: Strings = Strings { line_separators: true, ..UNICODE };
/// `\/`
const PHP_UNICODE: Strings = Strings { slash: true, ..PHP_PLAIN };
const UPPER_HEX: Strings = Strings { upper_hex: true, ..UNICODE };
const JACKSON_ASCII: Strings = Strings { ascii: true, ..UPPER_HEX };

const JAVASCRIPT: Way = Way {
    layout: DENSE,
    strings: UNICODE,
    numbers: Numbers::JavaScript,
    order: IndicesFirst,
    keeps_duplicates: false,
    php_arrays: false,
    final_newline: false,
};
const IN_ORDER: Way = Way { order: Kept, ..JAVASCRIPT };
const PYTHON_UNICODE: Way = Way { layout: SPACED, numbers: Numbers::Python, ..IN_ORDER };
/// Python escapes U+007F as well.
const PYTHON: Way = PYTHON_UNICODE.strings(Strings { escaped: b"\x7f", ..ASCII });
const PHP: Way = Way { strings: Strings { slash: true, ..ASCII }, numbers: Numbers::Php, ..IN_ORDER };
const PHP_ARRAY: Way = Way { php_arrays: true, ..PHP };
const GO: Way = Way { strings: GO_HTML, numbers: Numbers::Go, order: CodePoints, ..JAVASCRIPT };
/// Go through a struct: keys in their order.
const GO_STRUCT: Way = GO.sorted(Kept);
const RUBY: Way = Way { numbers: Numbers::Ruby, ..IN_ORDER };
const SERDE: Way = Way { numbers: Numbers::Serde, ..IN_ORDER };
const JACKSON: Way = Way { strings: UPPER_HEX, numbers: Numbers::Java, ..IN_ORDER };
const GSON: Way = Way { strings: Strings { escaped: b"<>&='", ..HTML }, numbers: Numbers::Kept, ..IN_ORDER };
const DOTNET: Way = Way {
    strings: Strings { escaped: b"\"&'+<>`\x7f", ..JACKSON_ASCII },
    numbers: Numbers::Kept,
    keeps_duplicates: true,
    ..IN_ORDER
};
const POSTGRES: Way = Way { layout: SPACED, numbers: Numbers::Postgres, order: LengthFirst, ..JAVASCRIPT };
/// Every token as it was.
const MINIFIED: Way = Way {
    strings: Strings { kept: true, ..UNICODE },
    numbers: Numbers::Kept,
    keeps_duplicates: true,
    ..IN_ORDER
};
/// One spelling for all that is the same value.
pub(super) const CANONICAL: Way = SERDE.sorted(CodePoints);

const COMMON: u8 = 0;
const KNOWN: u8 = 1;
const RARE: u8 = 2;

/// From the commonest to the rarest. Where several give the same bytes, the first is named: so those
/// that need no special evidence stand before those of one language.
static ALL: &[Dialect] = &[
    dialect(COMMON, "compact", "JavaScript's JSON.stringify(JSON.parse(body))", JAVASCRIPT),
    dialect(COMMON, "indent-2", "JavaScript's JSON.stringify(value, null, 2)", JAVASCRIPT.spaces(2)),
    dialect(COMMON, "python", "Python's json.dumps(json.loads(body))", PYTHON),
    dialect(COMMON, "python-unicode", "Python's json.dumps(value, ensure_ascii=False)", PYTHON_UNICODE),
    dialect(COMMON, "indent-4", "JavaScript's JSON.stringify(value, null, 4)", JAVASCRIPT.spaces(4)),
    dialect(COMMON, "tab", "JavaScript's JSON.stringify(value, null, '\\t')", JAVASCRIPT.tabs()),
    dialect(KNOWN, "sorted-keys", "JavaScript's JSON.stringify with all keys sorted", JAVASCRIPT.sorted(Utf16)),
    dialect(KNOWN, "indent-2+sorted-keys", "JavaScript's JSON.stringify(value, null, 2) with all keys sorted", JAVASCRIPT.spaces(2).sorted(Utf16)),
    dialect(KNOWN, "ascii", "JavaScript's JSON.stringify, then all but ASCII as \\uXXXX", JAVASCRIPT.strings(ASCII)),
    dialect(KNOWN, "python+compact", "Python's json.dumps(value, separators=(',', ':'))", PYTHON.layout(DENSE)),
    dialect(KNOWN, "python-unicode+compact", "Python's json.dumps(value, separators=(',', ':'), ensure_ascii=False)", PYTHON_UNICODE.layout(DENSE)),
    dialect(KNOWN, "php", "PHP's json_encode(json_decode($body))", PHP),
    dialect(KNOWN, "php-array", "PHP's json_encode(json_decode($body, true)), where {} becomes []", PHP_ARRAY),
    dialect(KNOWN, "go", "Go's json.Marshal of an unmarshalled any: keys sorted, < > & escaped", GO),
    dialect(KNOWN, "go+newline", "Go's json.NewEncoder(w).Encode of an unmarshalled any: a line feed at the end", GO.newline()),
    dialect(KNOWN, "ruby", "Ruby's JSON.generate(JSON.parse(body))", RUBY),
    dialect(KNOWN, "rails", "Rails' to_json: Ruby's with < > & escaped", RUBY.strings(HTML)),
    dialect(KNOWN, "python+sorted-keys", "Python's json.dumps(value, sort_keys=True)", PYTHON.sorted(CodePoints)),
    dialect(KNOWN, "python+compact+sorted-keys", "Python's json.dumps(value, separators=(',', ':'), sort_keys=True)", PYTHON.layout(DENSE).sorted(CodePoints)),
    dialect(KNOWN, "python-unicode+sorted-keys", "Python's json.dumps(value, sort_keys=True, ensure_ascii=False)", PYTHON_UNICODE.sorted(CodePoints)),
    dialect(RARE, "python-unicode+compact+sorted-keys", "Python's json.dumps(value, separators=(',', ':'), sort_keys=True, ensure_ascii=False)", PYTHON_UNICODE.layout(DENSE).sorted(CodePoints)),
    dialect(RARE, "python+indent-2", "Python's json.dumps(value, indent=2)", PYTHON.spaces(2)),
    dialect(RARE, "python+indent-4", "Python's json.dumps(value, indent=4)", PYTHON.spaces(4)),
    dialect(RARE, "python-unicode+indent-2", "Python's json.dumps(value, indent=2, ensure_ascii=False)", PYTHON_UNICODE.spaces(2)),
    dialect(RARE, "python-unicode+indent-4", "Python's json.dumps(value, indent=4, ensure_ascii=False)", PYTHON_UNICODE.spaces(4)),
    dialect(RARE, "python+indent-2+sorted-keys", "Python's json.dumps(value, indent=2, sort_keys=True)", PYTHON.spaces(2).sorted(CodePoints)),
    dialect(RARE, "python+indent-4+sorted-keys", "Python's json.dumps(value, indent=4, sort_keys=True)", PYTHON.spaces(4).sorted(CodePoints)),
    dialect(RARE, "php+unescaped-slashes", "PHP's json_encode(json_decode($body), JSON_UNESCAPED_SLASHES)", PHP.strings(ASCII)),
    dialect(RARE, "php+unescaped-unicode", "PHP's json_encode(json_decode($body), JSON_UNESCAPED_UNICODE)", PHP.strings(PHP_UNICODE)),
    dialect(RARE, "php+unescaped-slashes+unescaped-unicode", "PHP's json_encode(json_decode($body), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE)", PHP.strings(PHP_PLAIN)),
    dialect(RARE, "php-array+unescaped-slashes", "PHP's json_encode(json_decode($body, true), JSON_UNESCAPED_SLASHES)", PHP_ARRAY.strings(ASCII)),
    dialect(RARE, "php-array+unescaped-unicode", "PHP's json_encode(json_decode($body, true), JSON_UNESCAPED_UNICODE)", PHP_ARRAY.strings(PHP_UNICODE)),
    dialect(RARE, "php-array+unescaped-slashes+unescaped-unicode", "PHP's json_encode(json_decode($body, true), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE)", PHP_ARRAY.strings(PHP_PLAIN)),
    dialect(RARE, "php+indent-4", "PHP's json_encode(json_decode($body), JSON_PRETTY_PRINT)", PHP.spaces(4)),
    dialect(RARE, "php-array+indent-4", "PHP's json_encode(json_decode($body, true), JSON_PRETTY_PRINT)", PHP_ARRAY.spaces(4)),
    dialect(RARE, "go-unescaped", "Go's SetEscapeHTML(false), the line feed trimmed", GO.strings(GO_UNESCAPED)),
    dialect(RARE, "go-unescaped+newline", "Go's encoder with SetEscapeHTML(false)", GO.strings(GO_UNESCAPED).newline()),
    dialect(RARE, "go+indent-2", "Go's json.MarshalIndent(value, \"\", \"  \")", GO.spaces(2)),
    dialect(RARE, "go+tab", "Go's json.MarshalIndent(value, \"\", \"\\t\")", GO.tabs()),
    dialect(RARE, "go-struct", "Go's json.Marshal of a struct whose fields are in the body's order", GO_STRUCT),
    dialect(RARE, "go-struct+newline", "Go's json.NewEncoder(w).Encode of a struct in the body's order", GO_STRUCT.newline()),
    dialect(RARE, "ruby+indent-2", "Ruby's JSON.pretty_generate(JSON.parse(body))", RUBY.spaces(2)),
    dialect(RARE, "serde", "Rust's serde_json (preserve_order) or Python's orjson", SERDE),
    dialect(RARE, "serde+sorted-keys", "Rust's serde_json, or Python's orjson with OPT_SORT_KEYS", SERDE.sorted(CodePoints)),
    dialect(RARE, "serde+indent-2", "Rust's serde_json::to_string_pretty (preserve_order)", SERDE.spaces(2)),
    dialect(RARE, "serde+indent-2+sorted-keys", "Rust's serde_json::to_string_pretty", SERDE.spaces(2).sorted(CodePoints)),
    dialect(RARE, "jackson", "Java's Jackson: writeValueAsString(readTree(body))", JACKSON),
    dialect(RARE, "jackson+sorted-keys", "Java's Jackson with ORDER_MAP_ENTRIES_BY_KEYS", JACKSON.sorted(Utf16)),
    dialect(RARE, "jackson+ascii", "Java's Jackson with ESCAPE_NON_ASCII", JACKSON.strings(JACKSON_ASCII)),
    dialect(RARE, "jackson+indent-2", "Java's Jackson: writerWithDefaultPrettyPrinter()", JACKSON.layout(JACKSON_LINES)),
    dialect(RARE, "gson", "Java's Gson, < > & = ' escaped, numbers as they were", GSON),
    dialect(RARE, "gson+indent-2", "Java's Gson with setPrettyPrinting()", GSON.spaces(2)),
    dialect(RARE, "dotnet", ".NET's System.Text.Json of a JsonElement: \\u00E9, \\u0022, numbers as they were", DOTNET),
    dialect(RARE, "dotnet+indent-2", ".NET's System.Text.Json with WriteIndented", DOTNET.spaces(2)),
    dialect(RARE, "postgres", "PostgreSQL's jsonb as text: keys sorted by length", POSTGRES),
    dialect(RARE, "minified", "white space removed, every token as it was", MINIFIED),
    dialect(RARE, "minified+spaced", "one space after commas and colons, every token as it was", MINIFIED.layout(SPACED)),
    dialect(RARE, "minified+indent-2", "indented by 2, every token as it was", MINIFIED.spaces(2)),
    dialect(RARE, "minified+indent-4", "indented by 4, every token as it was", MINIFIED.spaces(4)),
    dialect(RARE, "minified+tab", "indented by tabs, every token as it was", MINIFIED.tabs()),
    dialect(RARE, "indent-4+sorted-keys", "JavaScript's JSON.stringify(value, null, 4) with all keys sorted", JAVASCRIPT.spaces(4).sorted(Utf16)),
    dialect(RARE, "ascii+sorted-keys", "JavaScript's JSON.stringify with all keys sorted, then all but ASCII as \\uXXXX", JAVASCRIPT.strings(ASCII).sorted(Utf16)),
];

const fn dialect(rarity: u8, name: &'static str, about: &'static str, way: Way) -> Dialect {
    Dialect { name, about, rarity, way }
}

impl Way {
    const fn layout(self, layout: Layout) -> Self {
        Way { layout, ..self }
    }

    const fn indent(self, byte: u8, count: usize) -> Self {
        self.layout(Layout { colon: ": ", indent: Some((byte, count)), ..DENSE })
    }

    const fn spaces(self, count: usize) -> Self {
        self.indent(b' ', count)
    }

    const fn tabs(self) -> Self {
        self.indent(b'\t', 1)
    }

    const fn strings(self, strings: Strings) -> Self {
        Way { strings, ..self }
    }

    const fn sorted(self, order: Order) -> Self {
        Way { order, ..self }
    }

    const fn newline(self) -> Self {
        Way { final_newline: true, ..self }
    }
}
