# SPDX-License-Identifier: Apache-2.0
#
# lab up: in stages, each of which either succeeds or has everything taken down again.

lab_up() {
    local delay=0
    while [ $# -gt 0 ]; do
        case $1 in
            --delay) delay=${2-}; shift 2 || true ;;
            *) die "up: unknown option $1" ;;
        esac
    done
    [[ $delay =~ ^[0-9]+$ ]] || die "up: --delay takes milliseconds"

    if keeper_alive && [ -e "$STATE/complete" ]; then
        say "already up"
        lab_delay "$delay"
        [ -n "$(active_scenarios)" ] || wait_for_sessions
        return
    fi
    need_programs
    # The path of a socket must fit 107 bytes, and BIRD's lies below the state directory.
    [ ${#STATE} -le 70 ] || die "NOCTURNE_LAB_DIR is too long for the sockets below it: $STATE"
    if [ -e "$STATE" ]; then
        say "clearing what an earlier, unfinished start left"
        take_down
    fi

    trap 'failed=$?; take_down; exit $failed' EXIT
    trap 'say interrupted; exit 130' INT TERM HUP
    make_state_directory
    echo "$delay" >"$STATE/delay"

    stage "keys and configurations" write_files
    stage "hosts" start_hosts
    stage "cables and addresses" connect_cables
    stage "sshd and BIRD" start_daemons
    stage "Knot" start_knot
    stage "containers" start_containers
    stage "relay to the jump host" start_relay
    stage "a way to every host" wait_for_ways
    stage "sessions" wait_for_sessions
    touch "$STATE/complete"
    trap - EXIT INT TERM HUP
    say "up; try: ssh -F $STATE/ssh_config bkk00 birdc show protocols"
}

stage() {
    local name=$1 began=$EPOCHREALTIME
    shift
    "$@"
    awk -v name="$name" -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "lab: %-26s %5.1f s\n", name, b - a }'
}

need_programs() {
    local program missing=
    for program in ip unshare nsenter ssh-keygen sshd bird birdc sudo python3 knotd; do
        command -v "$program" >/dev/null || missing+=" $program"
    done
    [ -z "$missing" ] || die "missing:$missing (lab install brings them)"
}

# The marker says that the directory is ours to delete.
make_state_directory() {
    mkdir -p "$STATE"
    chmod 755 "$STATE"
    echo "state of the nocturne lab, removed by: lab down" >"$STATE/.nocturne-lab"
}

start_hosts() {
    local host
    # The subshell becomes process 1 of a new process namespace because it is the first child after unshare.
    # shellcheck disable=SC2046
    env -i PATH="$PATH" LANG=C.UTF-8 setsid unshare --mount --net --pid \
        bash -c '( exec -a nocturne-lab bash "$@" ) & exit 0' - "$LAB_ROOT/lib/keeper.sh" "$STATE" "$LAB_ROOT/lib" \
        $(all_hosts) </dev/null >"$STATE/keeper.log" 2>&1 9>&-
    await 60 "the lab's first process" keeper_alive
    for host in $(all_hosts); do
        await 60 "$host" host_pid "$host" >/dev/null
    done
}

connect_cables() {
    local segment host v4 v6 members
    in_cable_room ip link set lo up
    for segment in $(cables_table | awk '$1 != "lo" { print $1 }' | uniq); do
        members=$(cables_table | awk -v s="$segment" '$1 == s { print $2 }')
        if [ "$(wc -w <<<"$members")" = 2 ]; then
            # shellcheck disable=SC2086
            connect_cable "$segment" $members
        else
            in_cable_room ip link add "$segment" type bridge mcast_snooping 0
            in_cable_room ip link set "$segment" up
            for host in $members; do connect_to_bridge "$segment" "$host"; done
        fi
    done
    while read -r segment host v4 v6; do
        on "$host" ip -batch - <<BATCH
address add $v4 dev $segment
address add $v6 dev $segment nodad
link set $segment up
BATCH
    done < <(cables_table)
    on jump ip -batch - <<BATCH
route add default via $JUMP_GATEWAY4
route add ::/0 via $JUMP_GATEWAY6
BATCH
}

# A cable between two hosts: a link down at one end takes the carrier from the other, as it should.
connect_cable() {
    local segment=$1 one=$2 other=$3
    in_cable_room ip link add name "$segment" netns "$(host_pid "$one")" type veth \
        peer name "$segment" netns "$(host_pid "$other")"
}

