#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# `lab install` on a machine that lacks the packages, and `lab uninstall` after it. Works in an overlay over the
# machine's files that is gone with the test; needs the network and Debian's package lists.
set -u
if [ "${1-}" != --inside ]; then
    [ "$(id -u)" = 0 ] || { echo "this test needs root" >&2; exit 77; }
    grep -q overlay /proc/filesystems || modprobe -q overlay || { echo "no overlay file system here" >&2; exit 77; }
    exec unshare --mount --uts --pid --fork --mount-proc bash "$(readlink -f "$0")" --inside
fi
here=$(dirname "$0")

# A scratch machine: everything is there, nothing that is written lasts. The files of this checkout are carried over.
new=$(mktemp -d)
trap 'umount -l "$new" 2>/dev/null; rmdir "$new"' EXIT
mount -t tmpfs tmpfs "$new"
mkdir "$new"/{upper,work,root,lab}
mkdir -p "$new/lab/examples" "$new/lab/Tests"
cp -r "$here/../../examples/lab" "$new/lab/examples/"
cp -r "$here" "$new/lab/Tests/lab"
mount -t overlay overlay -o "lowerdir=/,upperdir=$new/upper,workdir=$new/work" "$new/root"
mkdir -p "$new/root/nocturne"
mount --bind "$new/lab" "$new/root/nocturne"
for special in /proc /dev /sys; do mount --rbind "$special" "$new/root$special"; done

cat >"$new/root/inside.sh" <<'INSIDE'
set -u
. /nocturne/Tests/lab/check.sh
trap 'lab down >/dev/null 2>&1' EXIT
installed() { dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | awk '$1 == "ii" { print $2 }' | sort; }

# Make it a machine that has never seen the lab, with a policy of its own.
SUDO_FORCE_REMOVE=yes DEBIAN_FRONTEND=noninteractive apt-get -q -y purge bird2 openssh-server sudo >/dev/null 2>&1
rm -rf /var/lib/nocturne-lab
dpkg-statoverride --list | awk '$1 == "bird" { print $4 }' | xargs -rn1 dpkg-statoverride --remove
for user in bird sshd; do userdel "$user" 2>/dev/null; done
printf '#!/bin/sh\nexit 104\n' >/usr/sbin/policy-rc.d
policy=$(sha256sum </usr/sbin/policy-rc.d)
installed >/tmp/before
cut -d: -f1 /etc/passwd >/tmp/users-before
cut -d: -f1 /etc/group >/tmp/groups-before
dpkg-statoverride --list >/tmp/overrides-before

check "the machine has none of it" eval '! command -v birdc && ! command -v sshd && ! command -v sudo'
check "the machine lacks something" eval '! lab check-host'
check "up says what is missing and how to get it" eval "lab up 2>&1 | grep 'missing:.*lab install'"
lab install --yes >/tmp/said 2>&1 </dev/null
check "it installs" eval 'command -v birdc && command -v sshd && command -v sudo || { tail -20 /tmp/said; false; }'
sed -n '/MB on disk/s/^/      /p' /tmp/said
check "it said how much" grep -E 'packages, [0-9.]+ MB to fetch, [0-9.]+ MB on disk' /tmp/said
check "it named each package" \
    eval 'awk "/ MB to fetch .* MB on disk/ && !/ packages,/ { print \$1 }" /tmp/said | sort | diff - /var/lib/nocturne-lab/installed'
check "it wrote down exactly what is new" \
    eval 'installed | comm -13 /tmp/before - | diff - /var/lib/nocturne-lab/installed'
check "no daemon was started" eval '! pgrep -x bird && ! pgrep -x sshd'
check "none will be at the next boot" eval '! ls /etc/rc[2345].d/S??bird /etc/rc[2345].d/S??ssh \
    /etc/systemd/system/multi-user.target.wants/{bird,ssh}.service 2>/dev/null'
check "the machine has its policy back" test "$(sha256sum </usr/sbin/policy-rc.d)" = "$policy"
check "the machine can run the lab now" lab check-host
check "the second time there is nothing to do" eval "lab install --yes | grep 'nothing to install'"
check "the lab comes up" lab up
check "what is in use is not removed" eval '! lab uninstall --yes </dev/null'
check "the lab goes" lab down
check "it uninstalls" lab uninstall --yes
check "the packages are those from before" eval 'installed | diff /tmp/before -'
check "so are the users" eval 'cut -d: -f1 /etc/passwd | diff /tmp/users-before -'
check "so are the groups" eval 'cut -d: -f1 /etc/group | diff /tmp/groups-before -'
check "so are the overrides of owners" eval 'dpkg-statoverride --list | diff /tmp/overrides-before -'
check "nothing is left in a runlevel" eval '! ls /etc/rc?.d/*bird /etc/rc?.d/*ssh 2>/dev/null'
check "and it forgot" test ! -e /var/lib/nocturne-lab
sum
INSIDE
chroot "$new/root" /bin/bash /inside.sh
