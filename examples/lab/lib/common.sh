# SPDX-License-Identifier: Apache-2.0
#
# Words the other parts are written in.

STATE=${NOCTURNE_LAB_DIR:-/run/nocturne-lab}
WANTED_PORT=${NOCTURNE_LAB_PORT:-2210}
case $STATE in /*) ;; *) STATE=$PWD/$STATE ;; esac
readonly STATE WANTED_PORT

say() { printf 'lab: %s\n' "$*"; }
die() { printf 'lab: %s\n' "$*" >&2; exit 1; }

need_root() {
    [ "$(id -u)" = 0 ] || die "this needs root (network namespaces, mounts): run it with sudo"
}

need_up() {
    keeper_alive && [ -e "$STATE/complete" ] || die "the lab is not up: lab up"
}

# One `up` or `down` at a time for a state directory. The lock file may vanish while we wait for it, hence the loop.
only_one_at_a_time() {
    local lock=$STATE.lock
    mkdir -p "$(dirname "$STATE")"
    while :; do
        exec 9>"$lock"
        flock --nonblock 9 || { say "waiting for another lab command to finish"; flock 9; }
        [ "$(stat -Lc %i /dev/fd/9)" = "$(stat -c %i "$lock" 2>/dev/null)" ] && return
    done
}

# Processes are remembered as "pid start-time": a pid alone may belong to somebody else by now.
started_at() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    set -- ${stat##*) }
    [ "$1" != Z ] && printf '%s' "${20}"
}

# process_of FILE: prints the pid recorded there if that very process still runs.
process_of() {
    local pid since
    read -r pid since 2>/dev/null <"$1" || return 1
    [ -n "$since" ] && [ "$(started_at "$pid")" = "$since" ] && printf '%s' "$pid"
}

keeper_pid() { process_of "$STATE/keeper.pid"; }
keeper_alive() { keeper_pid >/dev/null; }

all_hosts() { hosts_table | awk '{ print $1 }'; }
routers() { all_hosts | grep -vx jump; }
is_host() { all_hosts | grep -qx -- "$1"; }

host_pid() { process_of "$STATE/hosts/$1/run/host.pid"; }

# on HOST COMMAND...: runs a command as root inside a host, with the host's root, names and network.
on() {
    local host=$1 pid
    shift
    pid=$(host_pid "$host") || die "$host is not running"
    nsenter --target "$pid" --mount --uts --net --pid --root --wd -- \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root USER=root LANG=C.UTF-8 TERM="${TERM:-dumb}" "$@"
}

# in_cable_room COMMAND...: runs in the lab's own network namespace, where bridges and loose cable ends lie. It keeps
# the machine's process numbers, so that `ip link set … netns PID` means what we mean.
in_cable_room() {
    nsenter --net="/proc/$(keeper_pid)/ns/net" -- "$@"
}

# Below the root of the machine's unified control groups: its own directory for each lab, and nothing of it is left.
cgroup_of_lab() { printf 'nocturne-lab-%s' "$(cksum <<<"$STATE" | cut -d' ' -f1)"; }
