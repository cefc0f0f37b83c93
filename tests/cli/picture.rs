//! The picture of the README: what `verify` prints of a forged delivery, drawn as it prints it.

use std::path::Path;

use crate::runner::Place;

const SIGNATURE: &str = "d16742dc35e743eb175d2b23d73d08e845e486b3d5133db3a3429e2083ed96d5";
const TYPED: &str = "$ bluehook verify saved.json --secret-file secret.txt --signature d16742dc…";
const LINE: usize = 22;
const WIDE: usize = 900;

/// A line of a terminal as SVG: its colours become classes.
fn drawn(line: &str, y: usize) -> String {
    let mut spans = String::new();
    for (index, piece) in line.split("\u{1b}[").enumerate() {
        let (codes, text) = match index {
            0 => ("0", piece),
            _ => piece.split_once('m').unwrap(),
        };
        let class = match codes.rsplit(';').next().unwrap() {
            "31" => "bad",
            "32" => "good",
            "35" => "odd",
            "36" => "name",
            "1" => "strong",
            "2" => "dim",
            _ => "plain",
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        if !text.is_empty() {
            spans.push_str(&format!("<tspan class=\"{class}\">{text}</tspan>"));
        }
    }
    format!("<text x=\"24\" y=\"{y}\" xml:space=\"preserve\">{spans}</text>\n")
}

#[test]
fn documents_the_picture_shows_what_verify_prints() {
    let place = Place::new();
    place.file("secret.txt", "pat_geheim");
    place.file("saved.json", "{\"event\":\"TODO_CREATED\"}\n");
    let ended = place
        .bluehook("verify saved.json --secret-file secret.txt --color always --signature")
        .arg(SIGNATURE)
        .run();
    assert_eq!((ended.code, ended.talk().as_str()), (Some(1), ""));
    let text = format!("{TYPED}\n{}", ended.text());
    let height = 40 + LINE * text.lines().count();
    let lines: String = (text.lines().enumerate())
        .map(|(index, line)| drawn(line, 36 + LINE * index))
        .collect();
    let picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDE}\" height=\"{height}\" viewBox=\"0 0 {WIDE} {height}\" role=\"img\" aria-label=\"bluehook verify says why a delivery is not genuine\">\n\
         <style>text{{font:14px ui-monospace,Menlo,Consolas,monospace}}.plain{{fill:#d7dae0}}.bad{{fill:#ff7b72;font-weight:bold}}.good{{fill:#7ee787;font-weight:bold}}.odd{{fill:#d2a8ff}}.name{{fill:#79c0ff}}.strong{{fill:#d7dae0;font-weight:bold}}.dim{{fill:#8b949e}}</style>\n\
         <rect width=\"{WIDE}\" height=\"{height}\" rx=\"8\" fill=\"#0d1117\"/>\n{lines}</svg>\n"
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/forged.svg");
    if std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite") {
        std::fs::write(&path, &picture).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == picture,
        "docs/forged.svg is stale: refresh it with\n  SNAPSHOTS=overwrite cargo test documents"
    );
}
