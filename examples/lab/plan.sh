# SPDX-License-Identifier: Apache-2.0
#
# The plan of the lab: who is there and which cable goes where. Everything else is derived from these two tables and
# from the router configurations under hosts/.

# name   address          user   group    role
hosts_table() {
    cat <<'TABLE'
jump     10.155.50.10     ops    access   jump host
bkk50    10.155.255.50    ops    gateway  gateway
bkk00    10.155.255.4     ops    edge     edge router
bkk20    10.155.255.2     ops    edge     edge router
bkk06    10.155.106.6     ops    compute  hypervisor
bkk07    10.155.106.7     ops    compute  hypervisor
bkk08    10.155.106.8     watch  compute  hypervisor
hgc      10.155.0.9       ops    transit  transit AS9304
outside  198.51.100.10    ops    outside  vantage behind transit
TABLE
}

# A segment with two members is a cable; one with more is a bridge in the lab's own network namespace. The interface
# in the host is called like the segment. `lo` is the host's loopback: addresses that stay when a link goes.
#
# segment  host     IPv4               IPv6
cables_table() {
    cat <<'TABLE'
mgmt       jump     10.155.50.10/24    2001:db8:155:50::10/64
mgmt       bkk50    10.155.50.1/24     2001:db8:155:50::1/64
core       bkk50    10.155.254.50/24   2001:db8:155:254::50/64
core       bkk00    10.155.254.4/24    2001:db8:155:254::4/64
core       bkk20    10.155.254.2/24    2001:db8:155:254::2/64
servers    bkk00    10.155.106.4/24    2001:db8:155:106::4/64
servers    bkk20    10.155.106.2/24    2001:db8:155:106::2/64
servers    bkk06    10.155.106.6/24    2001:db8:155:106::6/64
servers    bkk07    10.155.106.7/24    2001:db8:155:106::7/64
servers    bkk08    10.155.106.8/24    2001:db8:155:106::8/64
hk2519     hgc      10.9.0.1/30        2001:db8:9304:2519::1/64
hk2519     bkk00    10.9.0.2/30        2001:db8:9304:2519::2/64
sg2520     hgc      10.9.0.5/30        2001:db8:9304:2520::1/64
sg2520     bkk20    10.9.0.6/30        2001:db8:9304:2520::2/64
world      hgc      10.9.0.9/30        2001:db8:9304:64::1/64
world      outside  10.9.0.10/30       2001:db8:9304:64::2/64
lo         bkk50    10.155.255.50/32   2001:db8:155:255::50/128
lo         bkk00    10.155.255.4/32    2001:db8:155:255::4/128
lo         bkk20    10.155.255.2/32    2001:db8:155:255::2/128
lo         bkk06    10.155.255.6/32    2001:db8:155:255::6/128
lo         bkk07    10.155.255.7/32    2001:db8:155:255::7/128
lo         bkk08    10.155.255.8/32    2001:db8:155:255::8/128
lo         bkk06    203.0.113.180/32   2001:db8:180::180/128
lo         bkk07    203.0.113.180/32   2001:db8:180::180/128
lo         bkk08    203.0.113.180/32   2001:db8:180::180/128
lo         bkk06    203.0.113.81/32    2001:db8:180::81/128
lo         bkk07    203.0.113.81/32    2001:db8:180::81/128
lo         hgc      10.155.0.9/32      2001:db8:9304::9/128
lo         outside  198.51.100.10/32   2001:db8:6450::10/128
TABLE
}

# The one route nobody's protocol can learn: the jump host knows nothing but its gateway.
readonly JUMP_GATEWAY4=10.155.50.1 JUMP_GATEWAY6=2001:db8:155:50::1

# What every hypervisor may be asked at, wherever it is announced, and the containers each of them runs.
readonly ANYCAST="203.0.113.180 203.0.113.81 2001:db8:180::180 2001:db8:180::81"
readonly CONTAINERS="haproxy dns"
is_hypervisor() { case $1 in bkk06 | bkk07 | bkk08) true ;; *) false ;; esac; }
