# SPDX-License-Identifier: Apache-2.0
#
# Every file of the state directory that is written before anything runs, and those for the console after.
#
#   complete                     there once `up` has succeeded
#   keeper.pid relay.port delay scenarios/
#   no-containers                there if this machine starts none
#   id_ed25519 id_watch known_hosts ssh_config inventory.yaml wall.yaml env
#   hosts/NAME/etc               the host's /etc; its router configuration is etc/bird/bird.conf
#   hosts/NAME/log               the host's /var/log: sshd.log, bird.log
#   hosts/NAME/run               the host's /run
#   hosts/NAME/lxc               a hypervisor's /var/lib/lxc

# Of the machine's /etc a host gets only what programs need to start.
readonly ETC_BORROWED="ld.so.cache ld.so.conf ld.so.conf.d alternatives nsswitch.conf protocols services iproute2 \
login.defs debian_version os-release bash.bashrc"

write_files() {
    local host address user role
    mkdir -p "$STATE/hosts" "$STATE/scenarios"
    ssh-keygen -q -t ed25519 -N '' -C nocturne-lab -f "$STATE/id_ed25519"
    ssh-keygen -q -t ed25519 -N '' -C nocturne-lab-watch -f "$STATE/id_watch"
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
    ! is_hypervisor "$host" || write_hypervisor "$host" "$here"
}

# Numbers above 7000 belong to nobody on the machine, most likely; the names exist only on the host. Everywhere `ops` may
# do everything and `watch` may look.
write_accounts() {
    local host=$1 etc=$3 shell=/bin/sh
    [ "$host" != jump ] || shell=/usr/sbin/nologin
    cat >"$etc/passwd" <<TEXT
root:x:0:0:root:/root:/bin/bash
sshd:x:7003:65534::/run/sshd:/usr/sbin/nologin
bird:x:7000:7000::/run/bird:/usr/sbin/nologin
knot:x:7004:7004::/run/knot:/usr/sbin/nologin
ops:x:7001:7001::/home/ops:$shell
watch:x:7002:7002::/home/watch:$shell
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
TEXT
    cat >"$etc/group" <<TEXT
root:x:0:
tty:x:5:
bird:x:7000:ops
knot:x:7004:
ops:x:7001:
watch:x:7002:
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
    cat >"$etc/sudoers.d/lab" <<'TEXT'
ops ALL=(ALL:ALL) NOPASSWD: ALL
# Not in the group that may use BIRD's socket; may look at it through sudo, never change it. The same of containers.
watch ALL=(root) NOPASSWD: /usr/sbin/birdc -r, /usr/sbin/birdc -r *, /usr/bin/lxc-ls -f -F *
TEXT
    chmod 440 "$etc/sudoers.d/lab"
    chmod 440 "$etc/sudoers"
}

write_sshd() {
    local host=$1 user=$2 etc=$3
    ssh-keygen -q -t ed25519 -N '' -C "root@$host" -f "$etc/ssh/ssh_host_ed25519_key"
    cp "$STATE/id_ed25519.pub" "$etc/ssh/authorized_keys/ops"
    cp "$STATE/id_watch.pub" "$etc/ssh/authorized_keys/watch"
    # Where the inventory's login is watch, the first key opens that as well. ops remains: changes are made as ops.
    [ "$user" = ops ] || cat "$STATE/id_ed25519.pub" >>"$etc/ssh/authorized_keys/watch"
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
TEXT
    # The destination of a forwarded channel is told from DEBUG1 on.
    if [ -n "${NOCTURNE_LAB_RECORD-}" ]; then echo "LogLevel DEBUG1"; else echo "LogLevel VERBOSE"; fi \
        >>"$etc/ssh/sshd_config"
    if [ "$host" = jump ]; then
        cat >>"$etc/ssh/sshd_config" <<'TEXT'
# A jump host forwards and does nothing else: no terminal, and the login shell is nologin.
AllowTcpForwarding yes
PermitTTY no
TEXT
    else
        # A hypervisor lets a console ask the addresses it serves, through a channel of the console's own session.
        if is_hypervisor "$host"; then
            printf 'AllowTcpForwarding local\nPermitOpen %s\n' "127.0.0.1:53 $(for address in $ANYCAST; do
                case $address in *:*) printf '[%s]:53 ' "$address" ;; *) printf '%s:53 ' "$address" ;; esac
            done)"
        else
            echo "AllowTcpForwarding no"
        fi >>"$etc/ssh/sshd_config"
        [ -z "${NOCTURNE_LAB_RECORD-}" ] || write_recorder "$etc" "$STATE/hosts/$host/log"
        # Debian gives an ordinary login no sbin directories. ops has been given them; watch goes through sudo.
        cat >>"$etc/ssh/sshd_config" <<'TEXT'
Match User ops
    SetEnv PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
TEXT
    fi
}

# Every session runs behind a recorder: what the client sends goes into a file of its own, byte for byte, and on to the
# command. The command takes the recorder's place, so the channel ends when it does.
write_recorder() {
    local etc=$1 log=$2
    mkdir -p -m 1733 "$log/sessions"
    chmod 1733 "$log/sessions"
    cat >"$etc/ssh/recorder" <<'TEXT'
#!/bin/bash
log=/var/log/sessions/$USER-$(date -u +%Y%m%dT%H%M%S)-$$
umask 077
printf '%s\n%s\n' "${SSH_CONNECTION-}" "${SSH_ORIGINAL_COMMAND-(login shell)}" >"$log.command"
# With a terminal the command must have one too. script(1) gives it one, and adds a first and a last line to the file.
if [ -t 0 ]; then exec script -qefI "$log" -c "${SSH_ORIGINAL_COMMAND:-exec /bin/sh -l}"; fi
if [ -z "${SSH_ORIGINAL_COMMAND-}" ]; then exec /bin/sh -l < <(exec tee "$log" 2>/dev/null); fi
exec /bin/sh -c "$SSH_ORIGINAL_COMMAND" < <(exec tee "$log" 2>/dev/null)
TEXT
    chmod 755 "$etc/ssh/recorder"
    echo "ForceCommand /etc/ssh/recorder" >>"$etc/ssh/sshd_config"
}

write_bird() {
    local host=$1 etc=$2 log=$3
    mkdir "$etc/bird"
    cp "$LAB_ROOT"/hosts/common/*.conf "$etc/bird/"
    cp "$LAB_ROOT/hosts/$host.conf" "$etc/bird/bird.conf"
    touch "$log/bird.log"
    chown 7000:7000 "$log/bird.log"
}

# A name server that says who it is (RFC 4892), and containers that do nothing, but really.
write_hypervisor() {
    local host=$1 here=$2
    mkdir -p "$here/etc/knot" "$here/etc/lxc" "$here/lxc"
    cat >"$here/etc/lxc/default.conf" <<TEXT
lxc.net.0.type = empty
lxc.start.auto = 1
lxc.cgroup.dir = $(cgroup_of_lab)/$host
TEXT
    cat >"$here/etc/knot/knot.conf" <<TEXT
server:
    rundir: "/run/knot"
    user: knot:knot
    pidfile: "/run/knot/knot.pid"
    identity: "$host"
    nsid: "$host"
    # All addresses: one that goes and comes back needs no restart.
    listen: [ 0.0.0.0@53, ::@53 ]
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "/run/knot"
log:
  - target: /var/log/knot.log
    any: info
TEXT
    touch "$here/log/knot.log"
    chown 7004:7004 "$here/log/knot.log"
}
