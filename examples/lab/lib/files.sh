# SPDX-License-Identifier: Apache-2.0
#
# Every file of the state directory that is written before anything runs, and those for the console after.
#
#   complete                     there once `up` has succeeded
#   keeper.pid relay.port delay scenarios/
#   id_ed25519 known_hosts ssh_config inventory.yaml env
#   hosts/NAME/etc               the host's /etc; its router configuration is etc/bird/bird.conf
#   hosts/NAME/log               the host's /var/log: sshd.log, bird.log
#   hosts/NAME/run               the host's /run

# Of the machine's /etc a host gets only what programs need to start.
readonly ETC_BORROWED="ld.so.cache ld.so.conf ld.so.conf.d alternatives nsswitch.conf protocols services iproute2 \
login.defs debian_version os-release bash.bashrc"

write_files() {
    local host address user role
    mkdir -p "$STATE/hosts" "$STATE/scenarios"
    ssh-keygen -q -t ed25519 -N '' -C nocturne-lab -f "$STATE/id_ed25519"
    while read -r host address user _ role; do
        write_etc "$host" "$user" "$role"
    done < <(hosts_table)
}

write_etc() {
    local host=$1 user=$2 role=$3 here=$STATE/hosts/$1 etc=$STATE/hosts/$1/etc borrowed
    mkdir -p "$etc"/{ssh/authorized_keys,sudoers.d,pam.d} "$here/log" "$here/run"
    for borrowed in $ETC_BORROWED; do
        [ ! -e "/etc/$borrowed" ] || cp -a "/etc/$borrowed" "$etc/"
    done
    ln -s /proc/self/mounts "$etc/mtab"
    ln -s /usr/share/zoneinfo/Etc/UTC "$etc/localtime"
    echo "$host" >"$etc/hostname"
    echo "$host, $role of the nocturne lab" >"$etc/motd"
    echo "PS1='\\u@\\h:\\w\\\$ '" >"$etc/profile"
    {
        echo "127.0.0.1 localhost"
        echo "::1 localhost"
        hosts_table | awk '{ print $2, $1 }'
    } >"$etc/hosts"
    write_accounts "$host" "$user" "$etc"
    write_sshd "$host" "$user" "$etc"
    [ "$host" = jump ] || write_bird "$host" "$etc" "$here/log"
}

# Numbers above 7000 belong to nobody on the machine, most likely; the names exist only on the host.
write_accounts() {
    local host=$1 user=$2 etc=$3 uid shell=/bin/sh bird_members=ops
    case $user in ops) uid=7001 ;; watch) uid=7002 bird_members= ;; esac
    [ "$host" != jump ] || shell=/usr/sbin/nologin
    cat >"$etc/passwd" <<TEXT
root:x:0:0:root:/root:/bin/bash
sshd:x:7003:65534::/run/sshd:/usr/sbin/nologin
bird:x:7000:7000::/run/bird:/usr/sbin/nologin
$user:x:$uid:$uid::/home/$user:$shell
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
TEXT
    cat >"$etc/group" <<TEXT
root:x:0:
tty:x:5:
bird:x:7000:$bird_members
$user:x:$uid:
nogroup:x:65534:
TEXT
    awk -F: '{ print $1 ":*:19700:0:99999:7:::" }' "$etc/passwd" >"$etc/shadow"
    chmod 640 "$etc/shadow"
    echo "auth required pam_permit.so
account required pam_permit.so
session required pam_permit.so" | tee "$etc/pam.d/sudo" >"$etc/pam.d/other"
    cat >"$etc/sudoers" <<'TEXT'
Defaults env_reset, use_pty, !lecture, !syslog, logfile=/var/log/sudo.log
Defaults secure_path="/usr/sbin:/usr/bin:/sbin:/bin"
root ALL=(ALL:ALL) ALL
@includedir /etc/sudoers.d
TEXT
    if [ "$user" = watch ]; then
        # Not in the group that may use BIRD's socket; may look at it through sudo, never change it.
        echo 'watch ALL=(root) NOPASSWD: /usr/sbin/birdc -r, /usr/sbin/birdc -r *' >"$etc/sudoers.d/watch"
        chmod 440 "$etc/sudoers.d/watch"
    fi
    chmod 440 "$etc/sudoers"
}

