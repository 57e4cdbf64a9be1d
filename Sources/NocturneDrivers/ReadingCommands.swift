// SPDX-License-Identifier: Apache-2.0

/// Every line the reading half may send to a device, as POSIX extended regular expressions.
///
/// The promise to read only, in a form that an administrator can hold a log against, or build a `ForceCommand` from.
/// A test drives every driver through everything it asks and holds each line against this list; `nocturne info
/// --reading-commands` prints it.
///
/// Lines are as they are asked: in the shell each stands in `{ … } 2>&1 </dev/null` and is followed by a `printf` that
/// marks its end; `birdc` is told `eval NUMBER` after each, for the same reason.
public enum ReadingCommands {
    /// To a shell. Where `become` of the inventory is put in front, its words hold nothing a shell would act on.
    public static let shell = [
        // Is there a shell?
        "^:$",
        // Where is BIRD's client, may we use it, and then it alone: -r makes the daemon refuse whatever is no `show`.
        literal(#"PATH="$PATH:/usr/sbin:/usr/local/sbin"; LC_ALL=C; export PATH LC_ALL; command -v birdc"#),
        "^\(become)\(client) -r -v show status$",
        "^exec \(become)\(client) -r -v 2>&1$",
        // What the device itself tells of change sessions.
        literal(HostQuestions.changes),
        // Addresses, containers and how long they have run.
        literal(HostQuestions.addresses),
        "^" + escaped(#"LC_ALL=C PATH="$PATH:/usr/sbin:/sbin" "#) + become
            + "lxc-ls -f -F NAME,STATE,AUTOSTART,PID,IPV4,IPV6$",
        "^LC_ALL=C ps -o pid=,etimes= -p [0-9]+(,[0-9]+)*$",
    ]

    /// To `birdc -r`.
    public static let birdc = [
        "^show status$",
        "^show protocols all$",
        "^show bfd sessions$",
        "^show ospf neighbors( \(name))?$",
        "^show route for \(address) all$",
        "^show route \(address)/[0-9]+ all$",
        "^show route \(address)/[0-9]+ export \(name)$",
    ]

    public static var all: [String] { shell + birdc }

    private static let become = "([A-Za-z0-9_./=-]+ )*"
    private static let client = "/[A-Za-z0-9_./-]*birdc"
    private static let name = "([A-Za-z_][A-Za-z0-9_]*|'[A-Za-z0-9_.:-]+')"
    private static let address = "[0-9A-Fa-f.:]+"

    private static func literal(_ text: String) -> String { "^\(escaped(text))$" }

    private static func escaped(_ text: String) -> String {
        text.map { #".[]{}()\*+?|^$"#.contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}
