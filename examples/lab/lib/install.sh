# SPDX-License-Identifier: Apache-2.0
#
# lab check-host, install, uninstall. Only `install` and `uninstall` change the machine: packages, and nothing else.

readonly NEEDED_PACKAGES="bird2 busybox-static iproute2 knot lxc openssh-server python3 sudo"
readonly MEMORY=/var/lib/nocturne-lab
readonly POLICY=/usr/sbin/policy-rc.d

check_host() {
    local bad=0 program
    check() {
        local what=$1
        shift
        if "$@" >/dev/null 2>&1; then echo "ok       $what"; else echo "missing  $what"; bad=1; fi
    }
    check "root" test "$(id -u)" = 0
    for program in ip unshare nsenter ssh ssh-keygen sshd bird birdc sudo python3 knotd; do
        check "$program" command -v "$program"
    done
    # In namespaces of their own that end with the command: the machine sees nothing of it.
    check "namespaces: network, mount, names, processes" unshare --net --mount --uts --pid --fork true
    check "virtual cables" unshare --net ip link add probe0 type veth peer name probe1
    check "bridges" unshare --net ip link add probe0 type bridge
    check "a tmpfs of its own" unshare --mount mount -t tmpfs tmpfs /run
    local needed=$bad
    for program in lxc-create lxc-start busybox; do check "$program, for containers" command -v "$program"; done
    check "control groups, for containers" unshare --mount mount -t cgroup2 cgroup2 /mnt
    bad=$needed # without containers the lab is poorer, and works
    if keeper_alive; then
        echo "ok       the lab is up, at port $(cat "$STATE/relay.port" 2>/dev/null)"
    elif port_is_free; then
        echo "ok       port $WANTED_PORT"
    else
        echo "taken    port $WANTED_PORT; another one will be used"
    fi
    [ $bad = 0 ] || die "this machine cannot run the lab yet (packages: sudo lab install)"
}

port_is_free() { [ -z "$(ss -Hlnt "src 127.0.0.1 and sport = :$WANTED_PORT" 2>/dev/null)" ]; }

# The lab's packages, or those that are named: remembered either way, and removed again.
lab_install() {
    local missing consent=
    [ "${1-}" != --yes ] || { consent=--yes; shift; }
    finish_interrupted_install
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || { say "nothing to install"; return; }
    mkdir -p "$MEMORY"
    # shellcheck disable=SC2086
    plan_of install $missing || { say "package lists are missing or old, fetching them"; apt-get -q update; plan_of install $missing; }
    ! grep '^Remv' "$MEMORY/plan" || die "installing would remove the packages above; nothing done"
    print_plan
    ask "install these?" "$consent" || { rm -f "$MEMORY/plan"; rmdir --ignore-fail-on-non-empty "$MEMORY"; die "nothing done"; }

    installed_packages >"$MEMORY/packages.before"
    cut -d: -f1 /etc/passwd | sort >"$MEMORY/users.before"
    trap finish_interrupted_install EXIT
    trap 'exit 130' INT TERM HUP
    keep_services_down
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $missing 9>&-
    finish_interrupted_install
    trap - EXIT INT TERM HUP
    say "installed; lab uninstall removes exactly: $(tr '\n' ' ' <"$MEMORY/installed")"
}

lab_uninstall() {
    local packages user others
    ! keeper_alive || die "the lab is up: lab down first"
    finish_interrupted_install
    [ -s "$MEMORY/installed" ] || { say "nothing was installed by the lab"; return; }
    packages=$(comm -12 "$MEMORY/installed" <(installed_packages))
    # shellcheck disable=SC2086
    plan_of purge $packages
    others=$(awk '/^(Purg|Remv)/ { print $2 }' "$MEMORY/plan" | sort -u | comm -23 - "$MEMORY/installed" | tr '\n' ' ')
    [ -z "$others" ] || die "these need them now: $others; nothing done"
    say "to remove: $(tr '\n' ' ' <<<"$packages")"
    ask "remove these?" "${1-}" || die "nothing done"
    # shellcheck disable=SC2086
    # sudo asks whether there is another way to be root. There was one before sudo came.
    [ -z "$packages" ] || SUDO_FORCE_REMOVE=yes DEBIAN_FRONTEND=noninteractive apt-get -q -y purge $packages 9>&-
    while read -r user; do
        remove_user "$user"
    done <"$MEMORY/users"
    rm -r "$MEMORY"
}

