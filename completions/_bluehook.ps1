
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'bluehook' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements

    $typed = $wordToComplete.Trim("'", '"')
    if ($typed.StartsWith('@')) {
        [CompletionCompleters]::CompleteFilename($typed.Substring(1)) | ForEach-Object {
            $file = "'@" + $_.CompletionText.Trim("'", '"', '&', ' ') + "'"
            [CompletionResult]::new($file, $_.ListItemText, $_.ResultType, $_.ToolTip)
        }
        return
    }
    $before = @($commandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition })
    $values = @(switch ("$($before[1]) $($before[-1])") {
        'sign --color' { 'auto', 'always', 'never' }
        'sign --scheme' { 'blue', 'standard-webhooks', 'svix', 'polar', 'github', 'gitlab', 'stripe', 'slack', 'shopify', 'twilio', 'sendgrid', 'zoom', 'linear', 'paddle', 'paystack', 'square', 'discord', 'twitch', 'meta', 'intercom', 'hubspot', 'dropbox', 'typeform', 'calendly', 'zendesk', 'clickup', 'asana', 'notion', 'vercel', 'sentry', 'pagerduty', 'bitbucket', 'jira', 'docusign', 'xero', 'woocommerce', 'workos', 'lemon-squeezy', 'razorpay', 'telegram', 'line', 'coinbase', 'gocardless', 'elevenlabs', 'cal', 'tally', 'airtable', 'sanity', 'circleci', 'buildkite', 'terraform', 'trello', 'telnyx', 'webex', 'viber', 'teams', 'modern-treasury', 'mailgun', 'box', 'segment', 'mercado-pago', 'hook0', 'convoy', 'contentful', 'gitea', 'grafana', 'cloudevents', 'wise', 'travis', 'paypal', 'aws-sns', 'x', 'rfc9421', 'adcp', 'ucp', 'plaid', 'netlify', 'vonage', 'messagebird', 'openai', 'anthropic', 'replicate', 'supabase', 'gemini', 'clerk', 'resend', 'event-grid', 'twitter' }
        'sign --format' { 'value', 'headers', 'json' }
        'verify --color' { 'auto', 'always', 'never' }
        'verify --scheme' { 'blue', 'standard-webhooks', 'svix', 'polar', 'github', 'gitlab', 'stripe', 'slack', 'shopify', 'twilio', 'sendgrid', 'zoom', 'linear', 'paddle', 'paystack', 'square', 'discord', 'twitch', 'meta', 'intercom', 'hubspot', 'dropbox', 'typeform', 'calendly', 'zendesk', 'clickup', 'asana', 'notion', 'vercel', 'sentry', 'pagerduty', 'bitbucket', 'jira', 'docusign', 'xero', 'woocommerce', 'workos', 'lemon-squeezy', 'razorpay', 'telegram', 'line', 'coinbase', 'gocardless', 'elevenlabs', 'cal', 'tally', 'airtable', 'sanity', 'circleci', 'buildkite', 'terraform', 'trello', 'telnyx', 'webex', 'viber', 'teams', 'modern-treasury', 'mailgun', 'box', 'segment', 'mercado-pago', 'hook0', 'convoy', 'contentful', 'gitea', 'grafana', 'cloudevents', 'wise', 'travis', 'paypal', 'aws-sns', 'x', 'rfc9421', 'adcp', 'ucp', 'plaid', 'netlify', 'vonage', 'messagebird', 'openai', 'anthropic', 'replicate', 'supabase', 'gemini', 'clerk', 'resend', 'event-grid', 'twitter', 'auto' }
        'verify --show' { 'line', 'short', 'full' }
        'send --color' { 'auto', 'always', 'never' }
        'send -e' { 'TODO_CREATED', 'TODO_DELETED', 'TODO_MOVED', 'TODO_NAME_CHANGED', 'TODO_DONE_STATUS_UPDATED', 'TODO_DUE_DATE_ADDED', 'TODO_DUE_DATE_UPDATED', 'TODO_DUE_DATE_REMOVED', 'TODO_ASSIGNEE_ADDED', 'TODO_ASSIGNEE_REMOVED', 'TODO_TAG_ADDED', 'TODO_TAG_REMOVED', 'TODO_CUSTOM_FIELD_UPDATED', 'TODO_CHECKLIST_CREATED', 'TODO_CHECKLIST_NAME_CHANGED', 'TODO_CHECKLIST_DELETED', 'TODO_CHECKLIST_ITEM_CREATED', 'TODO_CHECKLIST_ITEM_NAME_CHANGED', 'TODO_CHECKLIST_ITEM_DELETED', 'TODO_CHECKLIST_ITEM_DUE_DATE_ADDED', 'TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED', 'TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED', 'TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED', 'TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED', 'TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED', 'TODO_LIST_CREATED', 'TODO_LIST_DELETED', 'TODO_LIST_NAME_CHANGED', 'CUSTOM_FIELD_CREATED', 'CUSTOM_FIELD_DELETED', 'CUSTOM_FIELD_UPDATED', 'TAG_CREATED', 'TAG_DELETED', 'TAG_UPDATED', 'COMMENT_CREATED', 'COMMENT_DELETED', 'COMMENT_UPDATED', 'WEBHOOK_HEALTH_CHECK' }
        'send --event' { 'TODO_CREATED', 'TODO_DELETED', 'TODO_MOVED', 'TODO_NAME_CHANGED', 'TODO_DONE_STATUS_UPDATED', 'TODO_DUE_DATE_ADDED', 'TODO_DUE_DATE_UPDATED', 'TODO_DUE_DATE_REMOVED', 'TODO_ASSIGNEE_ADDED', 'TODO_ASSIGNEE_REMOVED', 'TODO_TAG_ADDED', 'TODO_TAG_REMOVED', 'TODO_CUSTOM_FIELD_UPDATED', 'TODO_CHECKLIST_CREATED', 'TODO_CHECKLIST_NAME_CHANGED', 'TODO_CHECKLIST_DELETED', 'TODO_CHECKLIST_ITEM_CREATED', 'TODO_CHECKLIST_ITEM_NAME_CHANGED', 'TODO_CHECKLIST_ITEM_DELETED', 'TODO_CHECKLIST_ITEM_DUE_DATE_ADDED', 'TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED', 'TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED', 'TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED', 'TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED', 'TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED', 'TODO_LIST_CREATED', 'TODO_LIST_DELETED', 'TODO_LIST_NAME_CHANGED', 'CUSTOM_FIELD_CREATED', 'CUSTOM_FIELD_DELETED', 'CUSTOM_FIELD_UPDATED', 'TAG_CREATED', 'TAG_DELETED', 'TAG_UPDATED', 'COMMENT_CREATED', 'COMMENT_DELETED', 'COMMENT_UPDATED', 'WEBHOOK_HEALTH_CHECK' }
        'send --scheme' { 'blue', 'standard-webhooks', 'svix', 'polar', 'github', 'gitlab', 'stripe', 'slack', 'shopify', 'twilio', 'sendgrid', 'zoom', 'linear', 'paddle', 'paystack', 'square', 'discord', 'twitch', 'meta', 'intercom', 'hubspot', 'dropbox', 'typeform', 'calendly', 'zendesk', 'clickup', 'asana', 'notion', 'vercel', 'sentry', 'pagerduty', 'bitbucket', 'jira', 'docusign', 'xero', 'woocommerce', 'workos', 'lemon-squeezy', 'razorpay', 'telegram', 'line', 'coinbase', 'gocardless', 'elevenlabs', 'cal', 'tally', 'airtable', 'sanity', 'circleci', 'buildkite', 'terraform', 'trello', 'telnyx', 'webex', 'viber', 'teams', 'modern-treasury', 'mailgun', 'box', 'segment', 'mercado-pago', 'hook0', 'convoy', 'contentful', 'gitea', 'grafana', 'cloudevents', 'wise', 'travis', 'paypal', 'aws-sns', 'x', 'rfc9421', 'adcp', 'ucp', 'plaid', 'netlify', 'vonage', 'messagebird', 'openai', 'anthropic', 'replicate', 'supabase', 'gemini', 'clerk', 'resend', 'event-grid', 'twitter' }
        'send --show' { 'line', 'short', 'full' }
        'replay --color' { 'auto', 'always', 'never' }
        'replay -e' { 'TODO_CREATED', 'TODO_DELETED', 'TODO_MOVED', 'TODO_NAME_CHANGED', 'TODO_DONE_STATUS_UPDATED', 'TODO_DUE_DATE_ADDED', 'TODO_DUE_DATE_UPDATED', 'TODO_DUE_DATE_REMOVED', 'TODO_ASSIGNEE_ADDED', 'TODO_ASSIGNEE_REMOVED', 'TODO_TAG_ADDED', 'TODO_TAG_REMOVED', 'TODO_CUSTOM_FIELD_UPDATED', 'TODO_CHECKLIST_CREATED', 'TODO_CHECKLIST_NAME_CHANGED', 'TODO_CHECKLIST_DELETED', 'TODO_CHECKLIST_ITEM_CREATED', 'TODO_CHECKLIST_ITEM_NAME_CHANGED', 'TODO_CHECKLIST_ITEM_DELETED', 'TODO_CHECKLIST_ITEM_DUE_DATE_ADDED', 'TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED', 'TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED', 'TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED', 'TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED', 'TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED', 'TODO_LIST_CREATED', 'TODO_LIST_DELETED', 'TODO_LIST_NAME_CHANGED', 'CUSTOM_FIELD_CREATED', 'CUSTOM_FIELD_DELETED', 'CUSTOM_FIELD_UPDATED', 'TAG_CREATED', 'TAG_DELETED', 'TAG_UPDATED', 'COMMENT_CREATED', 'COMMENT_DELETED', 'COMMENT_UPDATED', 'WEBHOOK_HEALTH_CHECK' }
        'replay --event' { 'TODO_CREATED', 'TODO_DELETED', 'TODO_MOVED', 'TODO_NAME_CHANGED', 'TODO_DONE_STATUS_UPDATED', 'TODO_DUE_DATE_ADDED', 'TODO_DUE_DATE_UPDATED', 'TODO_DUE_DATE_REMOVED', 'TODO_ASSIGNEE_ADDED', 'TODO_ASSIGNEE_REMOVED', 'TODO_TAG_ADDED', 'TODO_TAG_REMOVED', 'TODO_CUSTOM_FIELD_UPDATED', 'TODO_CHECKLIST_CREATED', 'TODO_CHECKLIST_NAME_CHANGED', 'TODO_CHECKLIST_DELETED', 'TODO_CHECKLIST_ITEM_CREATED', 'TODO_CHECKLIST_ITEM_NAME_CHANGED', 'TODO_CHECKLIST_ITEM_DELETED', 'TODO_CHECKLIST_ITEM_DUE_DATE_ADDED', 'TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED', 'TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED', 'TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED', 'TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED', 'TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED', 'TODO_LIST_CREATED', 'TODO_LIST_DELETED', 'TODO_LIST_NAME_CHANGED', 'CUSTOM_FIELD_CREATED', 'CUSTOM_FIELD_DELETED', 'CUSTOM_FIELD_UPDATED', 'TAG_CREATED', 'TAG_DELETED', 'TAG_UPDATED', 'COMMENT_CREATED', 'COMMENT_DELETED', 'COMMENT_UPDATED', 'WEBHOOK_HEALTH_CHECK' }
        'replay --scheme' { 'blue', 'standard-webhooks', 'svix', 'polar', 'github', 'gitlab', 'stripe', 'slack', 'shopify', 'twilio', 'sendgrid', 'zoom', 'linear', 'paddle', 'paystack', 'square', 'discord', 'twitch', 'meta', 'intercom', 'hubspot', 'dropbox', 'typeform', 'calendly', 'zendesk', 'clickup', 'asana', 'notion', 'vercel', 'sentry', 'pagerduty', 'bitbucket', 'jira', 'docusign', 'xero', 'woocommerce', 'workos', 'lemon-squeezy', 'razorpay', 'telegram', 'line', 'coinbase', 'gocardless', 'elevenlabs', 'cal', 'tally', 'airtable', 'sanity', 'circleci', 'buildkite', 'terraform', 'trello', 'telnyx', 'webex', 'viber', 'teams', 'modern-treasury', 'mailgun', 'box', 'segment', 'mercado-pago', 'hook0', 'convoy', 'contentful', 'gitea', 'grafana', 'cloudevents', 'wise', 'travis', 'paypal', 'aws-sns', 'x', 'rfc9421', 'adcp', 'ucp', 'plaid', 'netlify', 'vonage', 'messagebird', 'openai', 'anthropic', 'replicate', 'supabase', 'gemini', 'clerk', 'resend', 'event-grid', 'twitter' }
        'listen --color' { 'auto', 'always', 'never' }
        'listen --scheme' { 'blue', 'standard-webhooks', 'svix', 'polar', 'github', 'gitlab', 'stripe', 'slack', 'shopify', 'twilio', 'sendgrid', 'zoom', 'linear', 'paddle', 'paystack', 'square', 'discord', 'twitch', 'meta', 'intercom', 'hubspot', 'dropbox', 'typeform', 'calendly', 'zendesk', 'clickup', 'asana', 'notion', 'vercel', 'sentry', 'pagerduty', 'bitbucket', 'jira', 'docusign', 'xero', 'woocommerce', 'workos', 'lemon-squeezy', 'razorpay', 'telegram', 'line', 'coinbase', 'gocardless', 'elevenlabs', 'cal', 'tally', 'airtable', 'sanity', 'circleci', 'buildkite', 'terraform', 'trello', 'telnyx', 'webex', 'viber', 'teams', 'modern-treasury', 'mailgun', 'box', 'segment', 'mercado-pago', 'hook0', 'convoy', 'contentful', 'gitea', 'grafana', 'cloudevents', 'wise', 'travis', 'paypal', 'aws-sns', 'x', 'rfc9421', 'adcp', 'ucp', 'plaid', 'netlify', 'vonage', 'messagebird', 'openai', 'anthropic', 'replicate', 'supabase', 'gemini', 'clerk', 'resend', 'event-grid', 'twitter', 'auto' }
        'listen -e' { 'TODO_CREATED', 'TODO_DELETED', 'TODO_MOVED', 'TODO_NAME_CHANGED', 'TODO_DONE_STATUS_UPDATED', 'TODO_DUE_DATE_ADDED', 'TODO_DUE_DATE_UPDATED', 'TODO_DUE_DATE_REMOVED', 'TODO_ASSIGNEE_ADDED', 'TODO_ASSIGNEE_REMOVED', 'TODO_TAG_ADDED', 'TODO_TAG_REMOVED', 'TODO_CUSTOM_FIELD_UPDATED', 'TODO_CHECKLIST_CREATED', 'TODO_CHECKLIST_NAME_CHANGED', 'TODO_CHECKLIST_DELETED', 'TODO_CHECKLIST_ITEM_CREATED', 'TODO_CHECKLIST_ITEM_NAME_CHANGED', 'TODO_CHECKLIST_ITEM_DELETED', 'TODO_CHECKLIST_ITEM_DUE_DATE_ADDED', 'TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED', 'TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED', 'TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED', 'TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED', 'TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED', 'TODO_LIST_CREATED', 'TODO_LIST_DELETED', 'TODO_LIST_NAME_CHANGED', 'CUSTOM_FIELD_CREATED', 'CUSTOM_FIELD_DELETED', 'CUSTOM_FIELD_UPDATED', 'TAG_CREATED', 'TAG_DELETED', 'TAG_UPDATED', 'COMMENT_CREATED', 'COMMENT_DELETED', 'COMMENT_UPDATED', 'WEBHOOK_HEALTH_CHECK' }
        'listen --event' { 'TODO_CREATED', 'TODO_DELETED', 'TODO_MOVED', 'TODO_NAME_CHANGED', 'TODO_DONE_STATUS_UPDATED', 'TODO_DUE_DATE_ADDED', 'TODO_DUE_DATE_UPDATED', 'TODO_DUE_DATE_REMOVED', 'TODO_ASSIGNEE_ADDED', 'TODO_ASSIGNEE_REMOVED', 'TODO_TAG_ADDED', 'TODO_TAG_REMOVED', 'TODO_CUSTOM_FIELD_UPDATED', 'TODO_CHECKLIST_CREATED', 'TODO_CHECKLIST_NAME_CHANGED', 'TODO_CHECKLIST_DELETED', 'TODO_CHECKLIST_ITEM_CREATED', 'TODO_CHECKLIST_ITEM_NAME_CHANGED', 'TODO_CHECKLIST_ITEM_DELETED', 'TODO_CHECKLIST_ITEM_DUE_DATE_ADDED', 'TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED', 'TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED', 'TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED', 'TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED', 'TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED', 'TODO_LIST_CREATED', 'TODO_LIST_DELETED', 'TODO_LIST_NAME_CHANGED', 'CUSTOM_FIELD_CREATED', 'CUSTOM_FIELD_DELETED', 'CUSTOM_FIELD_UPDATED', 'TAG_CREATED', 'TAG_DELETED', 'TAG_UPDATED', 'COMMENT_CREATED', 'COMMENT_DELETED', 'COMMENT_UPDATED', 'WEBHOOK_HEALTH_CHECK' }
        'listen --expect' { 'TODO_CREATED', 'TODO_DELETED', 'TODO_MOVED', 'TODO_NAME_CHANGED', 'TODO_DONE_STATUS_UPDATED', 'TODO_DUE_DATE_ADDED', 'TODO_DUE_DATE_UPDATED', 'TODO_DUE_DATE_REMOVED', 'TODO_ASSIGNEE_ADDED', 'TODO_ASSIGNEE_REMOVED', 'TODO_TAG_ADDED', 'TODO_TAG_REMOVED', 'TODO_CUSTOM_FIELD_UPDATED', 'TODO_CHECKLIST_CREATED', 'TODO_CHECKLIST_NAME_CHANGED', 'TODO_CHECKLIST_DELETED', 'TODO_CHECKLIST_ITEM_CREATED', 'TODO_CHECKLIST_ITEM_NAME_CHANGED', 'TODO_CHECKLIST_ITEM_DELETED', 'TODO_CHECKLIST_ITEM_DUE_DATE_ADDED', 'TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED', 'TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED', 'TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED', 'TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED', 'TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED', 'TODO_LIST_CREATED', 'TODO_LIST_DELETED', 'TODO_LIST_NAME_CHANGED', 'CUSTOM_FIELD_CREATED', 'CUSTOM_FIELD_DELETED', 'CUSTOM_FIELD_UPDATED', 'TAG_CREATED', 'TAG_DELETED', 'TAG_UPDATED', 'COMMENT_CREATED', 'COMMENT_DELETED', 'COMMENT_UPDATED', 'WEBHOOK_HEALTH_CHECK' }
        'listen --show' { 'line', 'short', 'full' }
        'check --color' { 'auto', 'always', 'never' }
        'check --scheme' { 'blue', 'standard-webhooks', 'svix', 'polar', 'github', 'gitlab', 'stripe', 'slack', 'shopify', 'twilio', 'sendgrid', 'zoom', 'linear', 'paddle', 'paystack', 'square', 'discord', 'twitch', 'meta', 'intercom', 'hubspot', 'dropbox', 'typeform', 'calendly', 'zendesk', 'clickup', 'asana', 'notion', 'vercel', 'sentry', 'pagerduty', 'bitbucket', 'jira', 'docusign', 'xero', 'woocommerce', 'workos', 'lemon-squeezy', 'razorpay', 'telegram', 'line', 'coinbase', 'gocardless', 'elevenlabs', 'cal', 'tally', 'airtable', 'sanity', 'circleci', 'buildkite', 'terraform', 'trello', 'telnyx', 'webex', 'viber', 'teams', 'modern-treasury', 'mailgun', 'box', 'segment', 'mercado-pago', 'hook0', 'convoy', 'contentful', 'gitea', 'grafana', 'cloudevents', 'wise', 'travis', 'paypal', 'aws-sns', 'x', 'rfc9421', 'adcp', 'ucp', 'plaid', 'netlify', 'vonage', 'messagebird', 'openai', 'anthropic', 'replicate', 'supabase', 'gemini', 'clerk', 'resend', 'event-grid', 'twitter' }
        'events --color' { 'auto', 'always', 'never' }
        'events events' { 'TODO_CREATED', 'TODO_DELETED', 'TODO_MOVED', 'TODO_NAME_CHANGED', 'TODO_DONE_STATUS_UPDATED', 'TODO_DUE_DATE_ADDED', 'TODO_DUE_DATE_UPDATED', 'TODO_DUE_DATE_REMOVED', 'TODO_ASSIGNEE_ADDED', 'TODO_ASSIGNEE_REMOVED', 'TODO_TAG_ADDED', 'TODO_TAG_REMOVED', 'TODO_CUSTOM_FIELD_UPDATED', 'TODO_CHECKLIST_CREATED', 'TODO_CHECKLIST_NAME_CHANGED', 'TODO_CHECKLIST_DELETED', 'TODO_CHECKLIST_ITEM_CREATED', 'TODO_CHECKLIST_ITEM_NAME_CHANGED', 'TODO_CHECKLIST_ITEM_DELETED', 'TODO_CHECKLIST_ITEM_DUE_DATE_ADDED', 'TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED', 'TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED', 'TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED', 'TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED', 'TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED', 'TODO_LIST_CREATED', 'TODO_LIST_DELETED', 'TODO_LIST_NAME_CHANGED', 'CUSTOM_FIELD_CREATED', 'CUSTOM_FIELD_DELETED', 'CUSTOM_FIELD_UPDATED', 'TAG_CREATED', 'TAG_DELETED', 'TAG_UPDATED', 'COMMENT_CREATED', 'COMMENT_DELETED', 'COMMENT_UPDATED', 'WEBHOOK_HEALTH_CHECK' }
        'schemes --color' { 'auto', 'always', 'never' }
        'schemes schemes' { 'blue', 'standard-webhooks', 'svix', 'polar', 'github', 'gitlab', 'stripe', 'slack', 'shopify', 'twilio', 'sendgrid', 'zoom', 'linear', 'paddle', 'paystack', 'square', 'discord', 'twitch', 'meta', 'intercom', 'hubspot', 'dropbox', 'typeform', 'calendly', 'zendesk', 'clickup', 'asana', 'notion', 'vercel', 'sentry', 'pagerduty', 'bitbucket', 'jira', 'docusign', 'xero', 'woocommerce', 'workos', 'lemon-squeezy', 'razorpay', 'telegram', 'line', 'coinbase', 'gocardless', 'elevenlabs', 'cal', 'tally', 'airtable', 'sanity', 'circleci', 'buildkite', 'terraform', 'trello', 'telnyx', 'webex', 'viber', 'teams', 'modern-treasury', 'mailgun', 'box', 'segment', 'mercado-pago', 'hook0', 'convoy', 'contentful', 'gitea', 'grafana', 'cloudevents', 'wise', 'travis', 'paypal', 'aws-sns', 'x', 'rfc9421', 'adcp', 'ucp', 'plaid', 'netlify', 'vonage', 'messagebird', 'openai', 'anthropic', 'replicate', 'supabase', 'gemini', 'clerk', 'resend', 'event-grid', 'twitter' }
        'completions --color' { 'auto', 'always', 'never' }
        'completions completions' { 'bash', 'zsh', 'fish', 'elvish', 'powershell' }
        'help --color' { 'auto', 'always', 'never' }
        { $_ -match ' (-w|--webhook)$' } { bluehook completions --profiles 2>$null }
    })
    if ($values) {
        $values | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
            [CompletionResult]::new($_, $_, [CompletionResultType]::ParameterValue, $_)
        }
        return
    }
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
            [CompletionResult]::new('sign', 'sign', [CompletionResultType]::ParameterValue, 'Print the signature of a body')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Is this delivery genuine? If not, why not, and what would make it match')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send a sample or saved payload, signed')
            [CompletionResult]::new('replay', 'replay', [CompletionResultType]::ParameterValue, 'Send recorded deliveries again, as captured or signed afresh')
            [CompletionResult]::new('listen', 'listen', [CompletionResultType]::ParameterValue, 'Receive deliveries: verify, validate, show, record, answer')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Does a receiver accept what it must, and refuse what it must?')
            [CompletionResult]::new('events', 'events', [CompletionResultType]::ParameterValue, 'List Blue''s events; with a name, print its sample payload')
            [CompletionResult]::new('schemes', 'schemes', [CompletionResultType]::ParameterValue, 'List the signature schemes; with a name, print its record in TOML')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Show what a command takes')
            break
        }
        'bluehook;sign' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (- for standard input): any bytes, without the line end at the end')
            [CompletionResult]::new('--secret-env', '--secret-env', [CompletionResultType]::ParameterName, 'Read the secret from an environment variable')
            [CompletionResult]::new('--keys', '--keys', [CompletionResultType]::ParameterName, 'Read keys from a file, beside the secrets: a JWK set, or PEM keys and certificates. Where a delivery names its key, that one alone is tried')
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
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
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
            [CompletionResult]::new('--keys', '--keys', [CompletionResultType]::ParameterName, 'Read keys from a file, beside the secrets: a JWK set, or PEM keys and certificates. Where a delivery names its key, that one alone is tried')
            [CompletionResult]::new('--scheme', '--scheme', [CompletionResultType]::ParameterName, 'The signature scheme (bluehook schemes lists them), or auto for the one whose headers a delivery carries [default: blue]')
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
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
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
            [CompletionResult]::new('--keys', '--keys', [CompletionResultType]::ParameterName, 'Read keys from a file, beside the secrets: a JWK set, or PEM keys and certificates. Where a delivery names its key, that one alone is tried')
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
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'bluehook;replay' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--number', '--number', [CompletionResultType]::ParameterName, 'Only these deliveries: 3,7-9')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Only events that match this glob (COMMENT_*); may be given several times')
            [CompletionResult]::new('--event', '--event', [CompletionResultType]::ParameterName, 'Only events that match this glob (COMMENT_*); may be given several times')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'Only deliveries of this project; may be given several times')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only deliveries whose body has this value: currentValue.done=true; all of several must hold')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Replace one value in the body and leave all other bytes; implies --resign')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'A further header, in curl''s syntax; @FILE reads them from a file')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'A further header, in curl''s syntax; @FILE reads them from a file')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (- for standard input): any bytes, without the line end at the end')
            [CompletionResult]::new('--secret-env', '--secret-env', [CompletionResultType]::ParameterName, 'Read the secret from an environment variable')
            [CompletionResult]::new('--keys', '--keys', [CompletionResultType]::ParameterName, 'Read keys from a file, beside the secrets: a JWK set, or PEM keys and certificates. Where a delivery names its key, that one alone is tried')
            [CompletionResult]::new('--scheme', '--scheme', [CompletionResultType]::ParameterName, 'The signature scheme (bluehook schemes lists them) [default: blue]')
            [CompletionResult]::new('--scheme-file', '--scheme-file', [CompletionResultType]::ParameterName, 'A scheme of your own: a TOML record as bluehook schemes NAME prints it')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'The time to sign with: seconds since 1970 or RFC 3339 [default: now]')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'The delivery''s id [default: a random one]')
            [CompletionResult]::new('--public-url', '--public-url', [CompletionResultType]::ParameterName, 'The receiver''s public URL, which --resign signs instead of the one that is sent to, for schemes that sign it')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'A profile of bluehook.toml: its URL, secret, scheme, events and projects')
            [CompletionResult]::new('--webhook', '--webhook', [CompletionResultType]::ParameterName, 'A profile of bluehook.toml: its URL, secret, scheme, events and projects')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of the nearest bluehook.toml upwards or the user''s own')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long an attempt may take; Blue waits 7 seconds')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file instead of the public ones')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Go through this proxy; without it none is used, whatever the environment says')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'When to try again: once (never), blue (5 attempts, growing pauses), or standard (10 attempts over three days, as Standard Webhooks has it)')
            [CompletionResult]::new('--attempts', '--attempts', [CompletionResultType]::ParameterName, 'How many attempts there are at most, instead of as many as the policy makes')
            [CompletionResult]::new('--time-scale', '--time-scale', [CompletionResultType]::ParameterName, 'Multiply the policy''s pauses: 0.01 makes seconds of minutes')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Replay the recording so many times')
            [CompletionResult]::new('--repeat', '--repeat', [CompletionResultType]::ParameterName, 'Replay the recording so many times')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'How many deliveries are under way at a time')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'How many deliveries are under way at a time')
            [CompletionResult]::new('--speed', '--speed', [CompletionResultType]::ParameterName, 'Keep the recorded pauses, so many times as fast; max keeps none')
            [CompletionResult]::new('--duplicate', '--duplicate', [CompletionResultType]::ParameterName, 'Send each delivery so many times, as senders do that did not hear the answer')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'The number that decides the order, to have the same one again [default: a random one]')
            [CompletionResult]::new('--resign', '--resign', [CompletionResultType]::ParameterName, 'Sign afresh, with a new id and the time of now')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Do not verify the receiver''s certificate')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify the receiver''s certificate')
            [CompletionResult]::new('--shuffle', '--shuffle', [CompletionResultType]::ParameterName, 'Send out of order, as senders do that try again')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the exact bytes of the requests and send nothing; lines of ### divide several')
            [CompletionResult]::new('--curl', '--curl', [CompletionResultType]::ParameterName, 'Print the equivalent curl commands and send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print machine-readable output: one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no report, only what was asked for')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no report, only what was asked for')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more about what is done')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more about what is done')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
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
            [CompletionResult]::new('--keys', '--keys', [CompletionResultType]::ParameterName, 'Read keys from a file, beside the secrets: a JWK set, or PEM keys and certificates. Where a delivery names its key, that one alone is tried')
            [CompletionResult]::new('--scheme', '--scheme', [CompletionResultType]::ParameterName, 'The signature scheme (bluehook schemes lists them), or auto for the one whose headers a delivery carries [default: blue]')
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
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'bluehook;check' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only the cases whose name or group matches: refuses/*, or quick,leaks')
            [CompletionResult]::new('--skip', '--skip', [CompletionResultType]::ParameterName, 'Not the cases whose name or group matches')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'A body that the receiver accepts, instead of a sample: text, @FILE, or - for standard input')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'A body that the receiver accepts, instead of a sample: text, @FILE, or - for standard input')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'A further header, in curl''s syntax; @FILE reads them from a file')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'A further header, in curl''s syntax; @FILE reads them from a file')
            [CompletionResult]::new('--verify-token', '--verify-token', [CompletionResultType]::ParameterName, 'The word that you chose for the provider''s handshake, such as Meta''s hub.verify_token')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The secret. Other users of this machine can see it in the list of processes: prefer --secret-file, --secret-env or the variable BLUEHOOK_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (- for standard input): any bytes, without the line end at the end')
            [CompletionResult]::new('--secret-env', '--secret-env', [CompletionResultType]::ParameterName, 'Read the secret from an environment variable')
            [CompletionResult]::new('--keys', '--keys', [CompletionResultType]::ParameterName, 'Read keys from a file, beside the secrets: a JWK set, or PEM keys and certificates. Where a delivery names its key, that one alone is tried')
            [CompletionResult]::new('--scheme', '--scheme', [CompletionResultType]::ParameterName, 'The signature scheme (bluehook schemes lists them) [default: blue]')
            [CompletionResult]::new('--scheme-file', '--scheme-file', [CompletionResultType]::ParameterName, 'A scheme of your own: a TOML record as bluehook schemes NAME prints it')
            [CompletionResult]::new('--public-url', '--public-url', [CompletionResultType]::ParameterName, 'The receiver''s public URL, which is signed instead of the one that is sent to, for schemes that sign it')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'A profile of bluehook.toml: its URL, secret, scheme, events and projects')
            [CompletionResult]::new('--webhook', '--webhook', [CompletionResultType]::ParameterName, 'A profile of bluehook.toml: its URL, secret, scheme, events and projects')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of the nearest bluehook.toml upwards or the user''s own')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long an attempt may take; Blue waits 7 seconds')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file instead of the public ones')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Go through this proxy; without it none is used, whatever the environment says')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write the report as JUnit XML, for CI')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'List the cases and send nothing')
            [CompletionResult]::new('--allow-remote', '--allow-remote', [CompletionResultType]::ParameterName, 'Send to an address outside this machine and its private networks: only to what is yours')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Do not verify the receiver''s certificate')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not verify the receiver''s certificate')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print machine-readable output: one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no report, only what was asked for')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no report, only what was asked for')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more about what is done')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more about what is done')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'bluehook;events' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'A profile of bluehook.toml: its URL, secret, scheme, events and projects')
            [CompletionResult]::new('--webhook', '--webhook', [CompletionResultType]::ParameterName, 'A profile of bluehook.toml: its URL, secret, scheme, events and projects')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of the nearest bluehook.toml upwards or the user''s own')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the list as JSON, one object a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
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
        'bluehook;help' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
