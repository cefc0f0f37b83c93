_bluehook() {
    local i cur prev opts cmd
    COMPREPLY=()
    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
        cur="$2"
    else
        cur="${COMP_WORDS[COMP_CWORD]}"
    fi
    prev="$3"
    if [[ "$cur" == @* ]]; then
        COMPREPLY=($(compgen -P @ -f -- "${cur#@}"))
        return 0
    fi
    cmd=""
    opts=""

    for i in "${COMP_WORDS[@]:0:COMP_CWORD}"
    do
        case "${cmd},${i}" in
            ",$1")
                cmd="bluehook"
                ;;
            bluehook,check)
                cmd="bluehook__subcmd__check"
                ;;
            bluehook,completions)
                cmd="bluehook__subcmd__completions"
                ;;
            bluehook,events)
                cmd="bluehook__subcmd__events"
                ;;
            bluehook,help)
                cmd="bluehook__subcmd__help"
                ;;
            bluehook,listen)
                cmd="bluehook__subcmd__listen"
                ;;
            bluehook,replay)
                cmd="bluehook__subcmd__replay"
                ;;
            bluehook,schemes)
                cmd="bluehook__subcmd__schemes"
                ;;
            bluehook,send)
                cmd="bluehook__subcmd__send"
                ;;
            bluehook,sign)
                cmd="bluehook__subcmd__sign"
                ;;
            bluehook,verify)
                cmd="bluehook__subcmd__verify"
                ;;
            *)
                ;;
        esac
    done

    case "${cmd}" in
        bluehook)
            opts="-h -V --color --help --version sign verify send replay listen check events schemes completions help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 1 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bluehook__subcmd__check)
            opts="-d -H -s -w -k -q -v -h --color --list --only --skip --allow-remote --data --header --verify-token --secret --secret-file --secret-env --keys --scheme --scheme-file --public-url --webhook --config --timeout --cacert --insecure --proxy --junit --json --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --only)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --skip)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --data)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -d)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --header)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -H)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --verify-token)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -s)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret-file)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret-env)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keys)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --scheme)
                    COMPREPLY=($(compgen -W "blue standard-webhooks svix polar github gitlab stripe slack shopify twilio sendgrid zoom linear paddle paystack square discord twitch meta intercom hubspot dropbox typeform calendly zendesk clickup asana notion vercel sentry pagerduty bitbucket jira docusign xero woocommerce workos lemon-squeezy razorpay telegram line coinbase gocardless elevenlabs cal tally airtable sanity circleci buildkite terraform trello telnyx webex viber teams modern-treasury mailgun box segment mercado-pago hook0 convoy contentful gitea grafana cloudevents wise travis paypal aws-sns x rfc9421 adcp ucp plaid netlify vonage messagebird openai anthropic replicate supabase gemini clerk resend event-grid twitter" -- "${cur}"))
                    return 0
                    ;;
                --scheme-file)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --public-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --webhook)
                    COMPREPLY=($(compgen -W "$("$1" completions --profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                -w)
                    COMPREPLY=($(compgen -W "$("$1" completions --profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --cacert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --proxy)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --junit)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bluehook__subcmd__completions)
            opts="-h --color --help bash zsh fish elvish powershell"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bluehook__subcmd__events)
            opts="-w -h --color --webhook --config --json --help TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --webhook)
                    COMPREPLY=($(compgen -W "$("$1" completions --profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                -w)
                    COMPREPLY=($(compgen -W "$("$1" completions --profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bluehook__subcmd__help)
            opts="-h --color --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bluehook__subcmd__listen)
            opts="-p -s -w -f -k -e -n -q -v -h --color --port --bind --ready-file --secret --secret-file --secret-env --keys --scheme --scheme-file --at --tolerance --public-url --webhook --config --accept-invalid --respond --respond-body --forward-to --forward-timeout --cacert --insecure --record --redact --event --project --where --count --expect --timeout --fail-on-refused --show --max-body --max-connections --json --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --port)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -p)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --bind)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --ready-file)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -s)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret-file)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret-env)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keys)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --scheme)
                    COMPREPLY=($(compgen -W "blue standard-webhooks svix polar github gitlab stripe slack shopify twilio sendgrid zoom linear paddle paystack square discord twitch meta intercom hubspot dropbox typeform calendly zendesk clickup asana notion vercel sentry pagerduty bitbucket jira docusign xero woocommerce workos lemon-squeezy razorpay telegram line coinbase gocardless elevenlabs cal tally airtable sanity circleci buildkite terraform trello telnyx webex viber teams modern-treasury mailgun box segment mercado-pago hook0 convoy contentful gitea grafana cloudevents wise travis paypal aws-sns x rfc9421 adcp ucp plaid netlify vonage messagebird openai anthropic replicate supabase gemini clerk resend event-grid twitter auto" -- "${cur}"))
                    return 0
                    ;;
                --scheme-file)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --at)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --tolerance)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --public-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --webhook)
                    COMPREPLY=($(compgen -W "$("$1" completions --profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                -w)
                    COMPREPLY=($(compgen -W "$("$1" completions --profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --respond)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --respond-body)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --forward-to)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -f)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --forward-timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --cacert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --record)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --event)
                    COMPREPLY=($(compgen -W "TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK" -- "${cur}"))
                    return 0
                    ;;
                -e)
                    COMPREPLY=($(compgen -W "TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK" -- "${cur}"))
                    return 0
                    ;;
                --project)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --where)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --count)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -n)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --expect)
                    COMPREPLY=($(compgen -W "TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK" -- "${cur}"))
                    return 0
                    ;;
                --timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --show)
                    COMPREPLY=($(compgen -W "line short full" -- "${cur}"))
                    return 0
                    ;;
                --max-body)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --max-connections)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bluehook__subcmd__replay)
            opts="-e -H -s -w -k -n -c -q -v -h --color --number --event --project --where --resign --set --header --secret --secret-file --secret-env --keys --scheme --scheme-file --at --id --public-url --webhook --config --timeout --cacert --insecure --proxy --policy --attempts --time-scale --repeat --concurrency --speed --duplicate --shuffle --seed --dry-run --curl --json --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --number)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --event)
                    COMPREPLY=($(compgen -W "TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK" -- "${cur}"))
                    return 0
                    ;;
                -e)
                    COMPREPLY=($(compgen -W "TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK" -- "${cur}"))
                    return 0
                    ;;
                --project)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --where)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --set)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --header)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -H)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -s)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret-file)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret-env)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keys)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --scheme)
                    COMPREPLY=($(compgen -W "blue standard-webhooks svix polar github gitlab stripe slack shopify twilio sendgrid zoom linear paddle paystack square discord twitch meta intercom hubspot dropbox typeform calendly zendesk clickup asana notion vercel sentry pagerduty bitbucket jira docusign xero woocommerce workos lemon-squeezy razorpay telegram line coinbase gocardless elevenlabs cal tally airtable sanity circleci buildkite terraform trello telnyx webex viber teams modern-treasury mailgun box segment mercado-pago hook0 convoy contentful gitea grafana cloudevents wise travis paypal aws-sns x rfc9421 adcp ucp plaid netlify vonage messagebird openai anthropic replicate supabase gemini clerk resend event-grid twitter" -- "${cur}"))
                    return 0
                    ;;
                --scheme-file)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --at)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --id)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --public-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --webhook)
                    COMPREPLY=($(compgen -W "$("$1" completions --profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                -w)
                    COMPREPLY=($(compgen -W "$("$1" completions --profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --cacert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --proxy)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --policy)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --attempts)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --time-scale)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --repeat)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -n)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --concurrency)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -c)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --speed)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --duplicate)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --seed)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bluehook__subcmd__schemes)
            opts="-h --color --json --help blue standard-webhooks svix polar github gitlab stripe slack shopify twilio sendgrid zoom linear paddle paystack square discord twitch meta intercom hubspot dropbox typeform calendly zendesk clickup asana notion vercel sentry pagerduty bitbucket jira docusign xero woocommerce workos lemon-squeezy razorpay telegram line coinbase gocardless elevenlabs cal tally airtable sanity circleci buildkite terraform trello telnyx webex viber teams modern-treasury mailgun box segment mercado-pago hook0 convoy contentful gitea grafana cloudevents wise travis paypal aws-sns x rfc9421 adcp ucp plaid netlify vonage messagebird openai anthropic replicate supabase gemini clerk resend event-grid twitter"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bluehook__subcmd__send)
            opts="-e -d -H -s -w -k -n -c -q -v -h --color --loopback --event --data-binary --data --set --fresh --header --secret --secret-file --secret-env --keys --unsigned --scheme --scheme-file --at --id --webhook --config --force --timeout --cacert --insecure --proxy --policy --attempts --time-scale --repeat --concurrency --rate --duration --dry-run --curl --show --json --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --event)
                    COMPREPLY=($(compgen -W "TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK" -- "${cur}"))
                    return 0
                    ;;
                -e)
                    COMPREPLY=($(compgen -W "TODO_CREATED TODO_DELETED TODO_MOVED TODO_NAME_CHANGED TODO_DONE_STATUS_UPDATED TODO_DUE_DATE_ADDED TODO_DUE_DATE_UPDATED TODO_DUE_DATE_REMOVED TODO_ASSIGNEE_ADDED TODO_ASSIGNEE_REMOVED TODO_TAG_ADDED TODO_TAG_REMOVED TODO_CUSTOM_FIELD_UPDATED TODO_CHECKLIST_CREATED TODO_CHECKLIST_NAME_CHANGED TODO_CHECKLIST_DELETED TODO_CHECKLIST_ITEM_CREATED TODO_CHECKLIST_ITEM_NAME_CHANGED TODO_CHECKLIST_ITEM_DELETED TODO_CHECKLIST_ITEM_DUE_DATE_ADDED TODO_CHECKLIST_ITEM_DUE_DATE_UPDATED TODO_CHECKLIST_ITEM_DUE_DATE_REMOVED TODO_CHECKLIST_ITEM_ASSIGNEE_ADDED TODO_CHECKLIST_ITEM_ASSIGNEE_REMOVED TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED TODO_LIST_CREATED TODO_LIST_DELETED TODO_LIST_NAME_CHANGED CUSTOM_FIELD_CREATED CUSTOM_FIELD_DELETED CUSTOM_FIELD_UPDATED TAG_CREATED TAG_DELETED TAG_UPDATED COMMENT_CREATED COMMENT_DELETED COMMENT_UPDATED WEBHOOK_HEALTH_CHECK" -- "${cur}"))
                    return 0
                    ;;
                --data)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --data-binary)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -d)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --set)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --header)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -H)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -s)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret-file)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret-env)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keys)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --scheme)
                    COMPREPLY=($(compgen -W "blue standard-webhooks svix polar github gitlab stripe slack shopify twilio sendgrid zoom linear paddle paystack square discord twitch meta intercom hubspot dropbox typeform calendly zendesk clickup asana notion vercel sentry pagerduty bitbucket jira docusign xero woocommerce workos lemon-squeezy razorpay telegram line coinbase gocardless elevenlabs cal tally airtable sanity circleci buildkite terraform trello telnyx webex viber teams modern-treasury mailgun box segment mercado-pago hook0 convoy contentful gitea grafana cloudevents wise travis paypal aws-sns x rfc9421 adcp ucp plaid netlify vonage messagebird openai anthropic replicate supabase gemini clerk resend event-grid twitter" -- "${cur}"))
                    return 0
                    ;;
                --scheme-file)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --at)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --id)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --webhook)
                    COMPREPLY=($(compgen -W "$("$1" completions --profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                -w)
                    COMPREPLY=($(compgen -W "$("$1" completions --profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --timeout)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --cacert)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --proxy)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --policy)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --attempts)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --time-scale)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --repeat)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -n)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --concurrency)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -c)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --rate)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --duration)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --show)
                    COMPREPLY=($(compgen -W "line short full" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bluehook__subcmd__sign)
            opts="-s -H -w -q -v -h --color --secret --secret-file --secret-env --keys --scheme --scheme-file --at --id --signed-url --signed-method --header --webhook --config --format --json --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --secret)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -s)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret-file)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret-env)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keys)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --scheme)
                    COMPREPLY=($(compgen -W "blue standard-webhooks svix polar github gitlab stripe slack shopify twilio sendgrid zoom linear paddle paystack square discord twitch meta intercom hubspot dropbox typeform calendly zendesk clickup asana notion vercel sentry pagerduty bitbucket jira docusign xero woocommerce workos lemon-squeezy razorpay telegram line coinbase gocardless elevenlabs cal tally airtable sanity circleci buildkite terraform trello telnyx webex viber teams modern-treasury mailgun box segment mercado-pago hook0 convoy contentful gitea grafana cloudevents wise travis paypal aws-sns x rfc9421 adcp ucp plaid netlify vonage messagebird openai anthropic replicate supabase gemini clerk resend event-grid twitter" -- "${cur}"))
                    return 0
                    ;;
                --scheme-file)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --at)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --id)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --signed-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --signed-method)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --header)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -H)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --webhook)
                    COMPREPLY=($(compgen -W "$("$1" completions --profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                -w)
                    COMPREPLY=($(compgen -W "$("$1" completions --profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --format)
                    COMPREPLY=($(compgen -W "value headers json" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        bluehook__subcmd__verify)
            opts="-H -s -w -q -v -h --color --signature --header --delivery --secret --secret-file --secret-env --keys --scheme --scheme-file --at --tolerance --signed-url --signed-method --webhook --config --show-expected --explain --show --json --quiet --verbose --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --color)
                    COMPREPLY=($(compgen -W "auto always never" -- "${cur}"))
                    return 0
                    ;;
                --signature)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --header)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -H)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --delivery)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                -s)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret-file)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --secret-env)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --keys)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --scheme)
                    COMPREPLY=($(compgen -W "blue standard-webhooks svix polar github gitlab stripe slack shopify twilio sendgrid zoom linear paddle paystack square discord twitch meta intercom hubspot dropbox typeform calendly zendesk clickup asana notion vercel sentry pagerduty bitbucket jira docusign xero woocommerce workos lemon-squeezy razorpay telegram line coinbase gocardless elevenlabs cal tally airtable sanity circleci buildkite terraform trello telnyx webex viber teams modern-treasury mailgun box segment mercado-pago hook0 convoy contentful gitea grafana cloudevents wise travis paypal aws-sns x rfc9421 adcp ucp plaid netlify vonage messagebird openai anthropic replicate supabase gemini clerk resend event-grid twitter auto" -- "${cur}"))
                    return 0
                    ;;
                --scheme-file)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --at)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --tolerance)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --signed-url)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --signed-method)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --webhook)
                    COMPREPLY=($(compgen -W "$("$1" completions --profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                -w)
                    COMPREPLY=($(compgen -W "$("$1" completions --profiles 2>/dev/null)" -- "${cur}"))
                    return 0
                    ;;
                --config)
                    COMPREPLY=($(compgen -f "${cur}"))
                    return 0
                    ;;
                --show)
                    COMPREPLY=($(compgen -W "line short full" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
    esac
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _bluehook -o nosort -o bashdefault -o default bluehook
else
    complete -F _bluehook -o bashdefault -o default bluehook
fi