# Packages leave their users behind. An override of a file's owner must go first: dpkg refuses to work at all while one
# names a user that does not exist.
remove_user() {
    local path
    getent passwd "$1" >/dev/null || return 0
    while read -r path; do
        dpkg-statoverride --remove "$path"
    done < <(dpkg-statoverride --list | awk -v user="$1" '$1 == user { print $4 }')
    userdel "$1"
}

installed_packages() {
    dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | awk '$1 == "ii" { print $2 }' | sort -u
}

missing_packages() {
    [ $# -gt 0 ] || set -- $NEEDED_PACKAGES
    printf '%s\n' "$@" | sort -u | comm -23 - <(installed_packages) | tr '\n' ' '
}

plan_of() {
    local verb=$1
    shift
    apt-get -q -s --no-install-recommends "$verb" "$@" >"$MEMORY/plan" 2>/dev/null
}

# Package, version, megabytes to fetch and megabytes on disk. An upgrade of something that is there is named as such.
print_plan() {
    local name rest old version
    while read -r _ name rest; do
        old=$(sed -n 's/^\[\([^]]*\)\].*/\1/p' <<<"$rest")
        version=$(sed -n 's/^[^(]*(\([^ ]*\).*/\1/p' <<<"$rest")
        apt-cache show "$name=$version" | awk -v name="$name" -v version="$version" -v old="$old" '
            /^Size:/ { fetch = $2 / 1e6 }
            /^Installed-Size:/ { disk = $2 / 1e3 }
            END {
                printf "  %-28s %-24s %6.1f MB to fetch %6.1f MB on disk%s\n", name, version, fetch, disk,
                    old == "" ? "" : "  (replaces " old ", and stays)"
            }'
    done < <(grep '^Inst' "$MEMORY/plan") | awk '
        { print; fetch += $3; disk += $7 }
        END { printf "  %d packages, %.1f MB to fetch, %.1f MB on disk\n", NR, fetch, disk }'
}

# Asks only where somebody can answer.
ask() {
    local answer
    [ "$2" != --yes ] && [ -t 0 ] || return 0
    read -r -p "lab: $1 [y/N] " answer
    [[ $answer = [yY]* ]]
}

# Debian starts what it installs, unless this file says that it must not. Whoever had one gets it back.
keep_services_down() {
    [ ! -e "$POLICY" ] || mv "$POLICY" "$POLICY.before-nocturne-lab"
    printf '#!/bin/sh\n# put here by the nocturne lab while it installs packages\nexit 101\n' >"$POLICY"
    chmod 755 "$POLICY"
}

give_policy_back() {
    ! grep -qs 'put here by the nocturne lab' "$POLICY" || rm "$POLICY"
    [ ! -e "$POLICY.before-nocturne-lab" ] || mv "$POLICY.before-nocturne-lab" "$POLICY"
}

# Writes down what is new, also after an installation that failed or was killed half-way.
finish_interrupted_install() {
    local package
    give_policy_back
    rm -f "$MEMORY/plan"
    [ -e "$MEMORY/packages.before" ] || return 0
    touch "$MEMORY/installed" "$MEMORY/users"
    installed_packages | comm -13 "$MEMORY/packages.before" - | sort -u -o "$MEMORY/installed" - "$MEMORY/installed"
    cut -d: -f1 /etc/passwd | sort | comm -13 "$MEMORY/users.before" - | sort -u -o "$MEMORY/users" - "$MEMORY/users"
    while read -r package; do
        disable_services_of "$package"
    done <"$MEMORY/installed"
    rm -f "$MEMORY/packages.before" "$MEMORY/users.before"
}

# Not started now, and not at the next boot either. Debian's helper works with and without systemd running.
disable_services_of() {
    local file
    while read -r file; do
        case $file in
            */systemd/system/*@.service) ;;
            */systemd/system/*.service | */systemd/system/*.socket)
                # It works for maintainer scripts only, which tell it so by this variable.
                DPKG_MAINTSCRIPT_PACKAGE=$1 deb-systemd-helper disable "${file##*/}" >/dev/null 2>&1 || true ;;
            /etc/init.d/*)
                update-rc.d "${file##*/}" disable >/dev/null 2>&1 || true ;;
        esac
    done < <(dpkg -L "$1")
}
