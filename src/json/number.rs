//! Numbers as other languages spell them after having read them.
//!
//! Each host decides which spellings are whole numbers kept exactly and how a double is laid out. The digits of a double
//! are always the shortest that read back as the same double, which all hosts here use and Rust's `{:e}` gives.

/// Whose numbers they become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    /// Spelled as they were.
    Kept,
    /// ECMAScript, Number::toString: all are doubles, what is too big becomes `null`.
    JavaScript,
    /// CPython's `int` and `repr(float)`.
    Python,
    /// Ruby's `Integer` and `Float#to_s`.
    Ruby,
    /// PHP since 7.1 with `serialize_precision = -1` and without `JSON_PRESERVE_ZERO_FRACTION`.
    Php,
    /// encoding/json with `float64`.
    Go,
    /// Jackson with `Double.toString` of JDK 19 and later.
    Java,
    /// serde_json: 64-bit whole numbers, else doubles. Its older versions wrote exponents without `+`.
    Serde,
    /// PostgreSQL's `numeric`, exact.
    Postgres,
}

/// Writes the number token as `numbers` spells it. Where the host would refuse it, it stays as it is.
pub(super) fn respell(token: &[u8], numbers: Numbers, out: &mut Vec<u8>) {
    let is_short_integer = token.len() <= 15 && token.iter().all(u8::is_ascii_digit);
    if numbers == Numbers::Kept || is_short_integer || !token.is_ascii() {
        return out.extend_from_slice(token);
    }
    let spelling = String::from_utf8_lossy(token);
    let respelled = match numbers {
        Numbers::Kept => None,
        Numbers::Postgres => decimal(&spelling),
        _ if !spelling.contains(['.', 'e', 'E']) => integer(&spelling, numbers),
        _ => Double::read(&spelling).and_then(|double| double.spell(numbers)),
    };
    match respelled {
        Some(text) => out.extend_from_slice(text.as_bytes()),
        None => out.extend_from_slice(token),
    }
}

fn integer(spelling: &str, numbers: Numbers) -> Option<String> {
    let is_minus_zero = spelling == "-0";
    let keeps = match numbers {
        Numbers::Python | Numbers::Ruby | Numbers::Java if is_minus_zero => {
            return Some("0".to_owned());
        }
        Numbers::Python | Numbers::Ruby | Numbers::Java => true,
        Numbers::Php => is_minus_zero || spelling.parse::<i64>().is_ok(),
        Numbers::Serde => {
            !is_minus_zero && (spelling.parse::<i64>().is_ok() || spelling.parse::<u64>().is_ok())
        }
        _ => false,
    };
    match keeps {
        true => None,
        false => Double::read(spelling)?.spell(numbers),
    }
}

/// A double as its sign, its shortest digits, and where their point goes: the value is 0.digits × 10^point.
struct Double {
    negative: bool,
    digits: String,
    point: i32,
    infinite: bool,
}

impl Double {
    fn read(spelling: &str) -> Option<Self> {
        let value: f64 = spelling.parse().ok()?;
        if value.is_infinite() {
            return Some(Double {
                negative: value < 0.0,
                digits: String::new(),
                point: 0,
                infinite: true,
            });
        }
        let scientific = format!("{:e}", value.abs());
        let (mantissa, exponent) = scientific.split_once('e')?;
        Some(Double {
            negative: value.is_sign_negative(),
            digits: mantissa.replace('.', ""),
            point: exponent.parse::<i32>().ok()? + 1,
            infinite: false,
        })
    }

