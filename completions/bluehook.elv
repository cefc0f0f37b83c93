
use builtin;
use str;

set edit:completion:arg-completer[bluehook] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'bluehook'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'bluehook'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand sign 'Print the signature of a body'
            cand verify 'Is this delivery genuine? If not, why not, and what would make it match'
            cand send 'Send a sample or saved payload, signed'
            cand events 'List Blue''s events; with a name, print its sample payload'
            cand completions 'Print the completion script of a shell'
        }
        &'bluehook;sign'= {
            cand -s 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret-file 'Read the secret from a file (- for standard input): any bytes, without the line end at the end'
            cand --secret-env 'Read the secret from an environment variable'
            cand --format 'What to print: the value of the signature header, all headers that the scheme adds (one a line, as curl''s -H @- reads them), or JSON'
            cand --color 'When to colour the output: auto, always or never'
            cand --json 'Print machine-readable output: one JSON object a line'
            cand -q 'Print no report, only what was asked for'
            cand --quiet 'Print no report, only what was asked for'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'bluehook;verify'= {
            cand --signature 'The signature: short for the scheme''s signature header'
            cand -H 'A header of the delivery, in curl''s syntax; @FILE reads them from a file'
            cand --header 'A header of the delivery, in curl''s syntax; @FILE reads them from a file'
            cand -s 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret-file 'Read the secret from a file (- for standard input): any bytes, without the line end at the end'
            cand --secret-env 'Read the secret from an environment variable'
            cand --color 'When to colour the output: auto, always or never'
            cand --show-expected 'Print the signature that would have been right: whoever sees it can forge the delivery'
            cand --explain 'Show the signed content and the steps from secret to signature'
            cand --json 'Print machine-readable output: one JSON object a line'
            cand -q 'Print no report, only what was asked for'
            cand --quiet 'Print no report, only what was asked for'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'bluehook;send'= {
            cand -e 'The event whose sample to send (bluehook events lists them)'
            cand --event 'The event whose sample to send (bluehook events lists them)'
            cand -d 'The body: text, @FILE, or @- for standard input, as curl''s --data-binary takes it'
            cand --data 'The body: text, @FILE, or @- for standard input, as curl''s --data-binary takes it'
            cand --set 'Replace one value in the body and leave all other bytes: currentValue.title=Hello'
            cand -H 'A further header, in curl''s syntax; @FILE reads them from a file'
            cand --header 'A further header, in curl''s syntax; @FILE reads them from a file'
            cand -s 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret-file 'Read the secret from a file (- for standard input): any bytes, without the line end at the end'
            cand --secret-env 'Read the secret from an environment variable'
            cand --timeout 'How long an attempt may take; Blue waits 7 seconds'
            cand --cacert 'Trust the certificates in this PEM file instead of the public ones'
            cand --proxy 'Go through this proxy; without it none is used, whatever the environment says'
            cand --color 'When to colour the output: auto, always or never'
            cand --loopback 'Send to a built-in receiver on a free loopback port, which verifies and shows what it got'
            cand --fresh 'Give the sample new ids and times, and the target as webhook.url'
            cand --unsigned 'Send without a signature'
            cand -k 'Do not verify the receiver''s certificate'
            cand --insecure 'Do not verify the receiver''s certificate'
            cand --dry-run 'Print the exact bytes of the request and send nothing'
            cand --curl 'Print the equivalent curl command and send nothing'
            cand --json 'Print machine-readable output: one JSON object a line'
            cand -q 'Print no report, only what was asked for'
            cand --quiet 'Print no report, only what was asked for'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'bluehook;events'= {
            cand --color 'When to colour the output: auto, always or never'
            cand --json 'Print the list as JSON, one object a line'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'bluehook;completions'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
