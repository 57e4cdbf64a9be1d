# SPDX-License-Identifier: Apache-2.0
description="bkk06 loses an anycast address and goes on announcing it"

# Somebody reloads the interfaces of bkk06, in whose file the line of 203.0.113.81 is commented out. The address leaves
# the loopback; BIRD's best path to it is now its own static route, unreachable, and that is still announced. Every
# session stays up, every router shows a valid path, and what follows it to bkk06 is thrown away.
start() {
    local address
    for address in 203.0.113.81/32 2001:db8:180::81/128; do
        ! has_address "$address" || on bkk06 ip address del "$address" dev lo
    done
}

# The line is put back, and the interface with it.
heal() {
    has_address 203.0.113.81/32 || on bkk06 ip address add 203.0.113.81/32 dev lo
    has_address 2001:db8:180::81/128 || on bkk06 ip address add 2001:db8:180::81/128 dev lo nodad
}

has_address() { on bkk06 ip -o address show dev lo to "$1" | grep -F " $1 " >/dev/null; }
