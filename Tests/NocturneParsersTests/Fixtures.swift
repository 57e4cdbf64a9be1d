// SPDX-License-Identifier: Apache-2.0

/// Answers of a BIRD 2.0.12 on documentation addresses, shortened, and of 1.6 and 3.3 as their sources print them.
enum Fixture {
    static let status = """
        BIRD 2.0.12
        Router ID is 203.0.113.1
        Hostname is edge1
        Current server time is 2026-11-21 04:20:00.900
        Last reboot on 2026-11-21 04:12:31.573
        Last reconfiguration on 2026-11-21 04:12:31.573
        Daemon is up and running

        """

    static let bfd = """
        bfd1:
        IP address                Interface  State      Since         Interval  Timeout
        fe80::1                   eth0       Up         2026-11-21 04:12:32    0.300    1.500
        192.0.2.2                 eth0       Up         2026-11-21 04:12:32    0.300    1.500
        192.0.2.9                 ---        Down       2026-11-21 04:12:31    1.000    0.000

        """

    static let ospf = """
        ospf4:
        Router ID   \tPri\t     State     \tDTime\tInterface  Router IP
        203.0.113.2 \t  1\tFull/PtP  \t 7.868\teth0       192.0.2.2

        ospf6:
        Router ID   \tPri\t     State     \tDTime\tInterface  Router IP
        203.0.113.2 \t  1\t2-Way/Other\t 7.868\teth0       fe80::1

        """

    /// One session of every kind.
    static let protocols = """
        Name       Proto      Table      State  Since         Info
        device1    Device     ---        up     2026-11-21 04:12:31

        ospf4      OSPF       master4    up     2026-11-21 04:12:31  Running
          Channel ipv4
            State:          UP
            Table:          master4

        up4        BGP        ---        up     2026-11-21 04:12:33  Established
          Description:    Transit with 'quotes' | BGP state: Down
          BGP state:          Established
            Neighbor address: 192.0.2.2
            Neighbor AS:      64510
            Local AS:         64500
            Neighbor ID:      203.0.113.2
            Local capabilities
              Multiprotocol
                AF announced: ipv4 ipv6
              Route refresh
              ADD-PATH
                RX: ipv4
                TX:
            Neighbor capabilities
              Multiprotocol
                AF announced: ipv4 ipv6
            Session:          external AS4
            Source address:   192.0.2.1
            Hold timer:       26.255/30
            Keepalive timer:  6.417/10
          Channel ipv4
            State:          UP
            Table:          master4
            Preference:     100
            Input filter:   (unnamed)
            Output filter:  ACCEPT
            Receive limit:  2000
              Action:       disable
            Import limit:   1000
              Action:       block
            Routes:         4 imported, 1 filtered, 11 exported, 0 preferred
            Route change stats:     received   rejected   filtered    ignored   accepted
              Import updates:              5          0          1          0          4
            BGP Next hop:   192.0.2.1
          Channel ipv6
            State:          UP
            Table:          master6
            Preference:     100
            Input filter:   ACCEPT
            Output filter:  REJECT
            Routes:         3 imported, 2 filtered, 5 exported, 0 preferred
            BGP Next hop:   2001:db8::1 fe80::2

        ll6        BGP        ---        start  2026-11-21 04:12:31  Connect
          BGP state:          Connect
            Neighbor address: fe80::1%eth0
            Neighbor AS:      64510
            Local AS:         64500
          Channel ipv6
            State:          DOWN
            Table:          master6
            Preference:     100
            Input filter:   ACCEPT
            Output filter:  ACCEPT

        adm        BGP        ---        down   2026-11-21 04:12:31
          Message:        planned work
          BGP state:          Down
            Neighbor address: 192.0.2.5
            Neighbor AS:      64511
            Local AS:         64500
          Channel ipv4
            State:          DOWN
            Table:          master4
            Preference:     100
            Input filter:   ACCEPT
            Output filter:  ACCEPT

        pass       BGP        ---        start  2026-11-21 04:12:31  Passive
          BGP state:          Passive
            Neighbor address: 192.0.2.6
            Neighbor AS:      64512
            Local AS:         64500
          Channel ipv4
            State:          DOWN
            Table:          master4
            Preference:     100
            Input filter:   ACCEPT
            Output filter:  ACCEPT

        limited    BGP        ---        down   2026-11-21 04:12:32  Automatic shutdown: Route limit exceeded
          BGP state:          Down
            Neighbor address: 192.0.2.7
            Neighbor AS:      64500
            Local AS:         64500
            Last error:       Automatic shutdown: Route limit exceeded
          Channel ipv4
            State:          DOWN
            Table:          master4
            Preference:     100
            Input filter:   ACCEPT
            Output filter:  ACCEPT
            Import limit:   1 [HIT]
              Action:       disable
            IGP IPv4 table: master4

        range      BGP        ---        start  2026-11-21 04:12:31  Passive
          BGP state:          Passive
            Neighbor range:   192.0.2.0/24
            Neighbor AS:      0
            Local AS:         64500
          Channel ipv4
            State:          DOWN
            Table:          master4
            Preference:     100
            Input filter:   ACCEPT
            Output filter:  ACCEPT

        weird-name.with:a_very_long_tail BGP        ---        start  04:12:31.573  Active        Socket: Connection refused
          BGP state:          Active
            Neighbor address: 192.0.2.9
            Neighbor AS:      4200000000
            Local AS:         64500
            Connect delay:    1.154/5
            Last error:       Socket: Connection refused
          Channel ipv4
            State:          DOWN
            Table:          master4
            Preference:     100
            Input filter:   ACCEPT
            Output filter:  ACCEPT


        """

