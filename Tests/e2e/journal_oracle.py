#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Recomputes the hash chains of a journal from their documented form, knowing nothing of the program.

The form stands at `ChainedEvent` in Sources/NocturneJournal/EventChain.swift. Prints one line for each writer and
exits 1 when a chain does not hold.
"""
import hashlib
import sqlite3
import sys

FORM = "nocturne-event-1"
COLUMNS = ["writer", "sequence", "utc", "monotonic", "clockOffset", "notBefore", "deviceTime", "source", "person",
           "kind", "device", "name", "before", "after", "severity", "evidence"]


def octets(value):
    if value is None:
        return b"\xff\xff\xff\xff"
    raw = value if isinstance(value, bytes) else str(value).encode()
    return len(raw).to_bytes(4, "big") + raw


def check(path):
    """The first thing that is wrong with each writer's chain, or None, by writer."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    found = {}
    for (writer,) in database.execute("SELECT DISTINCT writer FROM event").fetchall():
        previous, wanted, wrong = bytes(32), 0, None
        for row in database.execute("SELECT * FROM event WHERE writer = ? ORDER BY sequence", (writer,)):
            fields = [FORM, row["previous"]] + [row[column] for column in COLUMNS]
            digest = hashlib.sha256(b"".join(octets(field) for field in fields)).digest()
            if row["sequence"] != wanted:
                wrong = f"row {row['id']}: event {wanted} is missing"
            elif digest != row["hash"]:
                wrong = f"row {row['id']}: the content is not what was hashed"
            elif row["previous"] != previous:
                wrong = f"row {row['id']}: the event before it is another one"
            if wrong:
                break
            previous, wanted = row["hash"], wanted + 1
        found[writer] = wrong
    return found


if __name__ == "__main__":
    result = check(sys.argv[1])
    for name, trouble in result.items():
        print(f"{name}: {trouble or 'ok'}")
    sys.exit(1 if any(result.values()) or not result else 0)
