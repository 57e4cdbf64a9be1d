#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The lab comes up, is what it says, breaks and heals as its scenarios say, and goes without a trace. Sessions are
# counted from BIRD's own answers, never from the lab's.
set -u
. "$(dirname "$0")/check.sh"
trap 'lab down >/dev/null 2>&1' EXIT
trap 'exit 130' INT TERM HUP

devices="bkk50 bkk00 bkk20 bkk06 bkk07 bkk08 hgc outside"
ask() { ssh -F "$NOCTURNE_LAB_DIR/ssh_config" -o BatchMode=yes -o ConnectTimeout=20 "$@" </dev/null; }
raw() { lab shell "$1" birdc -r show protocols "${@:2}" </dev/null; }
established() { raw "$1" | grep -c ' BGP .*Established'; }
has_established() { [ "$(established "$1")" = "$2" ]; }
is_established() { raw "$1" "$2" | grep -q Established; }
is_not_established() { raw "$1" "$2" | grep -q "$2" && ! is_established "$1" "$2"; }

export NOCTURNE_LAB_RECORD=1

echo "# coming up"
check "a fresh start succeeds" lab up
total=0 speakers=0
for device in $devices; do
    count=$(established "$device")
    total=$((total + count))
    [ "$count" = 0 ] || speakers=$((speakers + 1))
done
check "at least 20 sessions are established ($total)" test "$total" -ge 20
check "on at least seven devices ($speakers)" test "$speakers" -ge 7
check "sessions carry a date" eval "raw bkk00 iptx_hk_2519 | grep -qE ' 20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9:]{8}\.[0-9]{3}'"
check "BFD watches the uplink in both families" \
    eval "[ \$(lab shell bkk00 birdc show bfd sessions | grep -c 'hk2519 *Up') = 2 ]"
check "routes are filtered, kept and counted" \
    eval "lab shell bkk00 birdc show protocols all iptx_hk_2519 | grep -q 'imported, 1 filtered'"
before=$(cat "$NOCTURNE_LAB_DIR/keeper.pid")
check "a second start changes nothing" eval 'lab up && [ "$before" = "$(cat "$NOCTURNE_LAB_DIR/keeper.pid")" ]'
check "without root it says so" \
    eval 'setpriv --reuid 65534 --clear-groups bash "$LAB" status 2>&1 | grep -q "needs root"'
check "a key nobody has never becomes readable to others" test "$(stat -c %a "$NOCTURNE_LAB_DIR/id_ed25519")" = 600

echo "# the way in"
accepted() { grep -c 'Accepted publickey' "$NOCTURNE_LAB_DIR/hosts/$1/log/sshd.log"; }
for device in $devices; do
    check "$device answers through the jump host, host key known" eval "[ \"\$(ask $device hostname)\" = $device ]"
    check "$device logged one login" test "$(accepted "$device")" = 1
    check "$device logged one session" test "$(grep -cE 'Starting session: (forced-)?command' "$NOCTURNE_LAB_DIR/hosts/$device/log/sshd.log")" = 1
done
check "the jump host logged eight logins" test "$(accepted jump)" = 8
check "an unknown host key is refused" refuses ask -o UserKnownHostsFile=/dev/null bkk00 true
check "the jump host gives no shell" refuses ask jump true
check "the jump host gives no terminal" eval "ask -tt jump true 2>&1 | grep -q 'PTY allocation request failed'"
check "ops asks BIRD by its plain name" eval "ask bkk06 birdc -r show status 2>&1 | tee /dev/stderr | grep -q 'up and running'"
check "watch may not ask BIRD" refuses ask bkk08 /usr/sbin/birdc -r show status
check "watch may look through sudo" eval "ask bkk08 sudo -n birdc -r show status | grep -q 'up and running'"
check "watch may not change through sudo" refuses ask bkk08 sudo -n birdc configure
# The other account, by its own key, on the jump host as well.
sed "s/User ops/User watch/; s/id_ed25519/id_watch/; s/UserKnownHostsFile/UserKnownHostsFile/" \
    "$NOCTURNE_LAB_DIR/ssh_config" >"$NOCTURNE_LAB_DIR/watch_config"
