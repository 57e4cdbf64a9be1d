# SPDX-License-Identifier: Apache-2.0
description="hgc's session with bkk20 (IPv4) goes down and up every few seconds"

# Somebody at the provider has a script that disables the customer's session when a probe fails, and the probe fails
# about half of the time. From bkk20 it looks like a peer that says "administrative shutdown" and comes back, again
# and again. IPv6 on the same circuit is untouched.
start() {
    on hgc sh -c 'kill -0 "$(cat /run/lab/flap.pid 2>/dev/null)" 2>/dev/null' && return
    on hgc sh -c 'setsid sh -c "$0" </dev/null >/dev/null 2>&1 & echo $! >/run/lab/flap.pid' '
        while :; do
            birdc disable pp9094730
            sleep 3
            birdc enable pp9094730
            tries=0
            until birdc show protocols pp9094730 | grep -q Established || [ $tries -gt 40 ]; do
                tries=$((tries + 1))
                sleep 0.25
            done
            sleep 3
        done'
}

# The script is found and stopped.
heal() {
    on hgc sh -c 'kill "$(cat /run/lab/flap.pid 2>/dev/null)" 2>/dev/null; rm -f /run/lab/flap.pid; birdc enable pp9094730' >/dev/null
}
