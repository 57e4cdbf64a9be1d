# SPDX-License-Identifier: Apache-2.0
#
# lab status and lab shell.

lab_status() {
    local host address user group role
    if ! keeper_alive; then
        [ -e "$STATE" ] && say "down, with remains in $STATE: lab down clears them" || say "down"
        return 1
    fi
    [ -e "$STATE/complete" ] || say "starting, or its start was cut short"
    printf '%-8s %-15s %-6s %-22s %s\n' HOST ADDRESS LOGIN ROLE SESSIONS
    while read -r host address user group role; do
        printf '%-8s %-15s %-6s %-22s %s\n' "$host" "$address" "$user" "$role" "$(sessions_word "$host")"
    done < <(hosts_table)
    printf '\ndelay      %s ms one way\n' "$(cat "$STATE/delay")"
    printf 'scenarios  %s\n\n' "$(active_scenarios | tr '\n' ' ' | grep . || echo none)"
    cat "$STATE/env"
}

sessions_word() {
    if ! host_pid "$1" >/dev/null; then
        echo "not running"
    elif [ "$1" = jump ]; then
        echo "-"
    else
        echo "$(sessions_established "$1") of $(sessions_expected "$1") established"
    fi
}

lab_shell() {
    need_up
    [ $# -gt 0 ] && is_host "$1" || die "shell: which host? $(all_hosts | tr '\n' ' ')"
    local host=$1
    shift
    [ $# -gt 0 ] || set -- bash -l
    on "$host" "$@"
}
