# SPDX-License-Identifier: Apache-2.0
description="hgc goes away: all its links go down"

# At some minute past three a power supply in the provider's rack fails, and with it every port of hgc. Both circuits
# of AS142108 lose their carrier, bkk00 and bkk20 lose AS9304 in both families, and `outside` is cut off from
# everybody. hgc itself and `outside` can no longer be asked anything: they are dark, not down.
start() {
    hgc_links down
}

# The supply is replaced. The links come back, then BFD, then the sessions.
heal() {
    hgc_links up
}

hgc_links() {
    local link
    for link in $(cables_table | awk '$2 == "hgc" && $1 != "lo" { print $1 }'); do
        on hgc ip link set "$link" "$1"
    done
}
