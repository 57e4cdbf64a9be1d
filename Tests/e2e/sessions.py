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
]
# Questions to `birdc -r`, which refuses everything but `show`, `eval` and its own comfort.
BIRD = [
    r"show status", r"show protocols all", r"show bfd sessions", rf"show ospf neighbors '?{NAME}'?",
    r"show ospf neighbors", r"eval \d+", rf"show route [0-9a-f.:/]+( all)?( export '?{NAME}'?)?",
]


def files(user):
    for host in lab.ROUTERS:
        for path in sorted((lab.STATE / "hosts" / host / "log" / "sessions").glob(f"{user}*")):
            if path.is_file():
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
            assert any(re.fullmatch(pattern, line) for pattern in SHELL + BIRD), f"{host}: {user} sent {line!r}"
            lines += 1
            hosts.add(host)
    assert lines and len(hosts) == len(lab.ROUTERS), f"recorded: {lines} lines on {sorted(hosts)}"
    return f"{lines} lines on {len(hosts)} devices, every one a reading command"


def commands(sent):
    """The commands in a stream: questions to a shell without their frame, lines to birdc as they are."""
    frame = re.compile(r"\{ (.*?)\n\} 2>&1 </dev/null; printf '\\n%s%s %d\\n' '[0-9a-f]+' '[0-9a-f]+' \"\$\?\"\n", re.S)
    position = 0
    for match in frame.finditer(sent):
        yield from (line for line in sent[position:match.start()].splitlines() if line)
        yield match[1]
        position = match.end()
    yield from (line for line in sent[position:].splitlines() if line)
