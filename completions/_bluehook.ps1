
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'bluehook' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'bluehook'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'bluehook' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('sign', 'sign', [CompletionResultType]::ParameterValue, 'Where a command''s output goes and how much of it there is')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Where a command''s output goes and how much of it there is')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Where a command''s output goes and how much of it there is')
            [CompletionResult]::new('listen', 'listen', [CompletionResultType]::ParameterValue, 'Where a command''s output goes and how much of it there is')
            [CompletionResult]::new('events', 'events', [CompletionResultType]::ParameterValue, 'Which profile''s settings are used')
            [CompletionResult]::new('schemes', 'schemes', [CompletionResultType]::ParameterValue, 'List the signature schemes; with a name, print its record in TOML')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            break
        }
        'bluehook;sign' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (- for standard input): any bytes, without the line end at the end')
            [CompletionResult]::new('--secret-env', '--secret-env', [CompletionResultType]::ParameterName, 'Read the secret from an environment variable')
            [CompletionResult]::new('--scheme', '--scheme', [CompletionResultType]::ParameterName, 'The signature scheme (bluehook schemes lists them) [default: blue]')
            [CompletionResult]::new('--scheme-file', '--scheme-file', [CompletionResultType]::ParameterName, 'A scheme of your own: a TOML record as bluehook schemes NAME prints it')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'The time to sign with: seconds since 1970 or RFC 3339 [default: now]')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'The delivery''s id [default: a random one]')
            [CompletionResult]::new('--signed-url', '--signed-url', [CompletionResultType]::ParameterName, 'The URL that the sender was given, for schemes that sign it')
            [CompletionResult]::new('--signed-method', '--signed-method', [CompletionResultType]::ParameterName, 'The request''s method, for schemes that sign it')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'A header of the delivery, for schemes that sign one; in curl''s syntax')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'A header of the delivery, for schemes that sign one; in curl''s syntax')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'A profile of bluehook.toml: its URL, secret, scheme, events and projects')
            [CompletionResult]::new('--webhook', '--webhook', [CompletionResultType]::ParameterName, 'A profile of bluehook.toml: its URL, secret, scheme, events and projects')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of the nearest bluehook.toml upwards or the user''s own')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What to print: the value of the signature header, all headers that the scheme adds (one a line, as curl''s -H @- reads them), or JSON')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print machine-readable output: one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no report, only what was asked for')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no report, only what was asked for')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more about what is done')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more about what is done')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'bluehook;verify' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--signature', '--signature', [CompletionResultType]::ParameterName, 'The signature: short for the scheme''s signature header')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'A header of the delivery, in curl''s syntax; @FILE reads them from a file')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'A header of the delivery, in curl''s syntax; @FILE reads them from a file')
            [CompletionResult]::new('--delivery', '--delivery', [CompletionResultType]::ParameterName, 'A recording, or a raw HTTP request as other tools save it, instead of BODY and headers')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (- for standard input): any bytes, without the line end at the end')
            [CompletionResult]::new('--secret-env', '--secret-env', [CompletionResultType]::ParameterName, 'Read the secret from an environment variable')
            [CompletionResult]::new('--scheme', '--scheme', [CompletionResultType]::ParameterName, 'The signature scheme (bluehook schemes lists them) [default: blue]')
            [CompletionResult]::new('--scheme-file', '--scheme-file', [CompletionResultType]::ParameterName, 'A scheme of your own: a TOML record as bluehook schemes NAME prints it')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'The time to judge by: seconds since 1970 or RFC 3339 [default: now]')
            [CompletionResult]::new('--tolerance', '--tolerance', [CompletionResultType]::ParameterName, 'How old a delivery may be: 5m, 300, or off [default: as the scheme says]')
            [CompletionResult]::new('--signed-url', '--signed-url', [CompletionResultType]::ParameterName, 'The URL that the sender was given, for schemes that sign it')
            [CompletionResult]::new('--signed-method', '--signed-method', [CompletionResultType]::ParameterName, 'The request''s method, for schemes that sign it')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'A profile of bluehook.toml: its URL, secret, scheme, events and projects')
            [CompletionResult]::new('--webhook', '--webhook', [CompletionResultType]::ParameterName, 'A profile of bluehook.toml: its URL, secret, scheme, events and projects')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of the nearest bluehook.toml upwards or the user''s own')
            [CompletionResult]::new('--show', '--show', [CompletionResultType]::ParameterName, 'How much is shown of each delivery of a recording: line, short or full')
            [CompletionResult]::new('--show-expected', '--show-expected', [CompletionResultType]::ParameterName, 'Print the signature that would have been right: whoever sees it can forge the delivery')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the signed content and the steps from secret to signature')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print machine-readable output: one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no report, only what was asked for')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no report, only what was asked for')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more about what is done')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more about what is done')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'bluehook;send' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'The event whose sample to send (bluehook events lists them)')
            [CompletionResult]::new('--event', '--event', [CompletionResultType]::ParameterName, 'The event whose sample to send (bluehook events lists them)')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The body: text, @FILE, or - for standard input; as curl''s --data-binary')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The body: text, @FILE, or - for standard input; as curl''s --data-binary')
            [CompletionResult]::new('--data-binary', '--data-binary', [CompletionResultType]::ParameterName, 'The body: text, @FILE, or - for standard input; as curl''s --data-binary')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Replace one value in the body and leave all other bytes: currentValue.title=Hello')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'A further header, in curl''s syntax; @FILE reads them from a file')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'A further header, in curl''s syntax; @FILE reads them from a file')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (- for standard input): any bytes, without the line end at the end')
            [CompletionResult]::new('--secret-env', '--secret-env', [CompletionResultType]::ParameterName, 'Read the secret from an environment variable')
            [CompletionResult]::new('--scheme', '--scheme', [CompletionResultType]::ParameterName, 'The signature scheme (bluehook schemes lists them) [default: blue]')
            [CompletionResult]::new('--scheme-file', '--scheme-file', [CompletionResultType]::ParameterName, 'A scheme of your own: a TOML record as bluehook schemes NAME prints it')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'The time to sign with: seconds since 1970 or RFC 3339 [default: now]')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'The delivery''s id [default: a random one]')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'A profile of bluehook.toml: its URL, secret, scheme, events and projects')
            [CompletionResult]::new('--webhook', '--webhook', [CompletionResultType]::ParameterName, 'A profile of bluehook.toml: its URL, secret, scheme, events and projects')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of the nearest bluehook.toml upwards or the user''s own')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long an attempt may take; Blue waits 7 seconds')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file instead of the public ones')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Go through this proxy; without it none is used, whatever the environment says')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'When to try again: once (never), blue (5 attempts, growing pauses), or standard (10 attempts over three days, as Standard Webhooks has it)')
            [CompletionResult]::new('--attempts', '--attempts', [CompletionResultType]::ParameterName, 'How many attempts there are at most, instead of as many as the policy makes')
            [CompletionResult]::new('--time-scale', '--time-scale', [CompletionResultType]::ParameterName, 'Multiply the policy''s pauses: 0.01 makes seconds of minutes')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Deliver so many times, each with an id, a time and a signature of its own')
            [CompletionResult]::new('--repeat', '--repeat', [CompletionResultType]::ParameterName, 'Deliver so many times, each with an id, a time and a signature of its own')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'How many deliveries are under way at a time')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'How many deliveries are under way at a time')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Begin so many deliveries a second; latency counts from when each was due')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'Begin none after this time')
            [CompletionResult]::new('--show', '--show', [CompletionResultType]::ParameterName, 'How much is shown of what the built-in receiver got: line, short or full')
            [CompletionResult]::new('--loopback', '--loopback', [CompletionResultType]::ParameterName, 'Send to a built-in receiver on a free loopback port, which verifies and shows what it got')
            [CompletionResult]::new('--fresh', '--fresh', [CompletionResultType]::ParameterName, 'Give the sample new ids and times, and the target as webhook.url')
            [CompletionResult]::new('--unsigned', '--unsigned', [CompletionResultType]::ParameterName, 'Send without a signature')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Send although the profile''s events or projects leave it out')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Do not verify the receiver''s certificate')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify the receiver''s certificate')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the exact bytes of the request and send nothing')
            [CompletionResult]::new('--curl', '--curl', [CompletionResultType]::ParameterName, 'Print the equivalent curl command and send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print machine-readable output: one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no report, only what was asked for')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no report, only what was asked for')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more about what is done')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more about what is done')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'bluehook;listen' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The port; 0 takes any free one')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'The port; 0 takes any free one')
            [CompletionResult]::new('--bind', '--bind', [CompletionResultType]::ParameterName, 'The address to listen on; anything but loopback is open to others')
            [CompletionResult]::new('--ready-file', '--ready-file', [CompletionResultType]::ParameterName, 'Write the URL to this file once deliveries are accepted')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (- for standard input): any bytes, without the line end at the end')
            [CompletionResult]::new('--secret-env', '--secret-env', [CompletionResultType]::ParameterName, 'Read the secret from an environment variable')
            [CompletionResult]::new('--scheme', '--scheme', [CompletionResultType]::ParameterName, 'The signature scheme (bluehook schemes lists them) [default: blue]')
            [CompletionResult]::new('--scheme-file', '--scheme-file', [CompletionResultType]::ParameterName, 'A scheme of your own: a TOML record as bluehook schemes NAME prints it')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'The time to judge by: seconds since 1970 or RFC 3339 [default: now]')
            [CompletionResult]::new('--tolerance', '--tolerance', [CompletionResultType]::ParameterName, 'How old a delivery may be: 5m, 300, or off [default: as the scheme says]')
            [CompletionResult]::new('--public-url', '--public-url', [CompletionResultType]::ParameterName, 'The URL that senders were given, without the path: for schemes that sign the URL')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'A profile of bluehook.toml: its URL, secret, scheme, events and projects')
            [CompletionResult]::new('--webhook', '--webhook', [CompletionResultType]::ParameterName, 'A profile of bluehook.toml: its URL, secret, scheme, events and projects')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of the nearest bluehook.toml upwards or the user''s own')
            [CompletionResult]::new('--respond', '--respond', [CompletionResultType]::ParameterName, 'Answer by a script: steps like 500x4,200@8s,503+Retry-After:5,drop; the last one repeats')
            [CompletionResult]::new('--respond-body', '--respond-body', [CompletionResultType]::ParameterName, 'The body of scripted answers')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Send genuine deliveries on to this URL, exact bytes; with GLOB= before it only such events. The first target that matches answers the sender')
            [CompletionResult]::new('--forward-to', '--forward-to', [CompletionResultType]::ParameterName, 'Send genuine deliveries on to this URL, exact bytes; with GLOB= before it only such events. The first target that matches answers the sender')
            [CompletionResult]::new('--forward-timeout', '--forward-timeout', [CompletionResultType]::ParameterName, 'How long an application may take to answer')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file instead of the public ones, when forwarding')
            [CompletionResult]::new('--record', '--record', [CompletionResultType]::ParameterName, 'Write every delivery to this file, before it is answered')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Only events that match this glob (COMMENT_*); may be given several times')
            [CompletionResult]::new('--event', '--event', [CompletionResultType]::ParameterName, 'Only events that match this glob (COMMENT_*); may be given several times')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'Only deliveries of this project; may be given several times')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only deliveries whose body has this value: currentValue.done=true; all of several must hold')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'End after this many deliveries that are genuine (or unchecked)')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'End after this many deliveries that are genuine (or unchecked)')
            [CompletionResult]::new('--expect', '--expect', [CompletionResultType]::ParameterName, 'End when this event came (a glob); may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'End after this time: with exit code 1 if something was waited for and did not come')
            [CompletionResult]::new('--show', '--show', [CompletionResultType]::ParameterName, 'How much of each delivery is shown: line, short or full')
            [CompletionResult]::new('--max-body', '--max-body', [CompletionResultType]::ParameterName, 'The largest body that is taken')
            [CompletionResult]::new('--max-connections', '--max-connections', [CompletionResultType]::ParameterName, 'The most connections at a time; one more closes the longest idle or slowest')
            [CompletionResult]::new('--accept-invalid', '--accept-invalid', [CompletionResultType]::ParameterName, 'Answer 200 to what is not genuine, too')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Do not verify the application''s certificate')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify the application''s certificate')
            [CompletionResult]::new('--redact', '--redact', [CompletionResultType]::ParameterName, 'Keep tokens (Authorization, Cookie and the like) out of the recording and of JSON lines')
            [CompletionResult]::new('--fail-on-refused', '--fail-on-refused', [CompletionResultType]::ParameterName, 'Exit code 1 if a delivery was refused')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print machine-readable output: one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no report, only what was asked for')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no report, only what was asked for')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more about what is done')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more about what is done')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'bluehook;events' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'A profile of bluehook.toml: its URL, secret, scheme, events and projects')
            [CompletionResult]::new('--webhook', '--webhook', [CompletionResultType]::ParameterName, 'A profile of bluehook.toml: its URL, secret, scheme, events and projects')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of the nearest bluehook.toml upwards or the user''s own')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the list as JSON, one object a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'bluehook;schemes' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the list as JSON, one object a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'bluehook;completions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
