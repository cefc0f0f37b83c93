
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
            cand replay 'Send recorded deliveries again, as captured or signed afresh'
            cand listen 'Receive deliveries: verify, validate, show, record, answer'
            cand check 'Does a receiver accept what it must, and refuse what it must?'
            cand events 'List Blue''s events; with a name, print its sample payload'
            cand schemes 'List the signature schemes; with a name, print its record in TOML'
            cand completions 'Print the completion script of a shell'
            cand help 'Show what a command takes'
        }
        &'bluehook;sign'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -s 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret-file 'Read the secret from a file (- for standard input): any bytes, without the line end at the end'
            cand --secret-env 'Read the secret from an environment variable'
            cand --keys 'Read keys from a file, beside the secrets: a JWK set, or PEM keys and certificates. Where a delivery names its key, that one alone is tried'
            cand --scheme 'The signature scheme (bluehook schemes lists them) [default: blue]'
            cand --scheme-file 'A scheme of your own: a TOML record as bluehook schemes NAME prints it'
            cand --at 'The time to sign with: seconds since 1970 or RFC 3339 [default: now]'
            cand --id 'The delivery''s id [default: a random one]'
            cand --signed-url 'The URL that the sender was given, for schemes that sign it'
            cand --signed-method 'The request''s method, for schemes that sign it'
            cand -H 'A header of the delivery, for schemes that sign one; in curl''s syntax'
            cand --header 'A header of the delivery, for schemes that sign one; in curl''s syntax'
            cand -w 'A profile of bluehook.toml: its URL, secret, scheme, events and projects'
            cand --webhook 'A profile of bluehook.toml: its URL, secret, scheme, events and projects'
            cand --config 'The configuration, instead of the nearest bluehook.toml upwards or the user''s own'
            cand --format 'What to print: the value of the signature header, all headers that the scheme adds (one a line, as curl''s -H @- reads them), or JSON'
            cand --json 'Print machine-readable output: one JSON object a line'
            cand -q 'Print no report, only what was asked for'
            cand --quiet 'Print no report, only what was asked for'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'bluehook;verify'= {
            cand --color 'When to colour the output: auto, always or never'
            cand --signature 'The signature: short for the scheme''s signature header'
            cand -H 'A header of the delivery, in curl''s syntax; @FILE reads them from a file'
            cand --header 'A header of the delivery, in curl''s syntax; @FILE reads them from a file'
            cand --delivery 'A recording, or a raw HTTP request as other tools save it, instead of BODY and headers'
            cand -s 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret-file 'Read the secret from a file (- for standard input): any bytes, without the line end at the end'
            cand --secret-env 'Read the secret from an environment variable'
            cand --keys 'Read keys from a file, beside the secrets: a JWK set, or PEM keys and certificates. Where a delivery names its key, that one alone is tried'
            cand --scheme 'The signature scheme (bluehook schemes lists them), or auto for the one whose headers a delivery carries [default: blue]'
            cand --scheme-file 'A scheme of your own: a TOML record as bluehook schemes NAME prints it'
            cand --at 'The time to judge by: seconds since 1970 or RFC 3339 [default: now]'
            cand --tolerance 'How old a delivery may be: 5m, 300, or off [default: as the scheme says]'
            cand --signed-url 'The URL that the sender was given, for schemes that sign it'
            cand --signed-method 'The request''s method, for schemes that sign it'
            cand -w 'A profile of bluehook.toml: its URL, secret, scheme, events and projects'
            cand --webhook 'A profile of bluehook.toml: its URL, secret, scheme, events and projects'
            cand --config 'The configuration, instead of the nearest bluehook.toml upwards or the user''s own'
            cand --show 'How much is shown of each delivery of a recording: line, short or full'
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
            cand --color 'When to colour the output: auto, always or never'
            cand -e 'The event whose sample to send (bluehook events lists them)'
            cand --event 'The event whose sample to send (bluehook events lists them)'
            cand -d 'The body: text, @FILE, or - for standard input; as curl''s --data-binary'
            cand --data 'The body: text, @FILE, or - for standard input; as curl''s --data-binary'
            cand --data-binary 'The body: text, @FILE, or - for standard input; as curl''s --data-binary'
            cand --set 'Replace one value in the body and leave all other bytes: currentValue.title=Hello'
            cand -H 'A further header, in curl''s syntax; @FILE reads them from a file'
            cand --header 'A further header, in curl''s syntax; @FILE reads them from a file'
            cand -s 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret-file 'Read the secret from a file (- for standard input): any bytes, without the line end at the end'
            cand --secret-env 'Read the secret from an environment variable'
            cand --keys 'Read keys from a file, beside the secrets: a JWK set, or PEM keys and certificates. Where a delivery names its key, that one alone is tried'
            cand --scheme 'The signature scheme (bluehook schemes lists them) [default: blue]'
            cand --scheme-file 'A scheme of your own: a TOML record as bluehook schemes NAME prints it'
            cand --at 'The time to sign with: seconds since 1970 or RFC 3339 [default: now]'
            cand --id 'The delivery''s id [default: a random one]'
            cand -w 'A profile of bluehook.toml: its URL, secret, scheme, events and projects'
            cand --webhook 'A profile of bluehook.toml: its URL, secret, scheme, events and projects'
            cand --config 'The configuration, instead of the nearest bluehook.toml upwards or the user''s own'
            cand --timeout 'How long an attempt may take; Blue waits 7 seconds'
            cand --cacert 'Trust the certificates in this PEM file instead of the public ones'
            cand --proxy 'Go through this proxy; without it none is used, whatever the environment says'
            cand --policy 'When to try again: once (never), blue (5 attempts, growing pauses), or standard (10 attempts over three days, as Standard Webhooks has it)'
            cand --attempts 'How many attempts there are at most, instead of as many as the policy makes'
            cand --time-scale 'Multiply the policy''s pauses: 0.01 makes seconds of minutes'
            cand -n 'Deliver so many times, each with an id, a time and a signature of its own'
            cand --repeat 'Deliver so many times, each with an id, a time and a signature of its own'
            cand -c 'How many deliveries are under way at a time'
            cand --concurrency 'How many deliveries are under way at a time'
            cand --rate 'Begin so many deliveries a second; latency counts from when each was due'
            cand --duration 'Begin none after this time'
            cand --show 'How much is shown of what the built-in receiver got: line, short or full'
            cand --loopback 'Send to a built-in receiver on a free loopback port, which verifies and shows what it got'
            cand --fresh 'Give the sample new ids and times, and the target as webhook.url'
            cand --unsigned 'Send without a signature'
            cand --force 'Send although the profile''s events or projects leave it out'
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
        &'bluehook;replay'= {
            cand --color 'When to colour the output: auto, always or never'
            cand --number 'Only these deliveries: 3,7-9'
            cand -e 'Only events that match this glob (COMMENT_*); may be given several times'
            cand --event 'Only events that match this glob (COMMENT_*); may be given several times'
            cand --project 'Only deliveries of this project; may be given several times'
            cand --where 'Only deliveries whose body has this value: currentValue.done=true; all of several must hold'
            cand --set 'Replace one value in the body and leave all other bytes; implies --resign'
            cand -H 'A further header, in curl''s syntax; @FILE reads them from a file'
            cand --header 'A further header, in curl''s syntax; @FILE reads them from a file'
            cand -s 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret-file 'Read the secret from a file (- for standard input): any bytes, without the line end at the end'
            cand --secret-env 'Read the secret from an environment variable'
            cand --keys 'Read keys from a file, beside the secrets: a JWK set, or PEM keys and certificates. Where a delivery names its key, that one alone is tried'
            cand --scheme 'The signature scheme (bluehook schemes lists them) [default: blue]'
            cand --scheme-file 'A scheme of your own: a TOML record as bluehook schemes NAME prints it'
            cand --at 'The time to sign with: seconds since 1970 or RFC 3339 [default: now]'
            cand --id 'The delivery''s id [default: a random one]'
            cand --public-url 'The receiver''s public URL, which --resign signs instead of the one that is sent to, for schemes that sign it'
            cand -w 'A profile of bluehook.toml: its URL, secret, scheme, events and projects'
            cand --webhook 'A profile of bluehook.toml: its URL, secret, scheme, events and projects'
            cand --config 'The configuration, instead of the nearest bluehook.toml upwards or the user''s own'
            cand --timeout 'How long an attempt may take; Blue waits 7 seconds'
            cand --cacert 'Trust the certificates in this PEM file instead of the public ones'
            cand --proxy 'Go through this proxy; without it none is used, whatever the environment says'
            cand --policy 'When to try again: once (never), blue (5 attempts, growing pauses), or standard (10 attempts over three days, as Standard Webhooks has it)'
            cand --attempts 'How many attempts there are at most, instead of as many as the policy makes'
            cand --time-scale 'Multiply the policy''s pauses: 0.01 makes seconds of minutes'
            cand -n 'Replay the recording so many times'
            cand --repeat 'Replay the recording so many times'
            cand -c 'How many deliveries are under way at a time'
            cand --concurrency 'How many deliveries are under way at a time'
            cand --speed 'Keep the recorded pauses, so many times as fast; max keeps none'
            cand --duplicate 'Send each delivery so many times, as senders do that did not hear the answer'
            cand --seed 'The number that decides the order, to have the same one again [default: a random one]'
            cand --resign 'Sign afresh, with a new id and the time of now'
            cand -k 'Do not verify the receiver''s certificate'
            cand --insecure 'Do not verify the receiver''s certificate'
            cand --shuffle 'Send out of order, as senders do that try again'
            cand --dry-run 'Print the exact bytes of the requests and send nothing; lines of ### divide several'
            cand --curl 'Print the equivalent curl commands and send nothing'
            cand --json 'Print machine-readable output: one JSON object a line'
            cand -q 'Print no report, only what was asked for'
            cand --quiet 'Print no report, only what was asked for'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'bluehook;listen'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -p 'The port; 0 takes any free one'
            cand --port 'The port; 0 takes any free one'
            cand --bind 'The address to listen on; anything but loopback is open to others'
            cand --ready-file 'Write the URL to this file once deliveries are accepted'
            cand -s 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret-file 'Read the secret from a file (- for standard input): any bytes, without the line end at the end'
            cand --secret-env 'Read the secret from an environment variable'
            cand --keys 'Read keys from a file, beside the secrets: a JWK set, or PEM keys and certificates. Where a delivery names its key, that one alone is tried'
            cand --scheme 'The signature scheme (bluehook schemes lists them), or auto for the one whose headers a delivery carries [default: blue]'
            cand --scheme-file 'A scheme of your own: a TOML record as bluehook schemes NAME prints it'
            cand --at 'The time to judge by: seconds since 1970 or RFC 3339 [default: now]'
            cand --tolerance 'How old a delivery may be: 5m, 300, or off [default: as the scheme says]'
            cand --public-url 'The URL that senders were given, without the path: for schemes that sign the URL'
            cand -w 'A profile of bluehook.toml: its URL, secret, scheme, events and projects'
            cand --webhook 'A profile of bluehook.toml: its URL, secret, scheme, events and projects'
            cand --config 'The configuration, instead of the nearest bluehook.toml upwards or the user''s own'
            cand --respond 'Answer by a script: steps like 500x4,200@8s,503+Retry-After:5,drop; the last one repeats'
            cand --respond-body 'The body of scripted answers'
            cand -f 'Send genuine deliveries on to this URL, exact bytes; with GLOB= before it only such events. The first target that matches answers the sender'
            cand --forward-to 'Send genuine deliveries on to this URL, exact bytes; with GLOB= before it only such events. The first target that matches answers the sender'
            cand --forward-timeout 'How long an application may take to answer'
            cand --cacert 'Trust the certificates in this PEM file instead of the public ones, when forwarding'
            cand --record 'Write every delivery to this file, before it is answered'
            cand -e 'Only events that match this glob (COMMENT_*); may be given several times'
            cand --event 'Only events that match this glob (COMMENT_*); may be given several times'
            cand --project 'Only deliveries of this project; may be given several times'
            cand --where 'Only deliveries whose body has this value: currentValue.done=true; all of several must hold'
            cand -n 'End after this many deliveries that are genuine (or unchecked)'
            cand --count 'End after this many deliveries that are genuine (or unchecked)'
            cand --expect 'End when this event came (a glob); may be given several times'
            cand --timeout 'End after this time: with exit code 1 if something was waited for and did not come'
            cand --show 'How much of each delivery is shown: line, short or full'
            cand --max-body 'The largest body that is taken'
            cand --max-connections 'The most connections at a time; one more closes the longest idle or slowest'
            cand --accept-invalid 'Answer 200 to what is not genuine, too'
            cand -k 'Do not verify the application''s certificate'
            cand --insecure 'Do not verify the application''s certificate'
            cand --redact 'Keep tokens (Authorization, Cookie and the like) out of the recording and of JSON lines'
            cand --fail-on-refused 'Exit code 1 if a delivery was refused'
            cand --json 'Print machine-readable output: one JSON object a line'
            cand -q 'Print no report, only what was asked for'
            cand --quiet 'Print no report, only what was asked for'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'bluehook;check'= {
            cand --color 'When to colour the output: auto, always or never'
            cand --only 'Only the cases whose name or group matches: refuses/*, or quick,leaks'
            cand --skip 'Not the cases whose name or group matches'
            cand -d 'A body that the receiver accepts, instead of a sample: text, @FILE, or - for standard input'
            cand --data 'A body that the receiver accepts, instead of a sample: text, @FILE, or - for standard input'
            cand -H 'A further header, in curl''s syntax; @FILE reads them from a file'
            cand --header 'A further header, in curl''s syntax; @FILE reads them from a file'
            cand --verify-token 'The word that you chose for the provider''s handshake, such as Meta''s hub.verify_token'
            cand -s 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET'
            cand --secret-file 'Read the secret from a file (- for standard input): any bytes, without the line end at the end'
            cand --secret-env 'Read the secret from an environment variable'
            cand --keys 'Read keys from a file, beside the secrets: a JWK set, or PEM keys and certificates. Where a delivery names its key, that one alone is tried'
            cand --scheme 'The signature scheme (bluehook schemes lists them) [default: blue]'
            cand --scheme-file 'A scheme of your own: a TOML record as bluehook schemes NAME prints it'
            cand --public-url 'The receiver''s public URL, which is signed instead of the one that is sent to, for schemes that sign it'
            cand -w 'A profile of bluehook.toml: its URL, secret, scheme, events and projects'
            cand --webhook 'A profile of bluehook.toml: its URL, secret, scheme, events and projects'
            cand --config 'The configuration, instead of the nearest bluehook.toml upwards or the user''s own'
            cand --timeout 'How long an attempt may take; Blue waits 7 seconds'
            cand --cacert 'Trust the certificates in this PEM file instead of the public ones'
            cand --proxy 'Go through this proxy; without it none is used, whatever the environment says'
            cand --junit 'Write the report as JUnit XML, for CI'
            cand --list 'List the cases and send nothing'
            cand --allow-remote 'Send to an address outside this machine and its private networks: only to what is yours'
            cand -k 'Do not verify the receiver''s certificate'
            cand --insecure 'Do not verify the receiver''s certificate'
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
            cand -w 'A profile of bluehook.toml: its URL, secret, scheme, events and projects'
            cand --webhook 'A profile of bluehook.toml: its URL, secret, scheme, events and projects'
            cand --config 'The configuration, instead of the nearest bluehook.toml upwards or the user''s own'
            cand --json 'Print the list as JSON, one object a line'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'bluehook;schemes'= {
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
        &'bluehook;help'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help'
            cand --help 'Print help'
        }
    ]
    var values = [
        &'sign --color'= [auto always never]
        &'sign --scheme'= [blue standard-webhooks svix polar github gitlab stripe slack shopify twilio sendgrid zoom linear paddle paystack square discord twitch meta intercom hubspot dropbox typeform calendly zendesk clickup asana notion vercel sentry pagerduty bitbucket jira docusign xero woocommerce workos lemon-squeezy razorpay telegram line coinbase gocardless elevenlabs cal tally airtable sanity circleci buildkite terraform trello telnyx webex viber teams modern-treasury mailgun box segment mercado-pago hook0 convoy contentful gitea grafana cloudevents wise travis paypal aws-sns x rfc9421 adcp ucp plaid netlify vonage messagebird openai anthropic replicate supabase gemini clerk resend event-grid twitter]
        &'sign --format'= [value headers json]
        &'verify --color'= [auto always never]
        &'verify --scheme'= [blue standard-webhooks svix polar github gitlab stripe slack shopify twilio sendgrid zoom linear paddle paystack square discord twitch meta intercom hubspot dropbox typeform calendly zendesk clickup asana notion vercel sentry pagerduty bitbucket jira docusign xero woocommerce workos lemon-squeezy razorpay telegram line coinbase gocardless elevenlabs cal tally airtable sanity circleci buildkite terraform trello telnyx webex viber teams modern-treasury mailgun box segment mercado-pago hook0 convoy contentful gitea grafana cloudevents wise travis paypal aws-sns x rfc9421 adcp ucp plaid netlify vonage messagebird openai anthropic replicate supabase gemini clerk resend event-grid twitter auto]
        &'verify --show'= [line short full]
        &'send --color'= [auto always never]
        &'send -e'= [TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK]
        &'send --event'= [TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK]
        &'send --scheme'= [blue standard-webhooks svix polar github gitlab stripe slack shopify twilio sendgrid zoom linear paddle paystack square discord twitch meta intercom hubspot dropbox typeform calendly zendesk clickup asana notion vercel sentry pagerduty bitbucket jira docusign xero woocommerce workos lemon-squeezy razorpay telegram line coinbase gocardless elevenlabs cal tally airtable sanity circleci buildkite terraform trello telnyx webex viber teams modern-treasury mailgun box segment mercado-pago hook0 convoy contentful gitea grafana cloudevents wise travis paypal aws-sns x rfc9421 adcp ucp plaid netlify vonage messagebird openai anthropic replicate supabase gemini clerk resend event-grid twitter]
        &'send --show'= [line short full]
        &'replay --color'= [auto always never]
        &'replay -e'= [TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK]
        &'replay --event'= [TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK]
        &'replay --scheme'= [blue standard-webhooks svix polar github gitlab stripe slack shopify twilio sendgrid zoom linear paddle paystack square discord twitch meta intercom hubspot dropbox typeform calendly zendesk clickup asana notion vercel sentry pagerduty bitbucket jira docusign xero woocommerce workos lemon-squeezy razorpay telegram line coinbase gocardless elevenlabs cal tally airtable sanity circleci buildkite terraform trello telnyx webex viber teams modern-treasury mailgun box segment mercado-pago hook0 convoy contentful gitea grafana cloudevents wise travis paypal aws-sns x rfc9421 adcp ucp plaid netlify vonage messagebird openai anthropic replicate supabase gemini clerk resend event-grid twitter]
        &'listen --color'= [auto always never]
        &'listen --scheme'= [blue standard-webhooks svix polar github gitlab stripe slack shopify twilio sendgrid zoom linear paddle paystack square discord twitch meta intercom hubspot dropbox typeform calendly zendesk clickup asana notion vercel sentry pagerduty bitbucket jira docusign xero woocommerce workos lemon-squeezy razorpay telegram line coinbase gocardless elevenlabs cal tally airtable sanity circleci buildkite terraform trello telnyx webex viber teams modern-treasury mailgun box segment mercado-pago hook0 convoy contentful gitea grafana cloudevents wise travis paypal aws-sns x rfc9421 adcp ucp plaid netlify vonage messagebird openai anthropic replicate supabase gemini clerk resend event-grid twitter auto]
        &'listen -e'= [TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK]
        &'listen --event'= [TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK]
        &'listen --expect'= [TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK]
        &'listen --show'= [line short full]
        &'check --color'= [auto always never]
        &'check --scheme'= [blue standard-webhooks svix polar github gitlab stripe slack shopify twilio sendgrid zoom linear paddle paystack square discord twitch meta intercom hubspot dropbox typeform calendly zendesk clickup asana notion vercel sentry pagerduty bitbucket jira docusign xero woocommerce workos lemon-squeezy razorpay telegram line coinbase gocardless elevenlabs cal tally airtable sanity circleci buildkite terraform trello telnyx webex viber teams modern-treasury mailgun box segment mercado-pago hook0 convoy contentful gitea grafana cloudevents wise travis paypal aws-sns x rfc9421 adcp ucp plaid netlify vonage messagebird openai anthropic replicate supabase gemini clerk resend event-grid twitter]
        &'events --color'= [auto always never]
        &'events events'= [TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK]
        &'schemes --color'= [auto always never]
        &'schemes schemes'= [blue standard-webhooks svix polar github gitlab stripe slack shopify twilio sendgrid zoom linear paddle paystack square discord twitch meta intercom hubspot dropbox typeform calendly zendesk clickup asana notion vercel sentry pagerduty bitbucket jira docusign xero woocommerce workos lemon-squeezy razorpay telegram line coinbase gocardless elevenlabs cal tally airtable sanity circleci buildkite terraform trello telnyx webex viber teams modern-treasury mailgun box segment mercado-pago hook0 convoy contentful gitea grafana cloudevents wise travis paypal aws-sns x rfc9421 adcp ucp plaid netlify vonage messagebird openai anthropic replicate supabase gemini clerk resend event-grid twitter]
        &'completions --color'= [auto always never]
        &'completions completions'= [bash zsh fish elvish powershell]
        &'help --color'= [auto always never]
    ]
    var asked = $words[1]' '$words[-2]
    if (str:has-prefix $words[-1] '@') {
        edit:complete-filename $words[-1][1..] | each {|file|
            edit:complex-candidate '@'$file[stem] &code-suffix=$file[code-suffix]
        }
    } elif (has-value [-w --webhook] $words[-2]) {
        bluehook completions --profiles | from-lines
    } elif (has-key $values $asked) {
        all $values[$asked]
    } elif (has-key $completions $command) {
        $completions[$command]
    }
}
