// SPDX-License-Identifier: Apache-2.0

/// The lines asked of a Linux host's shell; they read, and change nothing.
enum HostQuestions {
    /// A shell that is not a login shell often lacks the folders of system programs.
    private static let environment = #"LC_ALL=C PATH="$PATH:/usr/sbin:/sbin" "#

    /// Containers of plain LXC. Those of root are listed to root only; anybody else sees his own.
    static func guests(become: String?) -> String {
        environment + (become.map { $0 + " " } ?? "") + "lxc-ls -f -F NAME,STATE,AUTOSTART,PID,IPV4,IPV6"
    }

    /// How long processes have run, in seconds.
    static func ages(of processes: [Int]) -> String {
        "LC_ALL=C ps -o pid=,etimes= -p " + processes.map(String.init).joined(separator: ",")
    }

    static let addresses = environment + "ip -j addr show"

    /// Every change session the device tells of, and its clock; see ``GuardParser`` for the format.
    ///
    /// Bounded in what it prints. A pid that is empty would make `/proc/` of it, which is always there.
    static let changes =
        #"for d in /run/nocturne/changes/*/; do [ -r "${d}info" ] || continue; echo '[change]'; "#
        + #"head -c 4096 "${d}info"; echo; echo "state=$(head -n 1 "${d}state" 2>/dev/null)"; "#
        + #"p=$(head -n 1 "${d}pid" 2>/dev/null); a=0; [ -n "$p" ] && [ -d "/proc/$p" ] && a=1; echo "alive=$a"; done; "#
        + #"echo "now=$(date +%s)""#
}
