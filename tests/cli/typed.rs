//! What is said of a command line that cannot be understood: one sentence, the way out, no secret.

use crate::runner::Place;

#[test]
fn typing_errors_are_answered_with_what_was_meant() {
    let place = Place::new();
    place.file("present.http", "POST / HTTP/1.1\r\n\r\n");
    for (words, error, hint) in [
        ("sgn", "bluehook has no command sgn", "did you mean sign?"),
        (
            "version",
            "bluehook has no command version",
            "bluehook --version tells it",
        ),
        (
            "frobnicate",
            "bluehook has no command frobnicate",
            "bluehook --help lists the commands",
        ),
        (
            "sign --jsn",
            "sign has no option --jsn",
            "did you mean --json?",
        ),
        (
            "sign --frobnicate",
            "sign has no option --frobnicate",
            "--help lists the options",
        ),
        (
            "--jsn",
            "bluehook has no option --jsn",
            "--help lists the options",
        ),
        (
            "sign --color sometimes",
            "--color sometimes: write auto, always or never",
            "",
        ),
        (
            "sign --color nevr",
            "--color nevr: write auto, always or never",
            "did you mean never?",
        ),
        (
            "sign --secret-file",
            "--secret-file needs a value: --secret-file FILE",
            "",
        ),
        ("sign --json=1", "--json takes no value", ""),
        ("sign -q -v", "--quiet does not go with --verbose", ""),
        ("sign --at 1 --at 2", "--at is given twice", ""),
        (
            "listen 3000",
            "listen takes no argument without an option",
            "-p 3000 listens on this port, -f 3000 passes deliveries on to it",
        ),
        (
            "listen http://localhost:3000",
            "listen takes no argument without an option",
            "-f URL passes deliveries on; --help lists the options",
        ),
        (
            "send TODO_CREATED",
            "TODO_CREATED is an event, not a URL",
            "-e TODO_CREATED sends its sample",
        ),
        (
            "send 3000 TODO_CREATED",
            "TODO_CREATED is an event, and send takes one URL",
            "-e TODO_CREATED sends its sample",
        ),
        (
            "vefiry",
            "bluehook has no command vefiry",
            "did you mean verify?",
        ),
        (
            "listen --duration 5s",
            "listen has no option --duration",
            "did you mean --timeout?",
        ),
        (
            "listen --forward 3000",
            "listen has no option --forward",
            "did you mean --forward-to?",
        ),
        (
            "send --url 3000",
            "send has no option --url",
            "URL is named without an option",
        ),
        (
            "send 3000 --time-scale -1",
            "--time-scale -1: write a number from 0 to 1000",
            "",
        ),
        (
            "send 3000 --timeout -5s",
            "--timeout -5s: write a duration in ms, s, m or h, such as 250ms, 7s, 5m or 2h",
            "",
        ),
        (
            "send 3000 -n -5",
            "--repeat -5: write a number from 1 on",
            "",
        ),
        (
            "send 3000 -n 99999999999999999999",
            "--repeat 99999999999999999999: write a smaller number",
            "",
        ),
        (
            "send 3000 --timeout 99d",
            "--timeout 99d: hours are the longest unit: write 2376h",
            "",
        ),
        (
            "send 3000 --policy blu",
            "--policy blu: write once, blue or standard",
            "",
        ),
        (
            "sign -- -x -s",
            "sign got one argument too many",
            "options begin with --, and --help lists them",
        ),
        (
            "replay 3000",
            "replay takes the recording first, then the URL",
            "for example: bluehook replay deliveries.jsonl 3000",
        ),
        (
            "replay 3000 present.http",
            "replay takes the recording first, then the URL",
            "for example: bluehook replay present.http 3000",
        ),
        (
            "send 3000 --force",
            "--force needs --webhook NAME beside it",
            "",
        ),
        ("replay a --seed 1", "--seed needs --shuffle beside it", ""),
        (
            "schemes nope",
            "nope is not a known scheme",
            "bluehook schemes lists them",
        ),
        (
            "sign --scheme nope",
            "nope is not a known scheme",
            "bluehook schemes lists them; --scheme-file takes one of your own",
        ),
        (
            "listen -f TODO_CREATD=3000",
            "no event of Blue's matches TODO_CREATD",
            "did you mean TODO_CREATED?",
        ),
        (
            "fire 3000",
            "bluehook has no command fire",
            "did you mean send?",
        ),
        (
            "-v",
            "bluehook has no option -v",
            "bluehook --version tells it",
        ),
        (
            "sign -s -",
            "--secret: - is no secret",
            "--secret-env NAME tells of an unset variable, --secret-file - reads standard input",
        ),
        (
            "events --event TODO_CREATED",
            "events has no option --event",
            "NAME is named without an option",
        ),
        (
            "sign --body body.json",
            "sign has no option --body",
            "BODY is named without an option",
        ),
        (
            "replay --recording x",
            "replay has no option --recording",
            "RECORDING is named without an option",
        ),
        (
            "check 3000 -s x -H Content-Length:5",
            "Content-Length frames the message on its connection and cannot be set with -H",
            "",
        ),
        (
            "listen -k",
            "-k needs --forward-to [GLOB=]URL beside it",
            "",
        ),
        (
            "listen -f =3000",
            "--forward-to =3000: there is no glob before the =",
            "",
        ),
        (
            "check 3000 --only [",
            "--only [: write a glob such as refuses/*: invalid range pattern at character 1",
            "",
        ),
        (
            "replay",
            "replay needs to know what to send again",
            "name a recording, then the URL: bluehook replay deliveries.jsonl 3000",
        ),
        (
            "check",
            "check needs to know which receiver",
            "name its URL, or a profile with -w: bluehook check 3000/hooks --secret-file secret.txt",
        ),
        (
            "completions",
            "completions needs to know for which shell",
            "bash, zsh, fish, elvish or powershell: bluehook completions bash",
        ),
        (
            "send",
            "send needs to know where to",
            "name a URL (3000 is http://localhost:3000), a profile with -w, or --loopback, which needs no receiver",
        ),
    ] {
        let hint = match hint {
            "" => String::new(),
            hint => format!("  hint: {hint}\n"),
        };
        place
            .bluehook(words)
            .run()
            .fails(2, &format!("error: {error}\n{hint}"));
    }
}