connect_to_bridge() {
    local segment=$1 host=$2 port=$2-$1
    in_cable_room ip link add name "$port" type veth peer name "$segment" netns "$(host_pid "$host")"
    in_cable_room ip link set "$port" master "$segment" up
}

start_daemons() {
    local host
    for host in $(all_hosts); do
        on "$host" /usr/sbin/sshd -f /etc/ssh/sshd_config -E /var/log/sshd.log </dev/null 9>&- \
            || die "$host: sshd did not start: $(tail -3 "$STATE/hosts/$host/log/sshd.log")"
    done
    for host in $(routers); do
        # Ahead of the machine's other work: a router that misses its hellos because somebody compiles is no outage.
        on "$host" nice -n -10 bird -u bird -g bird </dev/null 9>&- \
            || die "$host: BIRD did not start: $(tail -3 "$STATE/hosts/$host/log/bird.log")"
    done
}

start_knot() {
    local host
    for host in $(all_hosts); do
        ! is_hypervisor "$host" || on "$host" knotd -d -c /etc/knot/knot.conf </dev/null 9>&- \
            || die "$host: Knot did not start: $(tail -3 "$STATE/hosts/$host/log/knot.log")"
    done
}

# Busybox, without a network of its own: no container can ever reach a cable of the lab, let alone of the machine.
# A machine that gives no control groups, or no rights, starts none. The rest of the lab is of use without.
start_containers() {
    local host container reason
    if ! reason=$(try_container); then
        say "no containers: $reason; the lab goes on without"
        touch "$STATE/no-containers"
        return
    fi
    for host in $(all_hosts); do
        is_hypervisor "$host" || continue
        for container in $CONTAINERS; do
            container_exists "$host" "$container" || make_container "$host" "$container" || die "$(why_not "$host" "$container")"
            container_runs "$host" "$container" || start_container "$host" "$container"
        done
    done
    for host in $(all_hosts); do
        ! is_hypervisor "$host" || for container in $CONTAINERS; do
            await 60 "the container $container on $host" container_runs "$host" "$container"
        done
    done
}

# Whether this machine can at all is found out with the first one. Prints the reason if it cannot.
try_container() {
    local program
    for program in lxc-create lxc-start busybox; do
        command -v "$program" >/dev/null || { echo "$program is missing (lab install brings it)"; return 1; }
    done
    [ -e "$STATE/hosts/bkk06/run/lab/cgroups" ] || { echo "control groups of version 2 cannot be mounted"; return 1; }
    make_container bkk06 haproxy && run_container bkk06 haproxy && return
    why_not bkk06 haproxy
    return 1
}

make_container() {
    on "$1" lxc-create -t busybox -n "$2" </dev/null 9>&- >>"$STATE/hosts/$1/log/lxc.log" 2>&1
}
run_container() { on "$1" lxc-start -n "$2" -o /var/log/lxc.log </dev/null >>"$STATE/hosts/$1/log/lxc.log" 2>&1 9>&-; }
start_container() { run_container "$1" "$2" || die "$(why_not "$1" "$2")"; }
why_not() { echo "$2 on $1 did not start: $(tail -1 "$STATE/hosts/$1/log/lxc.log")"; }
container_exists() { [ -e "$STATE/hosts/$1/lxc/$2/config" ]; }
container_runs() { [ "$(on "$1" lxc-info -s -H -n "$2" 2>/dev/null)" = RUNNING ]; }

start_relay() {
    local port
    port=$(nsenter --target "$(keeper_pid)" --pid --no-fork -- \
        env -i PATH="$PATH" LANG=C.UTF-8 python3 "$LAB_ROOT/lib/relay.py" "$(host_pid jump)" 10.155.50.10 22 \
        "$WANTED_PORT" "$STATE/delay" </dev/null 2>"$STATE/relay.log" 9>&-)
    [ -n "$port" ] || die "the relay did not start: $(cat "$STATE/relay.log")"
    echo "$port" >"$STATE/relay.port"
    [ "$port" = "$WANTED_PORT" ] || say "port $WANTED_PORT is taken, the jump host is at 127.0.0.1:$port"
    write_access "$port"
}

lab_delay() {
    [[ ${1-} =~ ^[0-9]+$ ]] || die "delay: how many milliseconds?"
    need_up
    echo "$1" >"$STATE/delay"
}
