// SPDX-License-Identifier: Apache-2.0

import NocturneChange

/// What is run on the host around the guard's own script: the dry run, arming, and starting a verb.
///
/// Each answers with a last line `done STATUS TEXT`.
struct BirdChangeScripts {
    /// Where change sessions leave what everybody may read; on a file system that does not survive a reboot.
    var base: String
    var session: String
    var folder: String { "\(base)/\(session)" }

    private static let opening = """
        PATH="$PATH:/usr/sbin:/usr/local/sbin:/sbin" LC_ALL=C; export PATH LC_ALL
        umask 022
        end() { echo "done $1 $2"; exit "$1"; }

        """

    /// Beside the original, since BIRD takes includes relative to the including file; not `.conf` at its end, since
    /// the original may include `*.conf`.
    func candidate(_ host: BirdConfiguration) -> String { "\(host.path).nocturne-\(session)" }

    func check(_ host: BirdConfiguration, plan: Plan) -> String {
        let file = Shell.quoted(candidate(host))
        return Self.opening + """
            trap 'rm -f '\(Shell.quoted(file)) EXIT
            umask 077
            \(Shell.upload(plan.after, to: file))
            chown \(host.owner) \(file) && chmod \(host.mode) \(file) || end 1 'cannot write beside the configuration'
            \(Shell.quoted(host.client)) -v \(Shell.quoted("configure check \"\(candidate(host))\"")) 2>&1
            end 0 checked
            """
    }

    /// Puts everything in place, starts the timer, and takes all of it away again when any of it fails.
    func arm(_ host: BirdConfiguration, _ order: GuardOrder) -> String {
        let guardScript = BirdGuardScript(
            folder: folder, host: host, candidate: candidate(host), planned: Digest.sha256(order.plan.after))
        return Self.opening + """
            base=\(Shell.quoted(base)) dir=\(Shell.quoted(folder)) conf=\(Shell.quoted(host.path))
            candidate=\(Shell.quoted(candidate(host)))
            hash() { sha256sum 2>/dev/null <"$1" | cut -d' ' -f1; }
            mkdir -p "$base" && chmod 755 "$base" || end 1 "cannot make $base"
            for old in $(find "$base" -mindepth 1 -maxdepth 1 -type d -mtime +7 2>/dev/null); do
                grep -qE '^(reverted|confirmed) ' "$old/state" 2>/dev/null && rm -rf "$old"
            done
            mkdir "$dir" 2>/dev/null || end 1 "$dir is there already: this session was given up"
            undo() { rm -rf "$dir" "$candidate"; end 1 "$1"; }
            (umask 077; cp "$conf" "$dir/before.conf") || undo 'cannot copy the configuration'
            [ "$(hash "$dir/before.conf")" = \(host.hash) ] || undo "$conf was changed since it was read"
            (umask 077
            \(Shell.upload(order.plan.after, to: "\"$candidate\""))
            )
            chown \(host.owner) "$candidate" && chmod \(host.mode) "$candidate" || undo "cannot write $candidate"
            [ "$(hash "$candidate")" = \(Digest.sha256(order.plan.after)) ] || undo 'the plan did not arrive whole'
            \(Shell.upload(guardScript.text, to: "\"$dir/guard.sh\""))
            sh -n "$dir/guard.sh" || undo 'the guard did not arrive whole'
            read -r up _ </proc/uptime
            echo $((${up%%.*} + \(order.seconds))) >"$dir/until"
            now=$(date +%s)
            {
                printf 'session=%s\\n' \(Shell.quoted(session))
                printf 'device=%s\\n' \(Shell.quoted(Self.line(order.device)))
                printf 'by=%s\\n' \(Shell.quoted(Self.line(order.by)))
                printf 'what=%s\\n' \(Shell.quoted(Self.line(order.what(in: host.path))))
                printf 'armed=%s\\ndeadline=%s\\n' "$now" $((now + \(order.seconds)))
            } >"$dir/info"
            echo "armed $now" >"$dir/state"
            # Own word first, then look: of two that arm at once, at least one sees the other.
            for other in "$base"/*/state; do
                [ "$other" != "$dir/state" ] || continue
                read -r word rest 2>/dev/null <"$other" || continue
                case $word in
                    armed | reverting)
                        undo "another session is open on this device: $(sed -n 's/^session=//p; s/^by=/by /p' \
                            "${other%/state}/info" 2>/dev/null | tr '\\n' ' ')" ;;
                esac
            done
            setsid -f sh "$dir/guard.sh" wait </dev/null >/dev/null 2>&1 || undo 'the timer did not start'
            end 0 armed
            """
    }

    /// Takes away a guard that could not be verified, before anything was applied.
    func withdraw() -> String {
        Self.opening + """
            dir=\(Shell.quoted(folder))
            [ -d "$dir" ] || end 0 absent
            sh "$dir/guard.sh" revert 'the guard could not be read back, nothing was applied' </dev/null 2>&1
            """
    }

    /// Runs a verb apart from this connection and waits for its last line: what was begun on the device goes through to
    /// its end though the connection is lost.
    func run(_ verb: String, _ argument: String = "") -> String {
        Self.opening + """
            dir=\(Shell.quoted(folder))
            [ -d "$dir" ] || end 4 absent
            log="$dir/log.\(verb).$$"
            setsid -f sh "$dir/guard.sh" \(verb) \(Shell.quoted(argument)) </dev/null >"$log" 2>&1
            n=0
            until grep -q '^done ' "$log" 2>/dev/null; do
                n=$((n + 1)); [ $n -lt 1800 ] || end 5 'no end within three minutes'
                sleep 0.1 2>/dev/null || { sleep 1; n=$((n + 9)); }
            done
            cat "$log"
            """
    }

    func show() -> String {
        Self.opening + """
            dir=\(Shell.quoted(folder))
            [ -d "$dir" ] || end 4 absent
            [ -r "$dir/guard.sh" ] || { echo "state $(cat "$dir/state")"; end 6 'no guard'; }
            sh "$dir/guard.sh" show </dev/null 2>&1
            """
    }

    /// Makes sure that nothing can be armed under this name any more, where nothing is.
    func bar() -> String {
        Self.opening + """
            dir=\(Shell.quoted(folder))
            mkdir -p "${dir%/*}"
            mkdir "$dir" 2>/dev/null || end 7 'there is one'
            echo "reverted $(date +%s) nothing was armed" >"$dir/state"
            end 0 barred
            """
    }

    private static func line(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}

extension GuardOrder {
    /// The device's name is at the end of the session's.
    fileprivate var device: String {
        session.split(separator: "-", maxSplits: 2).last.map(String.init) ?? session
    }

    fileprivate func what(in path: String) -> String {
        "\(path.split(separator: "/").last ?? "bird.conf") \(plan.summary)"
    }
}