    static let bird1 = """
        BIRD 1.6.8 ready.
        name     proto    table    state  since       info
        static1  Static   master   up     2026-11-20
          Preference:     200

        R192_175 BGP      T192_175 up     2026-11-20 21:02:51  Established
          Description:    RIB for AS42
          Preference:     100
          Input filter:   f_import_as42
          Output filter:  f_export_as42
          Import limit:   1000
            Action:       restart
          Routes:         73 imported, 2 filtered, 62300 exported, 44 preferred
          Route change stats:     received   rejected   filtered    ignored   accepted
            Import updates:           1000          0          0          0        927
          BGP state:          Established
            Neighbor address: 2001:db8::42
            Neighbor AS:      42
            Neighbor ID:      192.0.2.42
            Neighbor caps:    refresh restart-aware AS4
            Session:          external route-server AS4
            Source address:   2001:db8::1
            Route limit:      75/1000
            Hold timer:       131/180
            Keepalive timer:  11/60


        """

    static let bird3 = """
        BIRD 3.3.2 ready.
        Name       Proto      Table      State  Since         Info
        hgc        BGP        ---        up     2026-11-21 01:00:00  Established
          Description:        HGC Hong Kong
          Created:            2026-11-20 00:00:00
          Last autorestart:   2026-11-20 01:00:00
          VRF:                blue
          BGP state:          Established
            Neighbor address: 192.0.2.2 onlink
            Neighbor AS:      64510
            Local AS:         64500
            Neighbor ID:      203.0.113.2
            Local capabilities
              Role: customer
            Neighbor capabilities
              Role: provider
            Session:          external AS4
            Source address:   192.0.2.1
            Hold timer:       26.255/30
            Keepalive timer:  6.417/10
            TX pending:       0 bytes
            Send hold timer:  400.000/480
            FSM established transitions: 4
            Rcvd messages:    10 total / 5 updates / 500 bytes
            Sent messages:    10 total / 5 updates / 500 bytes
            Last rcvd update elapsed time: 3.000 s
          Channel ipv4
            State:          UP
            Import state:   UP
            Export state:   READY
            Table:          master4
            Preference:     100
            Input filter:   ACCEPT
            Output filter:  ACCEPT
            Routes:         1 imported, 2 exported, 1 preferred
            Route change stats:     received   rejected   filtered    ignored   RX limit      limit   accepted
              Import updates:              5          0          1          0          0          0          4
            BGP Next hop:   192.0.2.1
            Pending 0 attribute sets with total 0 prefixes to send


        """

    static let routes = """
        BIRD 2.0.12 ready.
        Table master4:
        172.31.12.0/24       unicast [ospf4 04:12:37.674] * E2 (150/10/10000) [203.0.113.2]
        \tvia 192.0.2.2 on eth0
        \tType: OSPF-E2 univ
        \tOSPF.metric1: 10
                             unicast [up4 04:12:33.271] (100/?) [AS64777i]
        \tvia 192.0.2.2 on eth0 weight 2
        \tvia 192.0.2.3 on eth1 weight 3
        \tType: BGP univ
        \tBGP.origin: IGP
        \tBGP.as_path: 64510 64777
        \tBGP.community: (1,2)
        \t\t(3,4)
        2001:db8:ffff::1/128 unicast [direct1 01:49:26.954] * (240)
        \tdev lo
        198.51.100.1/32      blackhole [s4 04:12:31.573] * (200)
        198.51.100.2/32      prohibited [s4 04:12:31.573] ! (200)
        198.51.100.0/24      unreachable [s4 04:12:31.573] * (200)

        """

    static let bird1Routes = """
        BIRD 1.6.8 ready.
        10.0.0.0/8         via 192.0.2.2 on eth0 [hgc 2026-11-20 from 192.0.2.9] * (100) [AS64510i]
                           unreachable [static1 2026-11-20] (200)
        10.1.0.0/16        multipath [static1 2026-11-20] * (200)
        \tvia 192.0.2.2 on eth0 weight 1
        \tvia 192.0.2.3 on eth0 weight 1
        10.2.0.0/16        dev eth1 [direct1 2026-11-20] * (240)

        """

    /// As the control socket sends it: code, one blank for "same code", `0000` at the end.
    static func socket(_ plain: String, code: Int) -> String {
        var first = true
        var text = ""
        for line in plain.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            text += first ? "\(code)-\(line)\n" : " \(line)\n"
            first = false
        }
        return text + "0000 \n"
    }

    /// As `birdc -v` prints that: five blanks, and the end is not shown.
    static func verbose(_ plain: String, code: Int) -> String {
        var first = true
        var text = ""
        for line in plain.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            text += first ? "\(code)-\(line)\n" : "     \(line)\n"
            first = false
        }
        return text
    }
}
