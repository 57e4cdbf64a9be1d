# SPDX-License-Identifier: Apache-2.0
#
# lab down: end one process, and the kernel ends the rest. Nothing of the lab is anywhere else than in its namespaces
# and in its state directory, so this also clears a start that failed half-way or was killed.

lab_down() {
    if [ -e "$STATE" ]; then
        take_down
        say "down"
    else
        say "not up"
    fi
    rm -f "$STATE.lock"
}

take_down() {
    local pid
    [ -e "$STATE" ] || return 0
    [ -e "$STATE/.nocturne-lab" ] || [ -z "$(ls -A "$STATE")" ] || die "$STATE is not a lab's directory; not touched"
    if pid=$(keeper_pid); then
        kill -KILL "$pid"
        # It is gone only when everything in its process namespace is.
        await 60 "the lab's processes to end" keeper_gone
    fi
    remove_cgroups
    rm -rf --one-file-system "$STATE"
}

# Control groups outlive the processes in them. They are empty now: only directories are left, removed from the deepest.
remove_cgroups() {
    unshare --mount bash -c '
        mount --make-rprivate / && mount -t cgroup2 cgroup2 /mnt || exit 0
        [ ! -d "/mnt/$1" ] || find "/mnt/$1" -depth -type d -exec rmdir {} +' - "$(cgroup_of_lab)"
}

keeper_gone() { ! keeper_alive; }
