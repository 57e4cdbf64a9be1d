# SPDX-License-Identifier: Apache-2.0
"""What the devices' own sshd saw: every byte somebody sent, held against a list of reading commands.

The lab's recorder (NOCTURNE_LAB_RECORD=1) keeps one file for each session, by user. The list here was written from the
manuals of the commands and not from nocturne's sources: what it does not know is a finding.
"""
import re

import lab

# Lines to a shell; `sudo -n` may stand before a program.
NAME = r"[A-Za-z0-9_.-]+"
SHELL = [
    r":",
    r"PATH=\"\$PATH:/usr/sbin:/usr/local/sbin\"; LC_ALL=C; export PATH LC_ALL; command -v birdc",
    r"(exec )?(sudo -n )?/usr/s?bin/birdc -r -v( show status)?( 2>&1)?",
    r'LC_ALL=C PATH="\$PATH:/usr/sbin:/sbin" ip -j addr show',
    r'LC_ALL=C PATH="\$PATH:/usr/sbin:/sbin" (sudo -n )?lxc-ls -f -F [A-Z0-9,]+',
    r"LC_ALL=C ps -o pid=,etimes= -p \d+(,\d+)*",
]
# A loop in the shell is judged by its words: every program in it must be one of these, and nothing but /dev/null may
# stand behind a redirection.
READERS = {"for", "do", "done", "if", "then", "fi", "continue", "[", "echo", "head", "cat", "date"}
# Questions to `birdc -r`, which refuses everything but `show`, `eval` and its own comfort.
BIRD = [
    r"show status", r"show protocols all", r"show bfd sessions", rf"show ospf neighbors '?{NAME}'?",
    r"show ospf neighbors", r"eval \d+", rf"show route [0-9a-f.:/]+( all)?( export '?{NAME}'?)?",
]


def files(user):
    for host in lab.ROUTERS:
        for path in sorted((lab.STATE / "hosts" / host / "log" / "sessions").glob(f"{user}*")):
            if path.is_file() and path.suffix != ".command":
                yield host, path


def positions():
    """Where every recording ends now."""
    return {str(path): path.stat().st_size for user in ("ops", "watch") for _, path in files(user)}


def check_reading_only(user, since):
    """Every line `user` sent since `since`; returns a sentence, fails on the first that is no reading command."""
    lines, hosts = 0, set()
    for host, path in files(user):
        sent = path.read_bytes()[since.get(str(path), 0):].decode("utf-8", "replace")
        for line in commands(sent):
            assert is_reading(line), f"{host}: {user} sent {line!r}"
            lines += 1
            hosts.add(host)
    for host in lab.ROUTERS:
        for port in re.findall(r"server_request_direct_tcpip: .* target \S+ port (\d+)",
                               (lab.STATE / "hosts" / host / "log" / "sshd.log").read_text(errors="replace")):
            assert port == "53", f"{host}: a channel was opened to port {port}"
    assert lines and len(hosts) == len(lab.ROUTERS), f"recorded: {lines} lines on {sorted(hosts)}"
    return f"{lines} lines on {len(hosts)} devices, every one a reading command"


def is_reading(line):
    if any(re.fullmatch(pattern, line) for pattern in SHELL + BIRD):
        return True
    if not line.startswith("for ") or "`" in line:
        return False
    if re.search(r">", line.replace("2>/dev/null", "")):
        return False
    # What a quoted text says is no program; what is substituted into it is.
    words = re.split(r"\$\(|;|&&|\|\||\||\n|\bdo\b|\bthen\b", re.sub(r"'[^']*'", "''", line))
    programs = {re.sub(r'^(\w+=("[^"$]*"|[^ ]*) *)', "", word.strip()).split(" ")[0].rstrip(')"') for word in words}
    return programs - {""} <= READERS


def commands(sent):
    """The commands in a stream: questions to a shell without their frame, lines to birdc as they are."""
    frame = re.compile(r"\{ (.*?)\n\} 2>&1 </dev/null; printf '\\n%s%s %d\\n' '[0-9a-f]+' '[0-9a-f]+' \"\$\?\"\n", re.S)
    position = 0
    for match in frame.finditer(sent):
        yield from (line for line in sent[position:match.start()].splitlines() if line)
        yield match[1]
        position = match.end()
    yield from (line for line in sent[position:].splitlines() if line)
