# SPDX-License-Identifier: Apache-2.0
#
# A scenario is a file under scenarios/ with a description and two functions, `start` and `heal`. It breaks one thing;
# what follows must follow by protocol. Both may be called twice. A mark in the state directory says that it is on.

lab_scenario() {
    local name=${1-} verb=start
    [ -n "$name" ] || { list_scenarios; return; }
    case ${2-} in '') ;; --heal) verb=heal ;; *) die "scenario: unknown option $2" ;; esac
    need_up
    [[ $name =~ ^[a-z0-9-]+$ ]] && [ -e "$LAB_ROOT/scenarios/$name.sh" ] || die "no scenario called $name: lab scenario"
    # shellcheck source=/dev/null
    . "$LAB_ROOT/scenarios/$name.sh"
    if [ $verb = start ]; then
        touch "$STATE/scenarios/$name"
        start
        say "$name: on"
    else
        heal
        rm -f "$STATE/scenarios/$name"
        [ -n "$(active_scenarios)" ] || wait_for_sessions
        say "$name: healed"
    fi
}

list_scenarios() {
    local file
    for file in "$LAB_ROOT"/scenarios/*.sh; do
        printf '%-14s %s\n' "$(basename "$file" .sh)" "$(sed -n 's/^description=["'\'']\(.*\)["'\'']$/\1/p' "$file")"
    done
}

active_scenarios() { ls "$STATE/scenarios"; }
