//! `bluehook events`.

use sha2::{Digest as _, Sha256};

use crate::runner::Place;

#[test]
fn the_catalogue_lists_every_event() {
    let place = Place::new();
    let lines = place.bluehook("events --json").run().json();
    assert_eq!(lines.len(), bluehook::blue::event::all().len());
    let first = &lines[0];
    assert_eq!(first["event"], "TODO_CREATED");
    assert_eq!(first["entity"], "Todo");
    assert_eq!(first["meaning"], "a record was created");
    let text = place.bluehook("events").run().text();
    for line in &lines {
        assert!(text.contains(line["event"].as_str().unwrap()));
    }
}

#[test]
fn the_documented_sample_is_exact() {
    let place = Place::new();
    let sample = place.bluehook("events TODO_CREATED").run().stdout;
    let (end, body) = sample.split_last().unwrap();
    assert_eq!((*end, body.len()), (b'\n', 2334));
    assert!(hex::encode(Sha256::digest(body)).starts_with("b9e43d04"));
}

#[test]
fn an_unknown_event_is_answered_with_the_nearest_name() {
    let place = Place::new();
    place.bluehook("events TODO_CRETED").run().fails(
        2,
        "error: TODO_CRETED is not an event of Blue\n  hint: did you mean TODO_CREATED?\n",
    );
}
