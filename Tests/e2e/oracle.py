# SPDX-License-Identifier: Apache-2.0
"""An independent reading of BIRD's own words, to hold nocturne's rows against.

Written from the contract of the rows and from birdc's output, in another language and another way than the parsers it
checks: it collects `key: value` pairs per protocol by indentation and looks the answers up in them afterwards.
"""
import datetime
import re
import subprocess

FIELDS = [
    "device", "platform", "name", "vrf", "remoteAddress", "localAddress", "remoteAS", "localAS", "state", "since",
    "uptimeSeconds", "families", "prefixesReceived", "prefixesAccepted", "prefixesSent", "flaps", "lastError",
    "description", "bfd", "disabled",
]

STATES = {
    "Idle": "idle", "Connect": "connect", "Active": "active", "OpenSent": "opensent", "OpenConfirm": "openconfirm",
    "Established": "established", "Passive": "active", "Start": "idle", "Close": "idle",
}


def ask(lab, host, *question):
    """Raw reply of the daemon on `host`, with its numeric codes, past the console and the SSH of the lab."""
    done = subprocess.run([lab, "shell", host, "birdc", "-v", *question], capture_output=True, timeout=60)
    return done.stdout.decode("utf-8", "replace")


def instant(text):
    """`2026-11-21 03:53:38.606` as ISO 8601 in UTC; None when there is no date."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?", text.strip())
    if not match:
        return None
    fraction = (match[3] or "").ljust(3, "0")[:3]
    return f"{match[1]}T{match[2]}" + (f".{fraction}" if fraction.strip("0") else "") + "Z"


def seconds_between(earlier, later):
    parse = lambda t: datetime.datetime.fromisoformat(t.replace("Z", "+00:00"))
    return (parse(later) - parse(earlier)).total_seconds()


def same_instant(one, other):
    """Within two milliseconds of each other."""
    return None not in (one, other) and abs(seconds_between(one, other)) <= 0.002


def unnumbered(reply):
    """The reply's lines without codes."""
    return [line[5:] if re.match(r"\d{4}[ -]", line) else line[1:] if line.startswith(" ") else line
            for line in reply.splitlines()]


def sessions(lab, host):
    """Every BGP session of `host` as a row of the contract, keyed by name."""
    status = ask(lab, host, "show", "status")
    now = instant(re.search(r"Current server time is ([\d-]+ [\d:.]+)", status)[1])
    bfd = {}
    for line in unnumbered(ask(lab, host, "show", "bfd", "sessions")):
        words = line.split()
        if len(words) >= 4 and re.fullmatch(r"[0-9a-f.:]+", words[0]) and words[2] in ("Up", "Down", "Init", "AdminDown"):
            bfd[words[0]] = words[2].lower()
    rows, block = {}, []
    for line in unnumbered(ask(lab, host, "show", "protocols", "all")) + [""]:
        if line.strip():
            block.append(line)
        elif block:
            row = session(host, block, now, bfd)
            if row:
                rows[row["name"]] = row
            block = []
    return rows


def session(host, block, now, bfd):
    # The head is the first line that names a protocol of type BGP; a reply's own heading may stand before it.
    heads = [n for n, line in enumerate(block) if re.match(r"\S+\s+BGP\s", line)]
    if not heads:
        return None
    head, body = block[heads[0]], block[heads[0] + 1:]
    found = re.match(r"(\S+)\s+BGP\s+\S+\s+(up|down|start|stop|feed)\s+([\d-]+ [\d:.]+|[\d:.]+)\s*(.*)$", head)
    name, protocol_state, since, info = found.groups()
    pairs, channels, channel = {}, [], None
    for line in body:
        opened = re.match(r"\s*Channel (\S+)", line)
        if opened:
            channel = {"family": opened[1]}
            channels.append(channel)
            continue
        pair = re.match(r"\s*([A-Z][\w ]*?):\s*(.*?)\s*$", line)
        if pair:
            (channel if channel is not None else pairs).setdefault(pair[1], pair[2])
    disabled = protocol_state == "down"
    state = "disabled" if disabled else STATES[pairs["BGP state"]]
    imported = filtered = exported = None
    for channel in channels:
        counts = dict((k, int(v)) for v, k in re.findall(r"(\d+) (imported|filtered|exported)", channel.get("Routes", "")))
        if "imported" in counts:
            imported = (imported or 0) + counts["imported"]
        if "filtered" in counts:
            filtered = (filtered or 0) + counts["filtered"]
        if "exported" in counts:
            exported = (exported or 0) + counts["exported"]
    entered = instant(since)
    remote = pairs.get("Neighbor address")
    error = pairs.get("Last error") or (re.search(r"Error: (.*)$", info) or [None, None])[1]
    return {
        "device": host, "platform": "bird", "name": name, "vrf": pairs.get("VRF", "default"),
        "remoteAddress": remote.split("%")[0] if remote else None, "localAddress": pairs.get("Source address"),
        "remoteAS": number(pairs.get("Neighbor AS")), "localAS": number(pairs.get("Local AS")),
        "state": state, "since": entered,
        "uptimeSeconds": int(seconds_between(entered, now)) if state == "established" and entered else None,
        "families": [c["family"] for c in channels],
        "prefixesReceived": imported + filtered if imported is not None and filtered is not None else None,
        "prefixesAccepted": imported, "prefixesSent": exported, "flaps": None,
        "lastError": error.strip() if error else None, "description": pairs.get("Description"),
        "bfd": bfd.get(remote), "disabled": disabled,
    }


def number(text):
    return int(text) if text and text.isdigit() else None
