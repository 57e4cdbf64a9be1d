#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# host.sh STATE HOST: process 1 of one host. Makes the host's own view of files and names, then idles; cables,
# addresses and daemons are brought by `lab up`.
set -eu
state=$1 host=$2
here=$state/hosts/$host

# /proc is still the machine's: this is the number the machine knows us by.
read -r line </proc/self/stat
fields=(${line##*) })

hostname "$host"
mount --make-rprivate /
mount --bind "$here/etc" /etc
mount --bind "$here/log" /var/log
if [ -d "$here/lxc" ]; then
    mount --bind "$here/lxc" /var/lib/lxc
    # Containers get the unified hierarchy and nothing else, whatever the machine mixes.
    ! mountpoint -q /sys/fs/cgroup || umount -R /sys/fs/cgroup
    cgroups=yes
    mount -t cgroup2 cgroup2 /sys/fs/cgroup || cgroups=
fi
# Last: the state directory may lie below it.
mount --bind "$here/run" /run
for private in /tmp /var/tmp /home /root; do
    mount -t tmpfs -o mode=755 tmpfs "$private"
done
chmod 1777 /tmp /var/tmp
mount -t proc proc /proc
# The machine's files can be used here but not changed.
mount -o remount,bind,ro /

mkdir -p /run/sshd /run/bird /run/knot /run/lock /run/lab
chown 7000:7000 /run/bird
[ -z "${cgroups-}" ] || touch /run/lab/cgroups
chown 7004:7004 /run/knot
while IFS=: read -r user _ uid gid _ home _; do
    case $home in /home/*) mkdir -p "$home" && chown "$uid:$gid" "$home" ;; esac
done </etc/passwd

# Before any cable comes: the settings that new interfaces inherit.
tune() { echo "$2" >"/proc/sys/net/$1"; }
case $host in jump) forward=0 ;; *) forward=1 ;; esac
tune ipv4/ip_forward $forward
tune ipv6/conf/all/forwarding $forward
tune ipv6/conf/default/forwarding $forward
for which in all default; do
    tune ipv4/conf/$which/rp_filter 0             # two uplinks: the way back may differ
    tune ipv6/conf/$which/accept_ra 0
    tune ipv6/conf/$which/accept_dad 0            # addresses usable at once
    tune ipv6/conf/$which/keep_addr_on_down 1     # a link that went down comes back with its addresses
done
ip link set lo up

# Told last: who reads this file may rely on everything above.
printf '%s %s\n' "${line%% *}" "${fields[19]}" >/run/host.pid.new
mv /run/host.pid.new /run/host.pid

while :; do
    sleep infinity &
    wait $!
done