write_sshd() {
    local host=$1 user=$2 etc=$3
    ssh-keygen -q -t ed25519 -N '' -C "root@$host" -f "$etc/ssh/ssh_host_ed25519_key"
    cp "$STATE/id_ed25519.pub" "$etc/ssh/authorized_keys/$user"
    cat >"$etc/ssh/sshd_config" <<TEXT
HostKey /etc/ssh/ssh_host_ed25519_key
PidFile /run/sshd.pid
AuthorizedKeysFile /etc/ssh/authorized_keys/%u
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
UsePAM no
UseDNS no
X11Forwarding no
AllowAgentForwarding no
PrintMotd no
LogLevel VERBOSE
TEXT
    if [ "$host" = jump ]; then
        cat >>"$etc/ssh/sshd_config" <<'TEXT'
# A jump host forwards and does nothing else: no terminal, and the login shell is nologin.
AllowTcpForwarding yes
PermitTTY no
TEXT
    else
        echo "AllowTcpForwarding no" >>"$etc/ssh/sshd_config"
        # Debian gives an ordinary login no sbin directories. ops has been given them; watch goes through sudo.
        [ "$user" = watch ] || echo "SetEnv PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" >>"$etc/ssh/sshd_config"
    fi
}

write_bird() {
    local host=$1 etc=$2 log=$3
    mkdir "$etc/bird"
    cp "$LAB_ROOT"/hosts/common/*.conf "$etc/bird/"
    cp "$LAB_ROOT/hosts/$host.conf" "$etc/bird/bird.conf"
    touch "$log/bird.log"
    chown 7000:7000 "$log/bird.log"
}

# What a console and a person need to get in. PORT is known only once the relay listens.
write_access() {
    local port=$1 host address user group role
    {
        echo "[127.0.0.1]:$port $(host_key jump)"
        while read -r host address _; do
            [ "$host" = jump ] || echo "$address $(host_key "$host")"
        done < <(hosts_table)
    } >"$STATE/known_hosts"

    {
        while read -r host address user _; do
            if [ "$host" = jump ]; then
                printf 'Host jump\n  HostName 127.0.0.1\n  Port %s\n' "$port"
            else
                printf 'Host %s %s\n  HostName %s\n  ProxyJump jump\n' "$host" "$address" "$address"
            fi
            printf '  User %s\n' "$user"
        done < <(hosts_table)
        cat <<TEXT
Host *
  IdentityFile $STATE/id_ed25519
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile $STATE/known_hosts
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
TEXT
    } >"$STATE/ssh_config"

    {
        cat <<TEXT
site: bkk
paths:
  - {name: jump, hops: ["ops@127.0.0.1:$port"]}
defaults: {user: ops, port: 22, identity: $STATE/id_ed25519, known-hosts: $STATE/known_hosts, poll: 2s, become: "sudo -n"}
devices:
TEXT
        while read -r host address user group role; do
            [ "$host" != jump ] || continue
            [ "$user" = ops ] && user= || user=", user: $user"
            echo "  - {name: $host, platform: bird, address: $address, group: $group, role: $role$user}"
        done < <(hosts_table)
    } >"$STATE/inventory.yaml"

    cat >"$STATE/env" <<TEXT
NOCTURNE_LAB_DIR=$STATE
NOCTURNE_LAB_JUMP=ops@127.0.0.1:$port
NOCTURNE_LAB_INVENTORY=$STATE/inventory.yaml
NOCTURNE_LAB_SSH_CONFIG=$STATE/ssh_config
TEXT

    # Started with sudo, the lab is used without.
    [ -z "${SUDO_UID-}" ] || chown "$SUDO_UID:$SUDO_GID" "$STATE/id_ed25519"
}

host_key() { cut -d' ' -f1,2 "$STATE/hosts/$1/etc/ssh/ssh_host_ed25519_key.pub"; }
