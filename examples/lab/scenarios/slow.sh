# SPDX-License-Identifier: Apache-2.0
description="bkk07 answers each question after 20 seconds, bkk06 sends one line for ever"

# Two hypervisors are ill in the two ways that are worse than being dead. BIRD itself is well on both, and so is BGP;
# only those who ask are kept waiting. Whoever was connected when it began loses the connection.
start() {
    replace_birdc bkk07 <<'WRAPPER'
#!/bin/sh
# A question on the command line waits here; questions on standard input wait one by one.
for word in "$@"; do
    case $word in
        -s) skip=1 ;;
        -*) ;;
        *) [ -n "$skip" ] && skip= || question=1 ;;
    esac
done
if [ -n "$question" ]; then
    sleep 20
    exec /run/lab/birdc.real "$@"
fi
while IFS= read -r line; do
    sleep 20
    printf '%s\n' "$line" || exit
done | /run/lab/birdc.real "$@"
WRAPPER
    replace_birdc bkk06 <<'WRAPPER'
#!/bin/sh
# Greets, begins a line, and never comes to its end: 16 kB every tenth of a second.
echo "BIRD 2.0.12 ready."
some=0123456789abcdef
some=$some$some$some$some$some$some$some$some
some=$some$some$some$some$some$some$some$some
some=$some$some$some$some$some$some$some$some
while printf %s "$some$some"; do sleep 0.1; done
WRAPPER
}

heal() {
    restore_birdc bkk07
    restore_birdc bkk06
}

# The wrapper is mounted over birdc in the host's own view of the files; nobody else sees it.
replace_birdc() {
    local host=$1
    on "$host" sh -c '
        grep -q " /usr/sbin/birdc " /proc/mounts && exit
        cp /usr/sbin/birdc /run/lab/birdc.real
        cat >/run/lab/birdc
        chmod 755 /run/lab/birdc
        mount --bind /run/lab/birdc /usr/sbin/birdc'
    end_birdc "$host"
}

restore_birdc() {
    local host=$1
    on "$host" sh -c '! grep -q " /usr/sbin/birdc " /proc/mounts || umount --lazy /usr/sbin/birdc' </dev/null
    end_birdc "$host"
}

# Only processes of that host: in its process namespace there are no others.
end_birdc() {
    on "$1" sh -c '
        for process in /proc/[0-9]*; do
            case $(cat "$process/comm" 2>/dev/null) in birdc | birdc.real) kill "${process#/proc/}" ;; esac
        done
        true' </dev/null
}