#[test]
fn what_curl_has_and_send_does_not_need_is_answered_with_what_there_is() {
    let place = Place::new();
    for (words, option, way) in [
        ("-X POST", "-X", "every delivery is a POST"),
        ("-i", "-i", "-v shows its headers"),
        ("-o answer.txt", "-o", "> FILE"),
        ("-u name:hunter2", "-u", "-H 'Authorization: Basic …'"),
        ("-L", "-L", "redirects are never followed"),
        ("-m 5", "-m", "--timeout"),
    ] {
        let ended = place.bluehook(&format!("send 3000 {words}")).run();
        let talk = ended.talk();
        assert_eq!(
            (ended.code, ended.text()),
            (Some(2), String::new()),
            "{words}"
        );
        let said = format!("error: send has no {option}, which curl has\n  hint: ");
        assert!(talk.starts_with(&said) && talk.contains(way), "{talk}");
        assert!(!talk.contains("hunter2"), "{talk}");
    }
}

#[test]
fn no_error_repeats_a_secret() {
    let place = Place::new();
    place.file("headers", "X-A: 1\nAuthorization Bearer hunter2\n");
    place.file("body.json", "{}");
    for words in [
        "sign body.json hunter2",
        "sign body.json --secret-env hunter2",
        "sign body.json -w hunter --secret-env hunter2 --json=hunter2",
        "verify body.json -s a -H Authorizationhunter2",
        "verify body.json -s a -H @headers",
        "send 3000 --unsigned -H X:1 -H Bearer-hunter2",
        "send http://name:hunter2@localhost/",
        "send ftp://name:hunter2@localhost/",
        "send 3000 http://name:hunter2@localhost/",
        "send 3000 --unsigned --proxy http://name:hunter2@",
        "send 3000 --unsigned --proxy ftp://name:hunter2@host",
        "send 3000 --unsigned --set hunter2",
        "listen --forward-to http://name:hunter2@localhost",
        "listen --forward-to TODO_*=ftp://name:hunter2@localhost",
        "listen --public-url name:hunter2@localhost",
        "sign --signed-url name:hunter2@localhost body.json",
    ] {
        let ended = place.bluehook(words).run();
        assert_eq!(
            (ended.code, ended.text()),
            (Some(2), String::new()),
            "{words}"
        );
        let talk = ended.talk();
        assert!(!talk.to_lowercase().contains("hunter2"), "{words}: {talk}");
        assert!(talk.starts_with("error: "), "{words}: {talk}");
    }
}

#[test]
fn the_file_that_cannot_be_read_is_told_with_what_named_it() {
    let place = Place::new();
    place.file("body.json", "{\"event\":\"TODO_CREATED\"}");
    for (words, option) in [
        ("sign body.json --secret-file nofile", "--secret-file"),
        ("sign body.json -s x --scheme-file nofile", "--scheme-file"),
        ("sign body.json -s x -H @nofile", "--header"),
        ("send 1 --unsigned --cacert nofile", "--cacert"),
        ("send 1 --unsigned --data @nofile", "--data"),
    ] {
        let ended = place.bluehook(words).run();
        let named = format!("error: could not read nofile, which {option} names\n");
        assert_eq!(
            (ended.code, ended.text()),
            (Some(3), String::new()),
            "{words}"
        );
        assert!(
            ended.talk().starts_with(&named),
            "{words}: {}",
            ended.talk()
        );
    }
    let ended = place.bluehook("verify --delivery body.json -s x").run();
    let hint = "  hint: a body alone is no delivery: bluehook verify body.json with --signature or -H judges it\n";
    assert!(ended.talk().ends_with(hint), "{}", ended.talk());
}

#[test]
fn what_a_scheme_has_no_use_for_is_told_of() {
    let place = Place::new();
    let sign = |words: &str| {
        place
            .bluehook(&format!("sign -s x {words}"))
            .stdin("{}")
            .run()
    };
    let at = "note: --at changes nothing: the scheme blue has no timestamp\n";
    let id = "note: --id changes nothing: the scheme blue has no id\n";
    assert_eq!(sign("--at 1 --id a").talk(), format!("{at}{id}"));
    assert_eq!(sign("--at 1 -q").talk(), "");
    assert_eq!(sign("--at 1 --scheme stripe").talk(), "");
    let verify = place
        .bluehook("verify -s x --signature 00 --tolerance 5m")
        .stdin("{}")
        .run();
    assert_eq!(
        verify.talk(),
        "note: --tolerance changes nothing: the scheme blue has no timestamp\n"
    );
}
