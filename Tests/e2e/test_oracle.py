# SPDX-License-Identifier: Apache-2.0
"""`nocturne peers --format json` against an independent reading of raw birdc replies just before and just after."""
import json
import re

import lab
import oracle


def test_peers_equal_the_oracle_field_by_field():
    before = {host: oracle.sessions(lab.LAB, host) for host in lab.ROUTERS}
    done = lab.nocturne("peers", "--format", "json")
    after = {host: oracle.sessions(lab.LAB, host) for host in lab.ROUTERS}
    rows = json.loads(done.stdout)
    assert done.returncode == 0, f"exit {done.returncode}: {done.stderr}"

    seen = {(row["device"], row["name"]) for row in rows}
    wanted = {(host, name) for host in lab.ROUTERS for name in before[host]}
    assert seen == wanted, f"missing {wanted - seen}, too many {seen - wanted}"
    assert len(rows) == len(seen) >= 20, f"{len(rows)} rows for {len(seen)} sessions"

    compared = moved = 0
    wrong = []
    for row in rows:
        earlier, later = before[row["device"]][row["name"]], after[row["device"]][row["name"]]
        for field in oracle.FIELDS:
            compared += 1
            value = row[field]
            if field == "uptimeSeconds" and None not in (value, earlier[field], later[field]):
                # It counts while we look: not moved, but bounded by the two witnesses.
                if not earlier[field] <= value <= later[field]:
                    wrong.append((row["device"], row["name"], field, earlier[field], value, later[field]))
            elif field == "since" and value != later[field] and oracle.same_instant(value, later[field]):
                # BIRD works its dates out anew at each question; the last millisecond trembles.
                moved += 1
            elif earlier[field] == later[field]:
                if value != earlier[field]:
                    wrong.append((row["device"], row["name"], field, earlier[field], value, later[field]))
            else:
                moved += 1
        assert row["path"] == "jump", row
        assert 0 <= row["ageSeconds"] < 60, row
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", row["observedAt"]), row
    assert not wrong, f"{len(wrong)} of {compared} fields differ, the first: {wrong[:5]}"
    assert moved <= compared * 0.05, f"{moved} of {compared} fields moved"
    return f"{len(rows)} sessions, {compared} fields equal, {moved} moved"


def test_the_oracle_comparison_can_fail():
    """A disabled session must show as a difference between a reading before and the rows after."""
    before = oracle.sessions(lab.LAB, "bkk20")
    name = next(name for name in before if name.endswith("hgc") or "hgc" in name or "iptx" in name)
    lab.run("shell", "bkk20", "birdc", "disable", name)
    row = next(row for row in json.loads(lab.nocturne("peers", "--format", "json", "--only", "bkk20").stdout)
               if row["name"] == name)
    assert row["state"] == "disabled" and row["disabled"], row
    differing = [field for field in oracle.FIELDS if row[field] != before[name][field]]
    assert "state" in differing, differing
    assert oracle.sessions(lab.LAB, "bkk20")[name]["state"] == "disabled"
    return f"{name}: {', '.join(differing)} differ"
