//! The name that was probably meant: the one measure of likeness behind every "did you mean".

/// Longer names are not compared: comparing takes time in the square of the length.
const LONGEST_NAME: usize = 64;
/// No more names than this are compared.
const MOST_NAMES: usize = 1000;

/// The name that is so similar to `name` that it was probably meant, whatever the case; of several
/// the first one. One letter in four may be wrong, in short names one at all; or the letters stand
/// in another order.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    let wanted = name.to_lowercase();
    let allowed = match wanted.chars().count() {
        0..3 => 0,
        length => (length / 4).max(1),
    };
    known
        .into_iter()
        .take(MOST_NAMES)
        .filter(|known| known.len() <= LONGEST_NAME)
        .map(|known| {
            let lower = known.to_lowercase();
            let distance = strsim::damerau_levenshtein(&wanted, &lower);
            match letters(&wanted) == letters(&lower) {
                true => (distance.min(1), known),
                false => (distance, known),
            }
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

fn letters(name: &str) -> Vec<char> {
    let mut letters: Vec<char> = name.chars().collect();
    letters.sort_unstable();
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_similar_was_meant_and_nothing_else() {
        let known = ["url", "secret", "secret_env", "b"];
        for (name, meant) in [
            ("urll", Some("url")),
            ("URL", Some("url")),
            ("sceret", Some("secret")),
            ("secert_nve", Some("secret_env")),
            ("B", Some("b")),
            ("a", None),
            ("", None),
            ("password", None),
        ] {
            assert_eq!(nearest(name, known), meant, "{name}");
        }
        let long = "a".repeat(65);
        assert_eq!(nearest(&long, [long.as_str()]), None);
    }
}
