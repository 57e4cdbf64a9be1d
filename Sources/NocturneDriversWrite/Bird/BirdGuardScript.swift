// SPDX-License-Identifier: Apache-2.0

/// The script that is left on the device: it undoes the change, whoever asks, whoever is gone.
///
/// Everything that alters the device after arming is a verb of this one script and takes the same lock, so that a late
/// command of a console that was given up on finds the word of `state` changed and does nothing.
///
/// ```
///  wait ─ deadline ─┐            state: armed ─▶ reverting ─▶ reverted
///  revert (R, us) ──┼─▶ lock ─▶ undo       │          └──────▶ stuck
///  commit fails ────┘                      └─▶ confirmed
/// ```
///
/// - Time is `/proc/uptime`: a clock that is stepped does not move the deadline.
/// - `state` is replaced by rename, so a reader sees one word or the other, never half of one.
/// - `confirmed` is written before the timer is killed: a timer that survives finds the word and does nothing.
/// - A holder of the lock that died is passed over; one that hangs is after three minutes.
/// - The last line of every verb is `done STATUS TEXT`.
///
/// Replies of BIRD (doc/reply_codes; seen on 2.0.12): 0003 reconfigured, 0004 in progress, 0018 confirmed, 0020 check
/// passed, 0022 undo pending. Needs POSIX sh, Linux, coreutils, `setsid` of util-linux.
struct BirdGuardScript {
    var folder: String
    var host: BirdConfiguration
    var candidate: String
    /// SHA-256 in hexadecimal of the file as it is to be.
    var planned: String

    var text: String {
        """
        #!/bin/sh
        # Left by nocturne: undoes one change of BIRD's configuration. Complete on this host, needs nobody.
        # By hand: sh \(folder)/guard.sh revert
        dir=\(Shell.quoted(folder))
        conf=\(Shell.quoted(host.path))
        candidate=\(Shell.quoted(candidate))
        birdc=\(Shell.quoted(host.client))
        owner=\(Shell.quoted(host.owner))
        mode=\(Shell.quoted(host.mode))
        before=\(host.hash)
        plan=\(planned)

        """ + Self.body
    }

    private static let body = #"""
        PATH="$PATH:/usr/sbin:/usr/local/sbin:/sbin" LC_ALL=C
        export PATH LC_ALL
        umask 022
        cd /

        hash() { sha256sum 2>/dev/null <"$1" | cut -d' ' -f1; }
        up() { read -r u _ </proc/uptime; echo "${u%%.*}"; }
        left() { read -r end <"$dir/until"; echo $((end - $(up))); }
        word() { read -r w _ <"$dir/state"; echo "$w"; }
        say() {
            printf '%s %s%s\n' "$1" "$(date +%s)" "${2:+ $2}" >"$dir/state.$$" && mv -f "$dir/state.$$" "$dir/state"
        }
        timer() {
            read -r p 2>/dev/null <"$dir/pid" || return 1
            tr '\0' ' ' 2>/dev/null <"/proc/$p/cmdline" | grep -qF "$dir/guard.sh wait" && echo "$p"
        }
        end() { echo "done $1 $2"; exit "$1"; }
        bird() {
            if command -v timeout >/dev/null; then timeout 20 "$birdc" -v "$@"; else "$birdc" -v "$@"; fi \
                2>&1 </dev/null
        }
        said() { printf '%s' "$1" | grep -v '^0001' | tail -n 1; }
        pending() { bird 'configure status' | grep -q '^0022'; }
        last() { bird 'show status' | grep 'Last reconfiguration'; }
        settled() {
            n=0
            until bird 'configure status' | grep -q '^0003'; do
                n=$((n + 1)); [ $n -lt 30 ] || return 1
                sleep 1
            done
        }
        put() {
            t="$conf.nocturne-put"
            rm -f "$t"
            (umask 077; cp "$1" "$t") && chown "$owner" "$t" && chmod "$mode" "$t" && mv -f "$t" "$conf"
        }

        lock() {
            n=0
            until mkdir "$dir/lock" 2>/dev/null; do
                holder=; read -r holder 2>/dev/null <"$dir/lock/pid"
                n=$((n + 1))
                if [ -n "$holder" ] && [ ! -d "/proc/$holder" ] || [ -z "$holder" ] && [ $n -gt 10 ] || [ $n -gt 180 ]
                then
                    mv "$dir/lock" "$dir/lock.$$" 2>/dev/null && rm -rf "$dir/lock.$$"
                    continue
                fi
                sleep 1
            done
            echo $$ >"$dir/lock/pid"
            # From here on it goes through to its end, whoever hangs up.
            trap '' HUP TERM INT PIPE
            trap 'rm -rf "$dir/lock"' EXIT
        }
        disarm() {
            p=$(timer) && [ "$p" != "$$" ] || return 0
            kill "$p" 2>/dev/null
            n=0
            while timer >/dev/null; do
                n=$((n + 1)); [ $n -lt 50 ] || return 1
                [ $n -lt 20 ] || kill -9 "$p" 2>/dev/null
                sleep 0.1 2>/dev/null || sleep 1
            done
        }

