# SPDX-License-Identifier: Apache-2.0
description="the container haproxy on bkk07 stops"

# Out of memory, a bad upgrade, a wrong window: the container is gone from one moment to the next, its host is well.
start() {
    if [ -e "$STATE/no-containers" ]; then
        rm -f "$STATE/scenarios/guest-down"
        die "guest-down: not started, this machine runs no containers (lab up said why)"
    fi
    ! container_runs bkk07 haproxy || on bkk07 lxc-stop -k -n haproxy
}

heal() {
    container_runs bkk07 haproxy || start_container bkk07 haproxy
    await 60 "the container haproxy on bkk07" container_runs bkk07 haproxy
}
