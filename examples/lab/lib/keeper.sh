#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# keeper.sh STATE LIB HOST...: process 1 of the lab's process namespace. When it ends, the kernel ends every process
# of the lab, and with the last process of a namespace go its mounts, interfaces and routes. So `lab down` kills one
# process, and nothing can be forgotten.
state=$1 lib=$2
shift 2

# /proc is still the machine's: this is the number the machine knows us by.
read -r line </proc/self/stat
fields=(${line##*) })
printf '%s %s\n' "${line%% *}" "${fields[19]}" >"$state/keeper.pid.new"
mv "$state/keeper.pid.new" "$state/keeper.pid"

for host in "$@"; do
    unshare --mount --uts --net --pid --fork --kill-child \
        bash -c 'exec -a "nocturne-lab $3" bash "$1" "$2" "$3"' - "$lib/host.sh" "$state" "$host" &
done

# Adopt and reap whatever is orphaned, for ever.
while :; do
    sleep infinity &
    wait $!
done