as_watch() {
    ssh -F "$NOCTURNE_LAB_DIR/watch_config" -o BatchMode=yes -o ConnectTimeout=20 \
        -o ProxyCommand="ssh -F $NOCTURNE_LAB_DIR/watch_config -W %h:%p jump" "$@" </dev/null
}
check "watch gets everywhere by its own key" eval '[ "$(as_watch bkk20 id -un)" = watch ]'
check "watch looks at BIRD everywhere" eval "as_watch bkk20 sudo -n birdc -r show status | grep -q 'up and running'"
check "watch changes nothing anywhere" refuses as_watch bkk20 sudo -n birdc configure check
check "ops may do everything" eval '[ "$(ask bkk20 sudo -n id -un)" = root ]'
check "bytes sent are recorded as they were sent" eval "
    printf 'read line\nfirst \001 \\033[1m\nlast' | ssh -F '$NOCTURNE_LAB_DIR/ssh_config' bkk20 /bin/sh
    grep -rlaF last '$NOCTURNE_LAB_DIR/hosts/bkk20/log/sessions' | xargs cat \
        | cmp - <(printf 'read line\nfirst \001 \\033[1m\nlast')"
check "a session with a terminal keeps it" \
    eval "ssh -tt -F '$NOCTURNE_LAB_DIR/ssh_config' bkk20 'tty; exit 3' </dev/null 2>/dev/null | grep -q '^/dev/'"
check "ops is an account on the device whose login is watch" eval '[ "$(ask -l ops bkk08 sudo -n id -un)" = root ]'
check "what was asked for is recorded beside it" \
    grep -rqx 'sudo -n id -un' "$NOCTURNE_LAB_DIR/hosts/bkk20/log/sessions"

