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
complete -c bluehook -n "__fish_bluehook_needs_command" -f -a "events" -d 'List Blue\'s events; with a name, print its sample payload'
complete -c bluehook -n "__fish_bluehook_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -s s -l secret -d 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l secret-file -d 'Read the secret from a file (- for standard input): any bytes, without the line end at the end' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l secret-env -d 'Read the secret from an environment variable' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l format -d 'What to print: the value of the signature header, all headers that the scheme adds (one a line, as curl\'s -H @- reads them), or JSON' -r -f -a "value\t'The value of the signature header alone'
headers\t'All headers that the scheme adds'
json\t'One JSON object'"
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -l json -d 'Print machine-readable output: one JSON object a line'
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -s q -l quiet -d 'Print no report, only what was asked for'
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -s v -l verbose -d 'Say more about what is done'
complete -c bluehook -n "__fish_bluehook_using_subcommand sign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l signature -d 'The signature: short for the scheme\'s signature header' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -s H -l header -d 'A header of the delivery, in curl\'s syntax; @FILE reads them from a file' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -s s -l secret -d 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l secret-file -d 'Read the secret from a file (- for standard input): any bytes, without the line end at the end' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l secret-env -d 'Read the secret from an environment variable' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l show-expected -d 'Print the signature that would have been right: whoever sees it can forge the delivery'
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l explain -d 'Show the signed content and the steps from secret to signature'
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -l json -d 'Print machine-readable output: one JSON object a line'
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -s q -l quiet -d 'Print no report, only what was asked for'
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -s v -l verbose -d 'Say more about what is done'
complete -c bluehook -n "__fish_bluehook_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s e -l event -d 'The event whose sample to send (bluehook events lists them)' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s d -l data -d 'The body: text, @FILE, or @- for standard input, as curl\'s --data-binary takes it' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l set -d 'Replace one value in the body and leave all other bytes: currentValue.title=Hello' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s H -l header -d 'A further header, in curl\'s syntax; @FILE reads them from a file' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s s -l secret -d 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l secret-file -d 'Read the secret from a file (- for standard input): any bytes, without the line end at the end' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l secret-env -d 'Read the secret from an environment variable' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l timeout -d 'How long an attempt may take; Blue waits 7 seconds' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l cacert -d 'Trust the certificates in this PEM file instead of the public ones' -r -F
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l proxy -d 'Go through this proxy; without it none is used, whatever the environment says' -r
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l loopback -d 'Send to a built-in receiver on a free loopback port, which verifies and shows what it got'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l fresh -d 'Give the sample new ids and times, and the target as webhook.url'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l unsigned -d 'Send without a signature'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s k -l insecure -d 'Do not verify the receiver\'s certificate'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l dry-run -d 'Print the exact bytes of the request and send nothing'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l curl -d 'Print the equivalent curl command and send nothing'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -l json -d 'Print machine-readable output: one JSON object a line'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s q -l quiet -d 'Print no report, only what was asked for'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s v -l verbose -d 'Say more about what is done'
complete -c bluehook -n "__fish_bluehook_using_subcommand send" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bluehook -n "__fish_bluehook_using_subcommand events" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c bluehook -n "__fish_bluehook_using_subcommand events" -l json -d 'Print the list as JSON, one object a line'
complete -c bluehook -n "__fish_bluehook_using_subcommand events" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c bluehook -n "__fish_bluehook_using_subcommand completions" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c bluehook -n "__fish_bluehook_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
