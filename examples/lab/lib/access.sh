# SPDX-License-Identifier: Apache-2.0
#
# What a console and a person need to get in: keys of the hosts, ssh_config, inventories. Written once the relay's port
# is known.

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

    inventory_for ops "$STATE/id_ed25519" "$port" >"$STATE/inventory.yaml"
    # For a wall: everything through an account that can do nothing but look.
    inventory_for watch "$STATE/id_watch" "$port" >"$STATE/wall.yaml"

    cat >"$STATE/env" <<TEXT
NOCTURNE_LAB_DIR=$STATE
NOCTURNE_LAB_JUMP=ops@127.0.0.1:$port
NOCTURNE_LAB_INVENTORY=$STATE/inventory.yaml
NOCTURNE_LAB_SSH_CONFIG=$STATE/ssh_config
TEXT

    # Started with sudo, the lab is used without.
    [ -z "${SUDO_UID-}" ] || chown "$SUDO_UID:$SUDO_GID" "$STATE/id_ed25519" "$STATE/id_watch"
}

# inventory_for LOGIN KEY PORT: the network as somebody with that login sees it. ops is watch where the plan says so.
inventory_for() {
    local login=$1 key=$2 port=$3 host address user group role
    cat <<TEXT
site: bkk
paths:
  - {name: jump, hops: ["$login@127.0.0.1:$port"]}
defaults: {user: $login, port: 22, identity: $key, known-hosts: $STATE/known_hosts, poll: 2s, become: "sudo -n"}
devices:
TEXT
    while read -r host address user group role; do
        [ "$host" != jump ] || continue
        if [ "$login" = watch ] || [ "$user" = ops ]; then user=; else user=", user: $user"; fi
        echo "  - {name: $host, $(kind_of "$host"), address: $address, group: $group, role: $role$user}"
    done < <(hosts_table)
    write_wishes
}

kind_of() { if is_hypervisor "$1"; then echo "platform: linux, runs: [bird, lxc]"; else echo "platform: bird"; fi; }

# What ought to be.
write_wishes() {
    cat <<'TEXT'
anycast:
  - {name: global, prefix: 203.0.113.180/32, nodes: [bkk06, bkk07, bkk08], probes: [{dns: {chaos: id.server}}]}
  - {name: local, prefix: 203.0.113.81/32, nodes: [bkk06, bkk07], probes: [{dns: {chaos: id.server}}]}
services:
  - {name: haproxy, guests: [bkk06/haproxy, bkk07/haproxy, bkk08/haproxy], want: 3}
  - {name: dns, guests: [bkk06/dns, bkk07/dns, bkk08/dns], want: 3}
TEXT
}

host_key() { cut -d' ' -f1,2 "$STATE/hosts/$1/etc/ssh/ssh_host_ed25519_key.pub"; }
