# SPDX-License-Identifier: Apache-2.0
"""The commands that look once and exit."""
import csv
import io
import json
import re

import lab
from terminal import wait_for


def count(host, pattern):
    return len(re.findall(pattern, (lab.STATE / "hosts" / host / "log" / "sshd.log").read_text()))


def test_one_connection_on_the_jump_and_one_on_each_device():
    hosts = ["jump"] + lab.ROUTERS
    before = {host: (count(host, r"Accepted publickey"), count(host, r"Starting session")) for host in hosts}
    done = lab.nocturne("peers", "--format", "json")
    assert done.returncode == 0, done.stderr

    def counted():
        after = {host: (count(host, r"Accepted publickey"), count(host, r"Starting session")) for host in hosts}
        return {host: (after[host][0] - before[host][0], after[host][1] - before[host][1]) for host in hosts}

    wait_for(lambda: counted()["jump"][0] >= 1, 10)
    made = counted()
    assert made["jump"] == (1, 0), f"jump: {made['jump']} (logins, sessions)"
    for host in lab.ROUTERS:
        # Two channels are held on it: one that birdc has taken over, and a shell for everything else.
        assert made[host] == (1, 2), f"{host}: {made[host]} (logins, channels)"
    return "1 connection on the jump, 1 login with 2 channels on each of 8 devices"


def test_peers_csv_and_json_tell_the_same():
    rows = json.loads(lab.nocturne("peers", "--format", "json").stdout)
    table = list(csv.DictReader(io.StringIO(lab.nocturne("peers", "--format", "csv").stdout)))
    assert [(r["device"], r["name"], r["state"]) for r in rows] == [(r["device"], r["name"], r["state"]) for r in table]
    # CSV has one heading for all rows, so the columns of dark devices are there too.
    assert list(rows[0]) == list(table[0])[:len(rows[0])]
    assert set(table[0]) - set(rows[0]) == {"reason", "rung", "hint"}


def test_peers_plain_is_readable_without_colour():
    done = lab.nocturne("peers", "--ascii")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout and done.stdout.isascii()
    assert done.stdout.count("established") >= 20


def test_only_narrows():
    rows = json.loads(lab.nocturne("peers", "--format", "json", "--only", "bkk00,bkk20").stdout)
    assert {row["device"] for row in rows} == {"bkk00", "bkk20"}


def test_devices_all_up():
    done = lab.nocturne("devices", "--format", "json")
    rows = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert [row["device"] for row in rows] == [row["device"] for row in json.loads(lab.nocturne("devices", "--format", "json").stdout)]
    assert {row["device"] for row in rows} == set(lab.ROUTERS)
    assert all(row["state"] == "up" and row["rung"] == "daemon" for row in rows), rows


def test_unhealthy_is_1_and_dark_is_2():
    lab.run("shell", "hgc", "birdc", "disable", '"*bkk20*"', check=False)
    protocols = lab.run("shell", "bkk20", "birdc", "show", "protocols").stdout
    name = next(line.split()[0] for line in protocols.splitlines() if " BGP " in line)
    lab.run("shell", "bkk20", "birdc", "disable", name)
    assert lab.nocturne("peers").returncode == 1
    assert lab.nocturne("peers", "--fail-on", "unknown").returncode == 0
    lab.run("scenario", "transit-cut")
    dark = wait_for(lambda: (lambda done: done if done.returncode == 2 else None)(lab.nocturne("peers", "--format", "json")), 120)
    rows = json.loads(dark.stdout)
    unknown = [row for row in rows if row["state"] == "unknown"]
    assert {"hgc"} <= {row["device"] for row in unknown} <= {"hgc", "outside"}, unknown
    assert all(row["reason"] for row in unknown), unknown
    assert lab.nocturne("peers", "--fail-on", "unhealthy").returncode == 1


def test_a_slow_and_an_endless_device_make_nobody_late():
    lab.run("scenario", "slow")
    done = lab.nocturne("peers", "--format", "json", "--timeout", "15s")
    rows = json.loads(done.stdout)
    assert done.returncode == 2, f"exit {done.returncode}"
    unknown = {row["device"]: row["reason"] for row in rows if row["state"] == "unknown"}
    assert set(unknown) == {"bkk06", "bkk07"}, unknown
    ages = {row["device"]: row["ageSeconds"] for row in rows if row["state"] != "unknown"}
    assert set(ages) == set(lab.ROUTERS) - {"bkk06", "bkk07"}
    return "; ".join(f"{device}: {reason}" for device, reason in sorted(unknown.items()))


def test_doctor_names_each_rung():
    done = lab.nocturne("doctor", "bkk00", "bkk08")
    assert done.returncode == 0, done.stdout + done.stderr
    for rung in ("path", "tcp", "algo", "key", "auth", "prompt", "daemon"):
        assert rung in done.stdout, done.stdout
    assert "sudo" in done.stdout, "bkk08 is asked through sudo, and doctor should say so"


def test_doctor_names_the_missing_right_and_the_line_that_grants_it():
    inventory = lab.STATE / "no-become.yaml"
    inventory.write_text("\n".join(line.replace('become: "sudo -n"', 'become: ""') for line in
                                   open(lab.INVENTORY).read().splitlines()) + "\n")
    done = lab.nocturne("doctor", "bkk08", "--inventory", str(inventory), inventory=False)
    inventory.unlink()
    assert done.returncode == 2, done.stdout
    assert "usermod" in done.stdout or "NOPASSWD" in done.stdout, done.stdout


def test_info_prints_every_path_and_the_libraries():
    done = lab.nocturne("info")
    assert done.returncode == 0, done.stderr
    for word in ("nocturne", "libssh2", "ncurses", "inventory", "recording", "known hosts", "keys", "theme"):
        assert word in done.stdout, done.stdout
    # What is broken is what one asks it for: it tells, and does not fail.
    done = lab.nocturne("info", "--inventory", "/nonexistent", "--theme", "nope", inventory=False)
    assert done.returncode == 0 and "not there" in done.stdout and "cannot be used" in done.stdout, done.stdout
