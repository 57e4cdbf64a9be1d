#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The lab leaves the machine as it found it: addresses, routes, listeners, firewall, mounts, daemons and /etc are the
# same before, during (but for one listener) and after.
#
# host-untouched.sh           compares the machine itself: nothing else may be changing it meanwhile
# host-untouched.sh --apart   compares a scratch machine in namespaces: for machines that others are using
set -u
case ${1-} in
    --apart) exec unshare --net --mount --uts --pid --fork --mount-proc bash "$0" --inside ;;
    --inside) ip link set lo up ;;
esac
. "$(dirname "$0")/check.sh"
work=$(mktemp -d)
trap 'lab down >/dev/null 2>&1; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

same() { diff "$work/$1" "$work/$2" >"$work/diff" || { sed 's/^/        /' "$work/diff" >&3; false; }; }
exec 3>&1

echo "# the comparison can fail"
# In namespaces of its own: what is added there is gone with the last command.
added() {
    unshare --net --mount --uts --pid --fork --mount-proc bash -c '
        ip link set lo up
        "$1" snapshot-host >"$2/one"
        eval "$3"
        "$1" snapshot-host >"$2/two"
        ! diff "$2/one" "$2/two"' - "$LAB" "$work" "$1"
}
check "two snapshots of the same are the same" refuses added true
check "an address on lo is seen" added 'ip address add 10.99.99.99/32 dev lo'
check "a route is seen" added 'ip route add unreachable 10.99.0.0/16'
check "an interface is seen" added 'ip link add probe0 type veth peer name probe1'
check "a setting is seen" added 'echo 1 >/proc/sys/net/ipv4/ip_forward'
check "a mount is seen" added 'mount -t tmpfs tmpfs /mnt'
check "a name is seen" added 'hostname somebody-else'
check "a change of an account is seen" added \
    'cp /etc/passwd /tmp/nocturne-passwd.$$; echo x:x:1:1:::>>/tmp/nocturne-passwd.$$; mount --bind /tmp/nocturne-passwd.$$ /etc/passwd
     rm /tmp/nocturne-passwd.$$'
check "a listener is seen" added '
    python3 -c "
import os, socket
door = socket.socket(); door.bind((\"127.0.0.1\", 0)); door.listen()
if os.fork(): os._exit(0)
os.close(0); os.close(1); os.close(2)
import signal; signal.pause()"'

echo "# before, during, after"
lab snapshot-host >"$work/before"
check "the snapshot has something to say" test "$(wc -l <"$work/before")" -gt 20
check "comes up" lab up
lab snapshot-host >"$work/during"
check "a scenario starts" lab scenario transit-cut
lab snapshot-host >"$work/broken"
check "and heals" lab scenario transit-cut --heal
grep -vxF "listener tcp 127.0.0.1:$(cat "$NOCTURNE_LAB_DIR/relay.port") python3" "$work/during" >"$work/during-but-relay"
check "during: one line more, the relay" test $(($(wc -l <"$work/during") - $(wc -l <"$work/during-but-relay"))) = 1
check "during: everything else as before" same before during-but-relay
check "with a scenario: as during" same during broken
check "goes" lab down
lab snapshot-host >"$work/after"
check "after: as before" same before after

sum