    fn spell(&self, numbers: Numbers) -> Option<String> {
        let is_zero = self.digits == "0";
        let sign = if self.negative && !(is_zero && numbers == Numbers::JavaScript) {
            "-"
        } else {
            ""
        };
        if self.infinite {
            return match numbers {
                Numbers::JavaScript => Some("null".to_owned()),
                Numbers::Python => Some(format!("{sign}Infinity")),
                _ => None,
            };
        }
        let point = self.point;
        let text = match numbers {
            Numbers::JavaScript | Numbers::Go if (-5..=21).contains(&point) => self.plain(""),
            Numbers::JavaScript | Numbers::Go => self.scientific("", "e", true, 1),
            Numbers::Python | Numbers::Ruby if (-3..=16).contains(&point) => self.plain(".0"),
            Numbers::Python => self.scientific("", "e", true, 2),
            Numbers::Ruby => self.scientific(".0", "e", true, 2),
            Numbers::Php if (-3..=17).contains(&point) => self.plain(""),
            Numbers::Php => self.scientific(".0", "e", true, 1),
            Numbers::Java if is_zero || (-2..=7).contains(&point) => self.plain(".0"),
            Numbers::Java => self.scientific(".0", "E", false, 1),
            Numbers::Serde if (-4..=16).contains(&point) => self.plain(".0"),
            Numbers::Serde => self.scientific("", "e", true, 1),
            Numbers::Kept | Numbers::Postgres => return None,
        };
        Some(format!("{sign}{text}"))
    }

