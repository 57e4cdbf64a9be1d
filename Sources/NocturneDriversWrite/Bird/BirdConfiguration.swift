// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Where BIRD's configuration lies on a host, and all of what is in it.
///
/// BIRD itself is asked which file it reads: `birdc configure check` says `0002-Reading configuration from FILE` (2.0.12).
/// The bytes come in base 64 and are held against the host's own size and hash, so half a file is never a plan's base.
struct BirdConfiguration: Hashable, Sendable {
    /// The path of `birdc`.
    var client: String
    var path: String
    /// `UID:GID` and octal, as `stat` prints them.
    var owner: String
    var mode: String
    var hash: String
    var text: String

    static let script = #"""
        PATH="$PATH:/usr/sbin:/usr/local/sbin:/sbin" LC_ALL=C; export PATH LC_ALL
        birdc=$(command -v birdc) || { echo 'problem there is no birdc in PATH, /usr/sbin and /usr/local/sbin'; exit 1; }
        for tool in setsid sha256sum base64 stat cut; do
            command -v $tool >/dev/null || { echo "problem there is no $tool, which the guard needs"; exit 1; }
        done
        [ -r /proc/uptime ] || { echo 'problem there is no /proc/uptime, which the guard needs'; exit 1; }
        said=$("$birdc" -v 'configure check' 2>&1)
        conf=$(printf '%s\n' "$said" | sed -n 's/^0002[- ]Reading configuration from //p')
        case $conf in
            /*) ;;
            *) printf 'problem BIRD did not say which file it reads: %s\n' "$(printf '%s' "$said" | tail -n 1)"; exit 1 ;;
        esac
        printf '%s\n' "$said" | grep -q '^0020' ||
            { echo "problem BIRD does not accept the file as it is: $(printf '%s' "$said" | tail -n 1)"; exit 1; }
        "$birdc" -v 'configure status' 2>&1 | grep -q '^000[345]' ||
            { echo 'problem this BIRD does not know `configure status`, so its undo could not be read back'; exit 1; }
        [ ! -L "$conf" ] ||
            { echo "problem $conf is a symbolic link; a change would replace the link, not the file"; exit 1; }
        [ "$(stat -c %h "$conf")" = 1 ] || { echo "problem $conf has more than one name (hard links)"; exit 1; }
        echo "client $birdc"
        echo "path $conf"
        echo "owner $(stat -c %u:%g "$conf")"
        echo "mode $(stat -c %a "$conf")"
        echo "size $(stat -c %s "$conf")"
        echo "hash $(sha256sum <"$conf" | cut -d' ' -f1)"
        echo data
        base64 <"$conf"
        """#

    /// Takes the script's answer apart; the other side is what is wrong, in a sentence.
    static func read(_ answer: String) -> Result<BirdConfiguration, Problem> {
        var values: [Substring: Substring] = [:]
        var rest = answer[...]
        while let end = rest.firstIndex(of: "\n") {
            let line = rest[..<end]
            rest = rest[rest.index(after: end)...]
            if line == "data" { break }
            let space = line.firstIndex(of: " ") ?? line.endIndex
            values[line[..<space]] = line[space...].dropFirst()
        }
        if let problem = values["problem"] { return .failure(Problem(text: String(problem))) }
        guard let client = values["client"], let path = values["path"], let owner = values["owner"],
            let mode = values["mode"], let size = values["size"].flatMap({ Int($0) }), let hash = values["hash"]
        else {
            let line = answer.split(separator: "\n").last.map(String.init) ?? "nothing"
            return .failure(Problem(text: "the answer was not understood: \(line.prefix(160))"))
        }
        guard let bytes = Base64.decode(rest), bytes.count == size, Digest.sha256(bytes) == hash else {
            return .failure(Problem(text: "\(path) did not arrive whole: size or SHA-256 differ from the host's"))
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard Array(text.utf8) == bytes, !bytes.contains(0) else {
            return .failure(Problem(text: "\(path) is not UTF-8 text"))
        }
        return .success(
            BirdConfiguration(
                client: String(client), path: String(path), owner: String(owner), mode: String(mode),
                hash: String(hash), text: text))
    }

    struct Problem: Error { var text: String }
}
