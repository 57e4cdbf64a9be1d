# SPDX-License-Identifier: Apache-2.0
#
# Waiting for states. Nothing in the lab waits for time to pass.

# await SECONDS WHAT COMMAND...: until the command succeeds; gives up after the time.
await() {
    local limit=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        [ $SECONDS -lt $limit ] || die "gave up waiting for $what"
        sleep 0.1
    done
}

# Every session that a router's own configuration asks for.
sessions_expected() { grep -c '^protocol bgp' "$STATE/hosts/$1/etc/bird/bird.conf"; }

# Protocols as BIRD prints them: name, kind, table, state, since (two words), info. Asked over the socket, past whatever
# a scenario has made of birdc on that host.
protocols() { birdc -r -s "$STATE/hosts/$1/run/bird/bird.ctl" show protocols 2>/dev/null </dev/null; }
sessions_established() { protocols "$1" | awk '$2 == "BGP" && $NF == "Established"' | wc -l; }
sessions_complete() { [ "$(sessions_established "$1")" -ge "$(sessions_expected "$1")" ]; }

wait_for_sessions() {
    local host
    for host in $(routers); do
        await 240 "the sessions of $host" sessions_complete "$host"
    done
}

# The jump host can open port 22 of every device, by the address that the inventory names.
wait_for_ways() {
    local host address
    while read -r host address _; do
        await 120 "a way from the jump host to $host" answers "$address"
    done < <(hosts_table)
}

answers() { on jump timeout 1 bash -c 'exec 3<>"/dev/tcp/$1/22"' - "$1" 2>/dev/null </dev/null; }
