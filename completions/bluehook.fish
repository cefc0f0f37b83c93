# The files after @.
function __fish_bluehook_at
    set -l token (commandline -ct)
    string match -q '@*' -- $token; or return
    for path in (__fish_complete_path (string sub -s 2 -- $token))
        printf '@%s\n' $path
    end
end

# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_bluehook_global_optspecs
    string join \n color= h/help V/version
end

function __fish_bluehook_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_bluehook_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_bluehook_using_subcommand
    set -l cmd (__fish_bluehook_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c bluehook -n "__fish_bluehook_needs_command" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c bluehook -n "__fish_bluehook_needs_command" -s h -l help -d 'Print help'
complete -c bluehook -n "__fish_bluehook_needs_command" -s V -l version -d 'Print version'
complete -c bluehook -n "__fish_bluehook_needs_command" -f -a "sign" -d 'Print the signature of a body'
complete -c bluehook -n "__fish_bluehook_needs_command" -f -a "verify" -d 'Is this delivery genuine? If not, why not, and what would make it match'
complete -c bluehook -n "__fish_bluehook_needs_command" -f -a "send" -d 'Send a sample or saved payload, signed'
complete -c bluehook -n "__fish_bluehook_needs_command" -f -a "replay" -d 'Send recorded deliveries again, as captured or signed afresh'
complete -c bluehook -n "__fish_bluehook_needs_command" -f -a "listen" -d 'Receive deliveries: verify, validate, show, record, answer'
complete -c bluehook -n "__fish_bluehook_needs_command" -f -a "check" -d 'Does a receiver accept what it must, and refuse what it must?'
complete -c bluehook -n "__fish_bluehook_needs_command" -f -a "events" -d 'List Blue\'s events; with a name, print its sample payload'
complete -c bluehook -n "__fish_bluehook_needs_command" -f -a "schemes" -d 'List the signature schemes; with a name, print its record in TOML'
complete -c bluehook -n "__fish_bluehook_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c bluehook -n "__fish_bluehook_needs_command" -f -a "help" -d 'Show what a command takes'
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -s s -l secret -d 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l secret-file -d 'Read the secret from a file (- for standard input): any bytes, without the line end at the end' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l secret-env -d 'Read the secret from an environment variable' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l scheme -d 'The signature scheme (bluehook schemes lists them) [default: blue]' -r -f -a "blue\t''
standard-webhooks\t''
svix\t''
polar\t''
github\t''
gitlab\t''
stripe\t''
slack\t''
shopify\t''
twilio\t''
sendgrid\t''
zoom\t''
linear\t''
paddle\t''
paystack\t''
square\t''
discord\t''
twitch\t''
meta\t''
intercom\t''
hubspot\t''
dropbox\t''
typeform\t''
calendly\t''
zendesk\t''
clickup\t''
asana\t''
notion\t''
vercel\t''
sentry\t''
pagerduty\t''
bitbucket\t''
jira\t''
docusign\t''
xero\t''
woocommerce\t''
workos\t''
lemon-squeezy\t''
razorpay\t''
telegram\t''
line\t''
coinbase\t''
gocardless\t''
elevenlabs\t''
cal\t''
tally\t''
airtable\t''
sanity\t''
circleci\t''
buildkite\t''
terraform\t''
trello\t''
telnyx\t''
webex\t''
viber\t''
teams\t''
modern-treasury\t''
openai\t''
anthropic\t''
replicate\t''
supabase\t''
gemini\t''
clerk\t''
resend\t''"
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l scheme-file -d 'A scheme of your own: a TOML record as bluehook schemes NAME prints it' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l at -d 'The time to sign with: seconds since 1970 or RFC 3339 [default: now]' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l id -d 'The delivery\'s id [default: a random one]' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l signed-url -d 'The URL that the sender was given, for schemes that sign it' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l signed-method -d 'The request\'s method, for schemes that sign it' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -s H -l header -d 'A header of the delivery, for schemes that sign one; in curl\'s syntax' -r -a '(__fish_bluehook_at)'
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -s w -l webhook -d 'A profile of bluehook.toml: its URL, secret, scheme, events and projects' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l config -d 'The configuration, instead of the nearest bluehook.toml upwards or the user\'s own' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l format -d 'What to print: the value of the signature header, all headers that the scheme adds (one a line, as curl\'s -H @- reads them), or JSON' -r -f -a "value\t'The value of the signature header alone'
headers\t'All headers that the scheme adds'
json\t'One JSON object'"
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l json -d 'Print machine-readable output: one JSON object a line'
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -s q -l quiet -d 'Print no report, only what was asked for'
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -s v -l verbose -d 'Say more about what is done'
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l signature -d 'The signature: short for the scheme\'s signature header' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -s H -l header -d 'A header of the delivery, in curl\'s syntax; @FILE reads them from a file' -r -a '(__fish_bluehook_at)'
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l delivery -d 'A recording, or a raw HTTP request as other tools save it, instead of BODY and headers' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -s s -l secret -d 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l secret-file -d 'Read the secret from a file (- for standard input): any bytes, without the line end at the end' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l secret-env -d 'Read the secret from an environment variable' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l scheme -d 'The signature scheme (bluehook schemes lists them) [default: blue]' -r -f -a "blue\t''
standard-webhooks\t''
svix\t''
polar\t''
github\t''
gitlab\t''
stripe\t''
slack\t''
shopify\t''
twilio\t''
sendgrid\t''
zoom\t''
linear\t''
paddle\t''
paystack\t''
square\t''
discord\t''
twitch\t''
meta\t''
intercom\t''
hubspot\t''
dropbox\t''
typeform\t''
calendly\t''
zendesk\t''
clickup\t''
asana\t''
notion\t''
vercel\t''
sentry\t''
pagerduty\t''
bitbucket\t''
jira\t''
docusign\t''
xero\t''
woocommerce\t''
workos\t''
lemon-squeezy\t''
razorpay\t''
telegram\t''
line\t''
coinbase\t''
gocardless\t''
elevenlabs\t''
cal\t''
tally\t''
airtable\t''
sanity\t''
circleci\t''
buildkite\t''
terraform\t''
trello\t''
telnyx\t''
webex\t''
viber\t''
teams\t''
modern-treasury\t''
openai\t''
anthropic\t''
replicate\t''
supabase\t''
gemini\t''
clerk\t''
resend\t''"
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l scheme-file -d 'A scheme of your own: a TOML record as bluehook schemes NAME prints it' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l at -d 'The time to judge by: seconds since 1970 or RFC 3339 [default: now]' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l tolerance -d 'How old a delivery may be: 5m, 300, or off [default: as the scheme says]' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l signed-url -d 'The URL that the sender was given, for schemes that sign it' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l signed-method -d 'The request\'s method, for schemes that sign it' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -s w -l webhook -d 'A profile of bluehook.toml: its URL, secret, scheme, events and projects' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l config -d 'The configuration, instead of the nearest bluehook.toml upwards or the user\'s own' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l show -d 'How much is shown of each delivery of a recording: line, short or full' -r -f -a "line\t'One line, and why it is not genuine'
short\t'What a person wants to know, in a dozen lines'
full\t'Headers and body, all of it'"
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l show-expected -d 'Print the signature that would have been right: whoever sees it can forge the delivery'
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l explain -d 'Show the signed content and the steps from secret to signature'
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l json -d 'Print machine-readable output: one JSON object a line'
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -s q -l quiet -d 'Print no report, only what was asked for'
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -s v -l verbose -d 'Say more about what is done'
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s e -l event -d 'The event whose sample to send (bluehook events lists them)' -r -f -a "TODO_CREATED\t''
TODO_DELETED\t''
TODO_MOVED\t''
TODO_NAME_CHANGED\t''
TODO_DONE_STATUS_UPDATED\t''
TODO_DUE_DATE_ADDED\t''
TODO_DUE_DATE_UPDATED\t''
TODO_DUE_DATE_REMOVED\t''
TODO_ASSIGNEE_ADDED\t''
TODO_ASSIGNEE_REMOVED\t''
TODO_TAG_ADDED\t''
TODO_TAG_REMOVED\t''
TODO_CUSTOM_FIELD_UPDATED\t''
TODO_CHECKLIST_CREATED\t''
TODO_CHECKLIST_NAME_CHANGED\t''
TODO_CHECKLIST_DELETED\t''
TODO_CHECKLIST_ITEM_CREATED\t''
TODO_CHECKLIST_ITEM_NAME_CHANGED\t''
TODO_CHECKLIST_ITEM_DELETED\t''
TODO_CHECKLIST_ITEM_DUE_DATE_ADDED\t''
TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED\t''
TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED\t''
TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED\t''
TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED\t''
TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED\t''
TODO_LIST_CREATED\t''
TODO_LIST_DELETED\t''
TODO_LIST_NAME_CHANGED\t''
CUSTOM_FIELD_CREATED\t''
CUSTOM_FIELD_DELETED\t''
CUSTOM_FIELD_UPDATED\t''
TAG_CREATED\t''
TAG_DELETED\t''
TAG_UPDATED\t''
COMMENT_CREATED\t''
COMMENT_DELETED\t''
COMMENT_UPDATED\t''
WEBHOOK_HEALTH_CHECK\t''"
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s d -l data -l data-binary -d 'The body: text, @FILE, or - for standard input; as curl\'s --data-binary' -r -a '(__fish_bluehook_at)'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l set -d 'Replace one value in the body and leave all other bytes: currentValue.title=Hello' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s H -l header -d 'A further header, in curl\'s syntax; @FILE reads them from a file' -r -a '(__fish_bluehook_at)'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s s -l secret -d 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l secret-file -d 'Read the secret from a file (- for standard input): any bytes, without the line end at the end' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l secret-env -d 'Read the secret from an environment variable' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l scheme -d 'The signature scheme (bluehook schemes lists them) [default: blue]' -r -f -a "blue\t''
standard-webhooks\t''
svix\t''
polar\t''
github\t''
gitlab\t''
stripe\t''
slack\t''
shopify\t''
twilio\t''
sendgrid\t''
zoom\t''
linear\t''
paddle\t''
paystack\t''
square\t''
discord\t''
twitch\t''
meta\t''
intercom\t''
hubspot\t''
dropbox\t''
typeform\t''
calendly\t''
zendesk\t''
clickup\t''
asana\t''
notion\t''
vercel\t''
sentry\t''
pagerduty\t''
bitbucket\t''
jira\t''
docusign\t''
xero\t''
woocommerce\t''
workos\t''
lemon-squeezy\t''
razorpay\t''
telegram\t''
line\t''
coinbase\t''
gocardless\t''
elevenlabs\t''
cal\t''
tally\t''
airtable\t''
sanity\t''
circleci\t''
buildkite\t''
terraform\t''
trello\t''
telnyx\t''
webex\t''
viber\t''
teams\t''
modern-treasury\t''
openai\t''
anthropic\t''
replicate\t''
supabase\t''
gemini\t''
clerk\t''
resend\t''"
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l scheme-file -d 'A scheme of your own: a TOML record as bluehook schemes NAME prints it' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l at -d 'The time to sign with: seconds since 1970 or RFC 3339 [default: now]' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l id -d 'The delivery\'s id [default: a random one]' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s w -l webhook -d 'A profile of bluehook.toml: its URL, secret, scheme, events and projects' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l config -d 'The configuration, instead of the nearest bluehook.toml upwards or the user\'s own' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l timeout -d 'How long an attempt may take; Blue waits 7 seconds' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l cacert -d 'Trust the certificates in this PEM file instead of the public ones' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l proxy -d 'Go through this proxy; without it none is used, whatever the environment says' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l policy -d 'When to try again: once (never), blue (5 attempts, growing pauses), or standard (10 attempts over three days, as Standard Webhooks has it)' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l attempts -d 'How many attempts there are at most, instead of as many as the policy makes' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l time-scale -d 'Multiply the policy\'s pauses: 0.01 makes seconds of minutes' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s n -l repeat -d 'Deliver so many times, each with an id, a time and a signature of its own' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s c -l concurrency -d 'How many deliveries are under way at a time' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l rate -d 'Begin so many deliveries a second; latency counts from when each was due' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l duration -d 'Begin none after this time' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l show -d 'How much is shown of what the built-in receiver got: line, short or full' -r -f -a "line\t'One line, and why it is not genuine'
short\t'What a person wants to know, in a dozen lines'
full\t'Headers and body, all of it'"
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l loopback -d 'Send to a built-in receiver on a free loopback port, which verifies and shows what it got'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l fresh -d 'Give the sample new ids and times, and the target as webhook.url'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l unsigned -d 'Send without a signature'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l force -d 'Send although the profile\'s events or projects leave it out'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s k -l insecure -d 'Do not verify the receiver\'s certificate'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l dry-run -d 'Print the exact bytes of the request and send nothing'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l curl -d 'Print the equivalent curl command and send nothing'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l json -d 'Print machine-readable output: one JSON object a line'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s q -l quiet -d 'Print no report, only what was asked for'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s v -l verbose -d 'Say more about what is done'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l number -d 'Only these deliveries: 3,7-9' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -s e -l event -d 'Only events that match this glob (COMMENT_*); may be given several times' -r -f -a "TODO_CREATED\t''
TODO_DELETED\t''
TODO_MOVED\t''
TODO_NAME_CHANGED\t''
TODO_DONE_STATUS_UPDATED\t''
TODO_DUE_DATE_ADDED\t''
TODO_DUE_DATE_UPDATED\t''
TODO_DUE_DATE_REMOVED\t''
TODO_ASSIGNEE_ADDED\t''
TODO_ASSIGNEE_REMOVED\t''
TODO_TAG_ADDED\t''
TODO_TAG_REMOVED\t''
TODO_CUSTOM_FIELD_UPDATED\t''
TODO_CHECKLIST_CREATED\t''
TODO_CHECKLIST_NAME_CHANGED\t''
TODO_CHECKLIST_DELETED\t''
TODO_CHECKLIST_ITEM_CREATED\t''
TODO_CHECKLIST_ITEM_NAME_CHANGED\t''
TODO_CHECKLIST_ITEM_DELETED\t''
TODO_CHECKLIST_ITEM_DUE_DATE_ADDED\t''
TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED\t''
TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED\t''
TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED\t''
TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED\t''
TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED\t''
TODO_LIST_CREATED\t''
TODO_LIST_DELETED\t''
TODO_LIST_NAME_CHANGED\t''
CUSTOM_FIELD_CREATED\t''
CUSTOM_FIELD_DELETED\t''
CUSTOM_FIELD_UPDATED\t''
TAG_CREATED\t''
TAG_DELETED\t''
TAG_UPDATED\t''
COMMENT_CREATED\t''
COMMENT_DELETED\t''
COMMENT_UPDATED\t''
WEBHOOK_HEALTH_CHECK\t''"
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l project -d 'Only deliveries of this project; may be given several times' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l where -d 'Only deliveries whose body has this value: currentValue.done=true; all of several must hold' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l set -d 'Replace one value in the body and leave all other bytes; implies --resign' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -s H -l header -d 'A further header, in curl\'s syntax; @FILE reads them from a file' -r -a '(__fish_bluehook_at)'
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -s s -l secret -d 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l secret-file -d 'Read the secret from a file (- for standard input): any bytes, without the line end at the end' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l secret-env -d 'Read the secret from an environment variable' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l scheme -d 'The signature scheme (bluehook schemes lists them) [default: blue]' -r -f -a "blue\t''
standard-webhooks\t''
svix\t''
polar\t''
github\t''
gitlab\t''
stripe\t''
slack\t''
shopify\t''
twilio\t''
sendgrid\t''
zoom\t''
linear\t''
paddle\t''
paystack\t''
square\t''
discord\t''
twitch\t''
meta\t''
intercom\t''
hubspot\t''
dropbox\t''
typeform\t''
calendly\t''
zendesk\t''
clickup\t''
asana\t''
notion\t''
vercel\t''
sentry\t''
pagerduty\t''
bitbucket\t''
jira\t''
docusign\t''
xero\t''
woocommerce\t''
workos\t''
lemon-squeezy\t''
razorpay\t''
telegram\t''
line\t''
coinbase\t''
gocardless\t''
elevenlabs\t''
cal\t''
tally\t''
airtable\t''
sanity\t''
circleci\t''
buildkite\t''
terraform\t''
trello\t''
telnyx\t''
webex\t''
viber\t''
teams\t''
modern-treasury\t''
openai\t''
anthropic\t''
replicate\t''
supabase\t''
gemini\t''
clerk\t''
resend\t''"
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l scheme-file -d 'A scheme of your own: a TOML record as bluehook schemes NAME prints it' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l at -d 'The time to sign with: seconds since 1970 or RFC 3339 [default: now]' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l id -d 'The delivery\'s id [default: a random one]' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l public-url -d 'The receiver\'s public URL, which --resign signs instead of the one that is sent to, for schemes that sign it' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -s w -l webhook -d 'A profile of bluehook.toml: its URL, secret, scheme, events and projects' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l config -d 'The configuration, instead of the nearest bluehook.toml upwards or the user\'s own' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l timeout -d 'How long an attempt may take; Blue waits 7 seconds' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l cacert -d 'Trust the certificates in this PEM file instead of the public ones' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l proxy -d 'Go through this proxy; without it none is used, whatever the environment says' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l policy -d 'When to try again: once (never), blue (5 attempts, growing pauses), or standard (10 attempts over three days, as Standard Webhooks has it)' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l attempts -d 'How many attempts there are at most, instead of as many as the policy makes' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l time-scale -d 'Multiply the policy\'s pauses: 0.01 makes seconds of minutes' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -s n -l repeat -d 'Replay the recording so many times' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -s c -l concurrency -d 'How many deliveries are under way at a time' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l speed -d 'Keep the recorded pauses, so many times as fast; max keeps none' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l duplicate -d 'Send each delivery so many times, as senders do that did not hear the answer' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l seed -d 'The number that decides the order, to have the same one again [default: a random one]' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l resign -d 'Sign afresh, with a new id and the time of now'
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -s k -l insecure -d 'Do not verify the receiver\'s certificate'
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l shuffle -d 'Send out of order, as senders do that try again'
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l dry-run -d 'Print the exact bytes of the requests and send nothing'
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l curl -d 'Print the equivalent curl commands and send nothing'
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -l json -d 'Print machine-readable output: one JSON object a line'
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -s q -l quiet -d 'Print no report, only what was asked for'
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -s v -l verbose -d 'Say more about what is done'
complete -c bluehook -n "__fish_bluehook_using_subcommand replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -s p -l port -d 'The port; 0 takes any free one' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l bind -d 'The address to listen on; anything but loopback is open to others' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l ready-file -d 'Write the URL to this file once deliveries are accepted' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -s s -l secret -d 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l secret-file -d 'Read the secret from a file (- for standard input): any bytes, without the line end at the end' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l secret-env -d 'Read the secret from an environment variable' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l scheme -d 'The signature scheme (bluehook schemes lists them) [default: blue]' -r -f -a "blue\t''
standard-webhooks\t''
svix\t''
polar\t''
github\t''
gitlab\t''
stripe\t''
slack\t''
shopify\t''
twilio\t''
sendgrid\t''
zoom\t''
linear\t''
paddle\t''
paystack\t''
square\t''
discord\t''
twitch\t''
meta\t''
intercom\t''
hubspot\t''
dropbox\t''
typeform\t''
calendly\t''
zendesk\t''
clickup\t''
asana\t''
notion\t''
vercel\t''
sentry\t''
pagerduty\t''
bitbucket\t''
jira\t''
docusign\t''
xero\t''
woocommerce\t''
workos\t''
lemon-squeezy\t''
razorpay\t''
telegram\t''
line\t''
coinbase\t''
gocardless\t''
elevenlabs\t''
cal\t''
tally\t''
airtable\t''
sanity\t''
circleci\t''
buildkite\t''
terraform\t''
trello\t''
telnyx\t''
webex\t''
viber\t''
teams\t''
modern-treasury\t''
openai\t''
anthropic\t''
replicate\t''
supabase\t''
gemini\t''
clerk\t''
resend\t''"
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l scheme-file -d 'A scheme of your own: a TOML record as bluehook schemes NAME prints it' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l at -d 'The time to judge by: seconds since 1970 or RFC 3339 [default: now]' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l tolerance -d 'How old a delivery may be: 5m, 300, or off [default: as the scheme says]' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l public-url -d 'The URL that senders were given, without the path: for schemes that sign the URL' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -s w -l webhook -d 'A profile of bluehook.toml: its URL, secret, scheme, events and projects' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l config -d 'The configuration, instead of the nearest bluehook.toml upwards or the user\'s own' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l respond -d 'Answer by a script: steps like 500x4,200@8s,503+Retry-After:5,drop; the last one repeats' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l respond-body -d 'The body of scripted answers' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -s f -l forward-to -d 'Send genuine deliveries on to this URL, exact bytes; with GLOB= before it only such events. The first target that matches answers the sender' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l forward-timeout -d 'How long an application may take to answer' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l cacert -d 'Trust the certificates in this PEM file instead of the public ones, when forwarding' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l record -d 'Write every delivery to this file, before it is answered' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -s e -l event -d 'Only events that match this glob (COMMENT_*); may be given several times' -r -f -a "TODO_CREATED\t''
TODO_DELETED\t''
TODO_MOVED\t''
TODO_NAME_CHANGED\t''
TODO_DONE_STATUS_UPDATED\t''
TODO_DUE_DATE_ADDED\t''
TODO_DUE_DATE_UPDATED\t''
TODO_DUE_DATE_REMOVED\t''
TODO_ASSIGNEE_ADDED\t''
TODO_ASSIGNEE_REMOVED\t''
TODO_TAG_ADDED\t''
TODO_TAG_REMOVED\t''
TODO_CUSTOM_FIELD_UPDATED\t''
TODO_CHECKLIST_CREATED\t''
TODO_CHECKLIST_NAME_CHANGED\t''
TODO_CHECKLIST_DELETED\t''
TODO_CHECKLIST_ITEM_CREATED\t''
TODO_CHECKLIST_ITEM_NAME_CHANGED\t''
TODO_CHECKLIST_ITEM_DELETED\t''
TODO_CHECKLIST_ITEM_DUE_DATE_ADDED\t''
TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED\t''
TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED\t''
TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED\t''
TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED\t''
TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED\t''
TODO_LIST_CREATED\t''
TODO_LIST_DELETED\t''
TODO_LIST_NAME_CHANGED\t''
CUSTOM_FIELD_CREATED\t''
CUSTOM_FIELD_DELETED\t''
CUSTOM_FIELD_UPDATED\t''
TAG_CREATED\t''
TAG_DELETED\t''
TAG_UPDATED\t''
COMMENT_CREATED\t''
COMMENT_DELETED\t''
COMMENT_UPDATED\t''
WEBHOOK_HEALTH_CHECK\t''"
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l project -d 'Only deliveries of this project; may be given several times' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l where -d 'Only deliveries whose body has this value: currentValue.done=true; all of several must hold' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -s n -l count -d 'End after this many deliveries that are genuine (or unchecked)' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l expect -d 'End when this event came (a glob); may be given several times' -r -f -a "TODO_CREATED\t''
TODO_DELETED\t''
TODO_MOVED\t''
TODO_NAME_CHANGED\t''
TODO_DONE_STATUS_UPDATED\t''
TODO_DUE_DATE_ADDED\t''
TODO_DUE_DATE_UPDATED\t''
TODO_DUE_DATE_REMOVED\t''
TODO_ASSIGNEE_ADDED\t''
TODO_ASSIGNEE_REMOVED\t''
TODO_TAG_ADDED\t''
TODO_TAG_REMOVED\t''
TODO_CUSTOM_FIELD_UPDATED\t''
TODO_CHECKLIST_CREATED\t''
TODO_CHECKLIST_NAME_CHANGED\t''
TODO_CHECKLIST_DELETED\t''
TODO_CHECKLIST_ITEM_CREATED\t''
TODO_CHECKLIST_ITEM_NAME_CHANGED\t''
TODO_CHECKLIST_ITEM_DELETED\t''
TODO_CHECKLIST_ITEM_DUE_DATE_ADDED\t''
TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED\t''
TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED\t''
TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED\t''
TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED\t''
TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED\t''
TODO_LIST_CREATED\t''
TODO_LIST_DELETED\t''
TODO_LIST_NAME_CHANGED\t''
CUSTOM_FIELD_CREATED\t''
CUSTOM_FIELD_DELETED\t''
CUSTOM_FIELD_UPDATED\t''
TAG_CREATED\t''
TAG_DELETED\t''
TAG_UPDATED\t''
COMMENT_CREATED\t''
COMMENT_DELETED\t''
COMMENT_UPDATED\t''
WEBHOOK_HEALTH_CHECK\t''"
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l timeout -d 'End after this time: with exit code 1 if something was waited for and did not come' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l show -d 'How much of each delivery is shown: line, short or full' -r -f -a "line\t'One line, and why it is not genuine'
short\t'What a person wants to know, in a dozen lines'
full\t'Headers and body, all of it'"
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l max-body -d 'The largest body that is taken' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l max-connections -d 'The most connections at a time; one more closes the longest idle or slowest' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l accept-invalid -d 'Answer 200 to what is not genuine, too'
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -s k -l insecure -d 'Do not verify the application\'s certificate'
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l redact -d 'Keep tokens (Authorization, Cookie and the like) out of the recording and of JSON lines'
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l fail-on-refused -d 'Exit code 1 if a delivery was refused'
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -l json -d 'Print machine-readable output: one JSON object a line'
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -s q -l quiet -d 'Print no report, only what was asked for'
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -s v -l verbose -d 'Say more about what is done'
complete -c bluehook -n "__fish_bluehook_using_subcommand listen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l only -d 'Only the cases whose name matches: refuses/*' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l skip -d 'Not the cases whose name matches' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -s d -l data -d 'A body that the receiver accepts, instead of a sample: text, @FILE, or - for standard input' -r -a '(__fish_bluehook_at)'
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -s H -l header -d 'A further header, in curl\'s syntax; @FILE reads them from a file' -r -a '(__fish_bluehook_at)'
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l verify-token -d 'The word that you chose for the provider\'s handshake, such as Meta\'s hub.verify_token' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -s s -l secret -d 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l secret-file -d 'Read the secret from a file (- for standard input): any bytes, without the line end at the end' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l secret-env -d 'Read the secret from an environment variable' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l scheme -d 'The signature scheme (bluehook schemes lists them) [default: blue]' -r -f -a "blue\t''
standard-webhooks\t''
svix\t''
polar\t''
github\t''
gitlab\t''
stripe\t''
slack\t''
shopify\t''
twilio\t''
sendgrid\t''
zoom\t''
linear\t''
paddle\t''
paystack\t''
square\t''
discord\t''
twitch\t''
meta\t''
intercom\t''
hubspot\t''
dropbox\t''
typeform\t''
calendly\t''
zendesk\t''
clickup\t''
asana\t''
notion\t''
vercel\t''
sentry\t''
pagerduty\t''
bitbucket\t''
jira\t''
docusign\t''
xero\t''
woocommerce\t''
workos\t''
lemon-squeezy\t''
razorpay\t''
telegram\t''
line\t''
coinbase\t''
gocardless\t''
elevenlabs\t''
cal\t''
tally\t''
airtable\t''
sanity\t''
circleci\t''
buildkite\t''
terraform\t''
trello\t''
telnyx\t''
webex\t''
viber\t''
teams\t''
modern-treasury\t''
openai\t''
anthropic\t''
replicate\t''
supabase\t''
gemini\t''
clerk\t''
resend\t''"
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l scheme-file -d 'A scheme of your own: a TOML record as bluehook schemes NAME prints it' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l public-url -d 'The receiver\'s public URL, which is signed instead of the one that is sent to, for schemes that sign it' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -s w -l webhook -d 'A profile of bluehook.toml: its URL, secret, scheme, events and projects' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l config -d 'The configuration, instead of the nearest bluehook.toml upwards or the user\'s own' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l timeout -d 'How long an attempt may take; Blue waits 7 seconds' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l cacert -d 'Trust the certificates in this PEM file instead of the public ones' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l proxy -d 'Go through this proxy; without it none is used, whatever the environment says' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l junit -d 'Write the report as JUnit XML, for CI' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l list -d 'List the cases and send nothing'
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l allow-remote -d 'Send to an address outside this machine and its private networks: only to what is yours'
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -s k -l insecure -d 'Do not verify the receiver\'s certificate'
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -l json -d 'Print machine-readable output: one JSON object a line'
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -s q -l quiet -d 'Print no report, only what was asked for'
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -s v -l verbose -d 'Say more about what is done'
complete -c bluehook -n "__fish_bluehook_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bluehook -n "__fish_bluehook_using_subcommand events" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c bluehook -n "__fish_bluehook_using_subcommand events" -s w -l webhook -d 'A profile of bluehook.toml: its URL, secret, scheme, events and projects' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand events" -l config -d 'The configuration, instead of the nearest bluehook.toml upwards or the user\'s own' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand events" -l json -d 'Print the list as JSON, one object a line'
complete -c bluehook -n "__fish_bluehook_using_subcommand events" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bluehook -n "__fish_bluehook_using_subcommand schemes" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c bluehook -n "__fish_bluehook_using_subcommand schemes" -l json -d 'Print the list as JSON, one object a line'
complete -c bluehook -n "__fish_bluehook_using_subcommand schemes" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bluehook -n "__fish_bluehook_using_subcommand completions" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c bluehook -n "__fish_bluehook_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bluehook -n "__fish_bluehook_using_subcommand help" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c bluehook -n "__fish_bluehook_using_subcommand help" -s h -l help -d 'Print help'
complete -c bluehook -n "__fish_bluehook_using_subcommand events" -f -a "TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK"
complete -c bluehook -n "__fish_bluehook_using_subcommand schemes" -f -a "blue standard-webhooks svix polar github gitlab stripe slack shopify twilio sendgrid zoom linear paddle paystack square discord twitch meta intercom hubspot dropbox typeform calendly zendesk clickup asana notion vercel sentry pagerduty bitbucket jira docusign xero woocommerce workos lemon-squeezy razorpay telegram line coinbase gocardless elevenlabs cal tally airtable sanity circleci buildkite terraform trello telnyx webex viber teams modern-treasury openai anthropic replicate supabase gemini clerk resend"
complete -c bluehook -n "__fish_bluehook_using_subcommand completions" -f -a "bash zsh fish elvish powershell"
