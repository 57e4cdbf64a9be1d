# SPDX-License-Identifier: Apache-2.0
#
# lab snapshot-host: everything of the machine that the lab promises to leave alone, one fact per line and without what
# changes by itself (process numbers, lifetimes, counters), so that two snapshots can be compared with diff.

snapshot_host() {
    section address ip -o address
    section link ip -o link
    section route ip route show table all
    section route6 ip -6 route show table all
    section rule ip rule
    section rule6 ip -6 rule
    section namespace ls /run/netns
    section listener listeners
    section daemon daemons
    section service systemctl list-units --type=service --state=running --plain --no-legend
    section nft nft list ruleset
    section iptables iptables-save
    section ip6tables ip6tables-save
    section mount awk '{ print $2, $3, $1, $4 }' /proc/mounts
    section setting settings
    section name hostname
    section etc digests /etc
}

# A program that is not there says nothing, before as after.
section() {
    local name=$1
    shift
    { "$@" 2>/dev/null || true; } | steady | sort -u | sed "s/^/$name /"
}

steady() {
    sed -E -e '/^#/d' -e 's/(valid_lft|preferred_lft) [0-9]+sec//g' -e 's/expires [0-9]+sec//' \
        -e 's/counter packets [0-9]+ bytes [0-9]+//' -e 's/^(:.*) \[[0-9]+:[0-9]+\]$/\1/' -e 's/[ \t\\]+/ /g' -e 's/ $//'
}

# Protocol, address and program. Programs of other process namespaces count too: a door is a door.
listeners() {
    ss -Hlntup | awk '{
        program = match($0, /\(\("[^"]*"/) ? substr($0, RSTART + 3, RLENGTH - 4) : "-"
        print $1, $5, program
    }'
}

# Daemons of the kind that the lab runs, in the machine's own process namespace.
daemons() {
    local process own
    own=$(readlink /proc/self/ns/pid)
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/ns/pid" 2>/dev/null)" = "$own" ] || continue
        grep -xE 'bird|sshd|bgpd|zebra|bfdd|ospfd|keepalived|haproxy|knotd' "$process/comm" 2>/dev/null || true
    done
}

settings() {
    local setting
    for setting in /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/*/{forwarding,rp_filter} \
        /proc/sys/net/ipv6/conf/*/{forwarding,accept_ra,accept_dad,keep_addr_on_down}; do
        printf '%s %s\n' "$setting" "$(cat "$setting")"
    done
}

# One line for each entry of a directory: names, owners, modes and contents below it.
digests() {
    local entry
    for entry in "$1"/* "$1"/.[!.]*; do
        [ -e "$entry" ] || [ -L "$entry" ] || continue
        printf '%s %s\n' "$entry" "$({
            find "$entry" -printf '%P %y %m %U %G %l\n' | sort
            find "$entry" -type f -print0 | sort -z | xargs -0r cat
        } 2>/dev/null | sha256sum | cut -c1-16)"
    done
}