        # With the lock held. Running = on disk = as before, or the word is stuck.
        undo() {
            case $(word) in
                reverted) disarm; return 0 ;;
                confirmed) return 3 ;;
            esac
            say reverting "$1"
            note=
            found=$(hash "$conf")
            if [ "$found" != "$before" ]; then
                if [ "$found" != "$plan" ] && [ -n "$found" ]; then
                    (umask 077; cp "$conf" "$dir/found.conf") &&
                        note="; $conf had been edited by hand meanwhile, that version is kept in $dir/found.conf"
                fi
                put "$dir/before.conf" || { say stuck "cannot write $conf"; return 1; }
            fi
            # What was never applied needs no reconfiguration, and one could bring in what nobody has loaded yet.
            if [ -e "$dir/applied" ]; then
                tries=0
                until out=$(bird configure); printf '%s\n' "$out" | grep -q '^000[345]'; do
                    tries=$((tries + 1))
                    if [ $tries -ge 15 ] || printf '%s\n' "$out" | grep -q '^8002'; then
                        say stuck "$conf is as before, but BIRD did not take it: $(said "$out")$note"
                        return 1
                    fi
                    sleep 2
                done
                if ! settled || pending; then
                    say stuck "$conf is as before, but BIRD did not end its reconfiguration$note"
                    return 1
                fi
            fi
            [ "$(hash "$conf")" = "$before" ] || { say stuck "$conf is not as before: somebody writes to it"; return 1; }
            rm -f "$candidate"
            disarm || note="$note; the timer's process would not end, and will find nothing to do"
            say reverted "$1; running and on disk as before$note"
        }

        case $1 in
        wait)
            echo $$ >"$dir/pid"
            while [ "$(left)" -gt 0 ]; do sleep 1; done
            lock
            case $(word) in armed | reverting) undo 'deadline passed' ;; esac
            ;;
        revert)
            lock
            undo "${2:-rolled back by hand}"
            status=$?
            read -r _ _ text <"$dir/state"
            end $status "$(word): $text"
            ;;
        apply)
            lock
            [ "$(word)" = armed ] || end 1 "the guard is not armed any more, it says: $(cat "$dir/state")"
            timer >/dev/null || end 1 'the timer is gone: somebody ended its process'
            [ "$(hash "$conf")" = "$before" ] || end 1 "$conf was edited since it was read"
            [ "$(hash "$candidate")" = "$plan" ] || end 1 "$candidate is not what was planned"
            pending && end 1 'BIRD has an undo pending that is not ours: somebody else tries a change'
            # Before ours, never after it.
            seconds=$(($(left) - 2))
            [ $seconds -ge 5 ] || end 1 'too little time is left'
            : >"$dir/applied"
            out=$(bird "configure \"$candidate\" timeout $seconds")
            printf '%s\n' "$out" | grep -q '^000[345]' || end 1 "BIRD: $(said "$out")"
            settled || end 1 'BIRD did not end its reconfiguration within 30 s'
            pending || end 1 'BIRD has no undo pending after the change'
            last >"$dir/applied"
            end 0 "$seconds"
            ;;
        commit)
            lock
            [ "$(word)" = armed ] || end 1 "the guard is not armed any more, it says: $(cat "$dir/state")"
            timer >/dev/null || end 1 'the timer is gone: somebody ended its process'
            [ "$(left)" -ge 3 ] || end 1 'too little time is left'
            [ "$(hash "$conf")" = "$before" ] || end 1 "$conf was edited by hand meanwhile"
            [ "$(hash "$candidate")" = "$plan" ] || end 1 "$candidate is not what was planned"
            pending || end 1 'BIRD has no undo pending any more: somebody reconfigured or restarted it'
            [ "$(last)" = "$(cat "$dir/applied")" ] || end 1 'BIRD was reconfigured by somebody else meanwhile'
            mv -f "$candidate" "$conf" || end 1 "cannot write $conf"
            sync
            out=$(bird 'configure confirm')
            why=
            printf '%s\n' "$out" | grep -q '^0018' || why="BIRD did not confirm: $(said "$out")"
            [ -n "$why" ] || ! pending || why='BIRD has an undo pending after the confirmation'
            [ -n "$why" ] || [ "$(last)" = "$(cat "$dir/applied")" ] || why='BIRD was reconfigured meanwhile'
            [ -n "$why" ] || [ "$(hash "$conf")" = "$plan" ] || why="$conf is not what was planned"
            [ -n "$why" ] || bird 'configure check' | grep -q '^0020' || why="BIRD does not accept $conf"
            if [ -n "$why" ]; then
                undo "$why"
                end 1 "$why; $(cat "$dir/state")"
            fi
            say confirmed 'running and on disk as planned'
            disarm || end 0 'confirmed; the timer would not end, and will find nothing to do'
            end 0 confirmed
            ;;
        show)
            echo "state $(cat "$dir/state")"
            echo "timer $(timer)"
            echo "left $(left)"
            echo "disk $(hash "$conf")"
            echo "before $(hash "$dir/before.conf")"
            echo "plan $plan"
            echo "undo $(bird 'configure status' | grep '^0022')"
            sed 's/^/info /' "$dir/info"
            end 0 shown
            ;;
        esac

        """#
}