    /// Without exponent; a whole number gets `whole` after it.
    fn plain(&self, whole: &str) -> String {
        let Double { digits, point, .. } = self;
        match usize::try_from(*point) {
            Ok(point) if point >= digits.len() => format!("{digits:0<point$}{whole}"),
            Ok(point) if point > 0 => format!("{}.{}", &digits[..point], &digits[point..]),
            _ => format!("0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
        }
    }

    /// With an exponent of at least `width` digits; a single digit gets `whole` after it.
    fn scientific(&self, whole: &str, letter: &str, plus: bool, width: usize) -> String {
        let (first, rest) = self.digits.split_at(1);
        let exponent = self.point - 1;
        let sign = match exponent {
            ..0 => "-",
            _ if plus => "+",
            _ => "",
        };
        let fraction = match rest {
            "" => whole.to_owned(),
            rest => format!(".{rest}"),
        };
        format!(
            "{first}{fraction}{letter}{sign}{:0>width$}",
            exponent.unsigned_abs()
        )
    }
}

/// The exact value without exponent, its trailing zeros kept. None if that would be very long.
fn decimal(spelling: &str) -> Option<String> {
    const LONGEST_SHIFT: i64 = 400;
    let (mantissa, exponent) = spelling.split_once(['e', 'E']).unwrap_or((spelling, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    if exponent.abs() > LONGEST_SHIFT {
        return None;
    }
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => ("-", mantissa),
        None => ("", mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let shift = exponent.unsigned_abs() as usize;
    let (whole, fraction) = if exponent >= 0 {
        let moved = shift.min(fraction.len());
        let zeros = "0".repeat(shift - moved);
        (
            format!("{whole}{}{zeros}", &fraction[..moved]),
            fraction[moved..].to_owned(),
        )
    } else {
        let padded = format!("{}{whole}", "0".repeat(shift));
        let (whole, moved) = padded.split_at(padded.len() - shift);
        (whole.to_owned(), format!("{moved}{fraction}"))
    };
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    let is_zero = whole == "0" && fraction.bytes().all(|digit| digit == b'0');
    let sign = if is_zero { "" } else { sign };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a number becomes in each host; `*` is not looked at.
    const TABLE: &str = "
number               | JavaScript            | Python               | Ruby                 | PHP                    | Go                    | Java                 | serde_json             | PostgreSQL
0                    | 0                     | 0                    | 0                    | 0                      | 0                     | 0                    | 0                      | 0
-0                   | 0                     | 0                    | 0                    | -0                     | -0                    | 0                    | -0.0                   | 0
-0.0                 | 0                     | -0.0                 | -0.0                 | -0                     | -0                    | -0.0                 | -0.0                   | 0.0
1.0                  | 1                     | 1.0                  | 1.0                  | 1                      | 1                     | 1.0                  | 1.0                    | 1.0
1.10                 | 1.1                   | 1.1                  | 1.1                  | 1.1                    | 1.1                   | 1.1                  | 1.1                    | 1.10
-1e3                 | -1000                 | -1000.0              | -1000.0              | -1000                  | -1000                 | -1000.0              | -1000.0                | -1000
1E+2                 | 100                   | 100.0                | 100.0                | 100                    | 100                   | 100.0                | 100.0                  | 100
12345678.5           | 12345678.5            | 12345678.5           | 12345678.5           | 12345678.5             | 12345678.5            | 1.23456785E7         | 12345678.5             | 12345678.5
1e15                 | 1000000000000000      | 1000000000000000.0   | 1000000000000000.0   | 1000000000000000       | 1000000000000000      | 1.0E15               | 1000000000000000.0     | 1000000000000000
1e16                 | 10000000000000000     | 1e+16                | 1.0e+16              | 10000000000000000      | 10000000000000000     | 1.0E16               | 1e+16                  | 10000000000000000
1e17                 | 100000000000000000    | 1e+17                | 1.0e+17              | 1.0e+17                | 100000000000000000    | 1.0E17               | 1e+17                  | 100000000000000000
1e20                 | 100000000000000000000 | 1e+20                | 1.0e+20              | 1.0e+20                | 100000000000000000000 | 1.0E20               | 1e+20                  | 100000000000000000000
1e21                 | 1e+21                 | 1e+21                | 1.0e+21              | 1.0e+21                | 1e+21                 | 1.0E21               | 1e+21                  | 1000000000000000000000
1.5e300              | 1.5e+300              | 1.5e+300             | 1.5e+300             | 1.5e+300               | 1.5e+300              | 1.5E300              | 1.5e+300               | *
0.001                | 0.001                 | 0.001                | 0.001                | 0.001                  | 0.001                 | 0.001                | 0.001                  | 0.001
0.0001               | 0.0001                | 0.0001               | 0.0001               | 0.0001                 | 0.0001                | 1.0E-4               | 0.0001                 | 0.0001
1e-5                 | 0.00001               | 1e-05                | 1.0e-05              | 1.0e-5                 | 0.00001               | 1.0E-5               | 0.00001                | 0.00001
1.5e-6               | 0.0000015             | 1.5e-06              | 1.5e-06              | 1.5e-6                 | 0.0000015             | 1.5E-6               | 1.5e-6                 | 0.0000015
1e-7                 | 1e-7                  | 1e-07                | 1.0e-07              | 1.0e-7                 | 1e-7                  | 1.0E-7               | 1e-7                   | 0.0000001
18446744073709551615 | 18446744073709552000  | 18446744073709551615 | 18446744073709551615 | 1.8446744073709552e+19 | 18446744073709552000  | 18446744073709551615 | 18446744073709551615   | 18446744073709551615
18446744073709551616 | 18446744073709552000  | 18446744073709551616 | 18446744073709551616 | 1.8446744073709552e+19 | 18446744073709552000  | 18446744073709551616 | 1.8446744073709552e+19 | 18446744073709551616
1e400                | null                  | Infinity             | 1e400                | 1e400                  | 1e400                 | 1e400                | 1e400                  | *
";

    #[test]
    fn each_host_spells_numbers_its_own_way() {
        let hosts = [
            Numbers::JavaScript,
            Numbers::Python,
            Numbers::Ruby,
            Numbers::Php,
            Numbers::Go,
            Numbers::Java,
            Numbers::Serde,
            Numbers::Postgres,
        ];
        for row in TABLE.trim().lines().skip(1) {
            let mut cells = row.split('|').map(str::trim);
            let token = cells.next().unwrap();
            assert_eq!(cells.clone().count(), hosts.len(), "{row}");
            for (host, expected) in hosts
                .into_iter()
                .zip(cells)
                .filter(|(_, expected)| *expected != "*")
            {
                let mut out = Vec::new();
                respell(token.as_bytes(), host, &mut out);
                assert_eq!(
                    String::from_utf8_lossy(&out),
                    expected,
                    "{token} as {host:?}"
                );
            }
        }
    }

    #[test]
    fn a_decimal_is_never_very_long() {
        assert_eq!(decimal("1e401"), None);
        assert_eq!(decimal("1e99999999999999999999"), None);
        assert_eq!(decimal("12.345e1").as_deref(), Some("123.45"));
        assert_eq!(decimal("12.345e-3").as_deref(), Some("0.012345"));
        assert_eq!(decimal("-0e5").as_deref(), Some("0"));
    }
}