echo "# anycast and containers"
route() { lab shell "$1" birdc show route 203.0.113.81/32 "${@:2}" </dev/null; }
identity() { # HOST ADDRESS: who answers there, asked through a forwarded channel of the host's own session
    python3 - "$1" "$2" "$NOCTURNE_LAB_DIR/ssh_config" <<'PYTHON'
import struct, subprocess, sys
host, address, config = sys.argv[1:]
query = struct.pack(">HHHHHH", 7, 0, 1, 0, 0, 0) + b"\x02id\x06server\x00" + struct.pack(">HH", 16, 3)
channel = subprocess.Popen(["ssh", "-F", config, "-o", "BatchMode=yes", "-W", address + ":53", host],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
channel.stdin.write(struct.pack(">H", len(query)) + query)
channel.stdin.flush()
length = channel.stdout.read(2)
answer = channel.stdout.read(struct.unpack(">H", length)[0]) if len(length) == 2 else b""
channel.terminate()
print(answer[len(query) + 13:].decode())
PYTHON
}
for device in bkk06 bkk07 bkk08; do
    check "$device answers with its name at the anycast address" eval "[ \"\$(identity $device 203.0.113.180)\" = $device ]"
    check "$device answers in IPv6" eval "[ \"\$(identity $device '[2001:db8:180::180]')\" = $device ]"
    check "$device runs two containers" eval "[ \$(ask $device sudo -n lxc-ls -f -F NAME,STATE | grep -c RUNNING) = 2 ]"
done
check "watch sees them" eval "[ \$(as_watch bkk08 sudo -n lxc-ls -f -F NAME,STATE | grep -c RUNNING) = 2 ]"
check "watch stops none" refuses as_watch bkk07 sudo -n lxc-stop -k -n haproxy
check "an edge forwards nothing" eval '[ -z "$(identity bkk00 203.0.113.180)" ]'
check "healthy, the best path is the loopback" eval "route bkk06 | grep -q 'unicast.*local_nets.*[*] (240)'"
check "anycast-blackhole starts" lab scenario anycast-blackhole
check "starts twice" lab scenario anycast-blackhole
check "the best path is unreachable" until_true 30 eval "route bkk06 | grep -q 'unreachable.*[*]'"
check "and is still announced" eval "route bkk06 export rr_bkk00 | grep -q unreachable"
check "the edge still follows it" eval "route bkk00 | grep -q 10.155.106.6"
check "nobody answers there" eval '[ -z "$(identity bkk06 203.0.113.81)" ]'
check "bkk07 does" eval '[ "$(identity bkk07 203.0.113.81)" = bkk07 ]'
check "no session went down" has_established bkk06 4
check "heals" lab scenario anycast-blackhole --heal
check "heals twice" lab scenario anycast-blackhole --heal
check "the best path is the loopback again" until_true 30 eval "route bkk06 | grep -q 'unicast.*local_nets.*[*] (240)'"
check "and answers" eval '[ "$(identity bkk06 203.0.113.81)" = bkk06 ]'
check "guest-down starts" lab scenario guest-down
check "starts twice" lab scenario guest-down
check "one of two runs on bkk07" eval "[ \$(ask bkk07 sudo -n lxc-ls -f -F NAME,STATE | grep -c RUNNING) = 1 ]"
check "heals" lab scenario guest-down --heal
check "heals twice" lab scenario guest-down --heal
check "two of two run" eval "[ \$(ask bkk07 sudo -n lxc-ls -f -F NAME,STATE | grep -c RUNNING) = 2 ]"
check "IPv6 leads from the jump host to the outside" \
    until_true 30 lab shell jump timeout 2 bash -c 'exec 3<>/dev/tcp/2001:db8:6450::10/22'
lab shell bkk50 ip link set mgmt down
check "without bkk50 the jump host reaches nothing" refuses lab shell jump timeout 2 bash -c 'exec 3<>/dev/tcp/10.155.255.4/22'
lab shell bkk50 ip link set mgmt up
check "with bkk50 it does again" until_true 60 lab shell jump timeout 2 bash -c 'exec 3<>/dev/tcp/10.155.255.4/22'
check "the accounts are unknown to the machine" refuses getent passwd watch
check "the machine's files cannot be changed from a host" refuses lab shell bkk06 touch /usr/nocturne-lab-was-here

milliseconds() { local began=${EPOCHREALTIME/./}; "$@" >/dev/null 2>&1; echo $(((${EPOCHREALTIME/./} - began) / 1000)); }
lab delay 150
slow=$(milliseconds ask jump true)
lab delay 0
check "150 ms each way are felt on the way in ($slow ms)" test "$slow" -ge 1500

greeted() { # 200 connections through the relay, some at once: how many were greeted by the jump host?
    local turn
    for turn in $(seq 50); do
        for _ in 1 2 3 4; do
            timeout 20 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" && read -r line <&3 && echo "$line"' - "$port" &
        done
        wait
    done 2>/dev/null | grep -c '^SSH-2.0-'
}
port=$(cat "$NOCTURNE_LAB_DIR/relay.port")
check "of 200 connections 200 are greeted" test "$(greeted)" = 200

echo "# transit-cut"
all=$(established bkk00)
check "starts" lab scenario transit-cut
check "starts twice" lab scenario transit-cut
check "hgc has no session" until_true 90 has_established hgc 0
check "outside has none either" until_true 90 has_established outside 0
check "bkk00 has lost two" until_true 90 has_established bkk00 $((all - 2))
check "the IGP has lost nothing" has_established bkk06 4
check "hgc cannot be reached" refuses ask -o ConnectTimeout=3 hgc true
check "status names it" eval "lab status | grep -q 'scenarios.*transit-cut'"
check "heals" lab scenario transit-cut --heal
check "heals twice" lab scenario transit-cut --heal
check "bkk00 has everything back" until_true 90 has_established bkk00 "$all"
check "hgc can be reached" until_true 90 ask hgc true

echo "# flap"
check "starts" lab scenario flap
check "starts twice" lab scenario flap
for time in first second; do
    check "bkk20 loses it, $time time" until_true 90 is_not_established bkk20 iptx_sg_2520
    check "bkk20 gets it back, $time time" until_true 90 is_established bkk20 iptx_sg_2520
done
check "IPv6 on the same circuit stays" is_established bkk20 iptx_sg_2520_v6
check "heals" lab scenario flap --heal
check "heals twice" lab scenario flap --heal
check "nothing toggles any more" refuses lab shell hgc pgrep -f 'birdc disable'
check "the session is back" until_true 90 is_established bkk20 iptx_sg_2520

echo "# slow"
sleep infinity | ssh -F "$NOCTURNE_LAB_DIR/ssh_config" bkk07 birdc -r >/dev/null 2>&1 &
held=$!
held_birdc() { lab shell bkk07 pgrep -x birdc; }
held_is_gone() { ! kill -0 $held; }
check "somebody is connected" until_true 60 held_birdc
check "starts" lab scenario slow
check "starts twice" lab scenario slow
check "who was connected notices" until_true 30 held_is_gone
feeder=$(jobs -p | head -1); [ -z "$feeder" ] || kill "$feeder" 2>/dev/null
took=$(milliseconds ask bkk07 birdc -r show status)
check "bkk07 answers after 20 seconds ($took ms)" test "$took" -ge 20000
heard=$(mktemp)
timeout 4 ssh -F "$NOCTURNE_LAB_DIR/ssh_config" bkk06 birdc -r show status </dev/null >"$heard"
check "bkk06 sends much and ends no line" test "$(wc -c <"$heard")" -gt 100000 -a "$(wc -l <"$heard")" -le 1
rm "$heard"
check "BIRD itself is well on both" eval "lab status | grep -cE 'bkk0[67] .*4 of 4' | grep -qx 2"
check "heals" lab scenario slow --heal
check "heals twice" lab scenario slow --heal
took=$(milliseconds ask bkk07 birdc -r show status)
check "bkk07 answers at once ($took ms)" test "$took" -lt 15000
check "bkk06 answers in lines" eval "ask bkk06 birdc -r show status | grep -q 'up and running'"

echo "# going"
namespaces() { # of every process of the lab
    local process
    for process in $(cut -d' ' -f1 "$NOCTURNE_LAB_DIR"/keeper.pid "$NOCTURNE_LAB_DIR"/hosts/*/run/host.pid); do
        readlink /proc/"$process"/ns/{net,mnt,pid,uts}
    done | sort -u
}
machine=$(readlink /proc/self/ns/{net,mnt,pid,uts})
ours=$(namespaces | grep -vxF "$machine")
alive() { readlink /proc/[0-9]*/ns/{net,mnt,pid,uts} 2>/dev/null | grep -xF "$ours" || grep -F "$ours" /proc/self/mountinfo; }
check "the relay had nothing to complain about" eval 'cat "$NOCTURNE_LAB_DIR/relay.log"; test ! -s "$NOCTURNE_LAB_DIR/relay.log"'
check "while up, its namespaces are found" alive
cgroups() { unshare --mount sh -c 'mount -t cgroup2 cgroup2 /mnt && ls -d /mnt/nocturne-lab-*' | grep -F "$(cksum <<<"$NOCTURNE_LAB_DIR" | cut -d' ' -f1)"; }
check "while up, its control groups are found" cgroups
check "goes" lab down
check "no control group is left" refuses cgroups
check "no process and no mount holds one of its namespaces" until_true 30 refuses alive
check "no process speaks of it" refuses grep -lqa "$NOCTURNE_LAB_DIR" /proc/[0-9]*/cmdline
check "no mount speaks of it" refuses grep -q "$NOCTURNE_LAB_DIR" /proc/self/mountinfo
check "its directory is gone" refuses test -e "$NOCTURNE_LAB_DIR"
check "its lock is gone" refuses test -e "$NOCTURNE_LAB_DIR.lock"
check "nobody listens at its port" refuses eval "ss -Hlnt | grep -q '127.0.0.1:$port '"
check "goes twice" lab down

echo "# going after a start that was killed"
( exec bash "$LAB" up ) >/dev/null 2>&1 &
starter=$!
check "it had begun" until_true 60 test -e "$NOCTURNE_LAB_DIR/hosts/outside/run/host.pid"
ours=$(namespaces | grep -vxF "$machine")
kill -KILL $starter
wait $starter 2>/dev/null
check "it had not finished" refuses test -e "$NOCTURNE_LAB_DIR/complete"
check "status says so" eval "lab status | grep -q 'cut short'"
check "goes" lab down
check "no process and no mount holds one of its namespaces" until_true 30 refuses alive
check "no process speaks of it" refuses grep -lqa "$NOCTURNE_LAB_DIR" /proc/[0-9]*/cmdline
check "its directory is gone" refuses test -e "$NOCTURNE_LAB_DIR"

echo "# interrupting a start"
( exec bash "$LAB" up ) >/dev/null 2>&1 &
starter=$!
check "it had begun" until_true 60 test -e "$NOCTURNE_LAB_DIR/hosts/outside/run/host.pid"
ours=$(namespaces | grep -vxF "$machine")
kill -TERM $starter
wait $starter 2>/dev/null
check "it cleared everything by itself" refuses test -e "$NOCTURNE_LAB_DIR"
check "no process and no mount holds one of its namespaces" until_true 30 refuses alive

echo "# on a machine that starts no containers"
refused=$(unshare --mount bash -c 'mount --make-rprivate / && mount --bind /bin/false /usr/bin/lxc-start && exec bash "$1" up' - "$LAB" 2>&1)
check "it says so" grep 'no containers: haproxy on bkk06 did not start' <<<"$refused"
check "and comes up without" has_established bkk06 4
check "guest-down says so too" eval "refuses lab scenario guest-down 2>&1 | grep -q 'runs no containers'"
check "and is not on" refuses test -e "$NOCTURNE_LAB_DIR/scenarios/guest-down"
check "goes" lab down
check "no control group is left" refuses cgroups

echo "# beginning where somebody else is"
mkdir "$NOCTURNE_LAB_DIR" && touch "$NOCTURNE_LAB_DIR/precious"
check "a directory that is not the lab's is not taken" refuses lab up
check "nor cleared" refuses lab down
check "nor touched" test -e "$NOCTURNE_LAB_DIR/precious"
rm -r "$NOCTURNE_LAB_DIR"
rm -f "$NOCTURNE_LAB_DIR.lock"

sum
