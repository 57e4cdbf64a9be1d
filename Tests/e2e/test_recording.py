# SPDX-License-Identifier: Apache-2.0
"""Recordings of a lab run: one parser, one entry; every view reads them."""
import json
import os
import pathlib
import re
import subprocess
import tempfile

import lab
from terminal import Terminal, wait_for


def recorded(folder, seconds_of_events=True):
    """Runs the console with a recording until a transition is in it; the file."""
    file = pathlib.Path(folder) / "run.jsonl"
    with Terminal([lab.NOCTURNE, "--inventory", lab.INVENTORY, "--record", str(file)], 100, 30,
                  {"LANG": "C.UTF-8", "XDG_STATE_HOME": folder}) as terminal:
        terminal.wait(r"0 down .*0 dark")
        protocols = lab.run("shell", "bkk00", "birdc", "show", "protocols").stdout
        name = next(line.split()[0] for line in protocols.splitlines() if " BGP " in line)
        lab.run("shell", "bkk00", "birdc", "disable", name)
        terminal.wait(r"[1-9]\d* (down|degraded)", timeout=30)
        lab.run("shell", "bkk00", "birdc", "enable", name)
        terminal.wait(r"0 down +\S* *0 degraded", timeout=120)
        terminal.keys("q")
        terminal.wait(r"exit status 0")
    return file


def lines_of(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def parse(transcript):
    done = subprocess.run([lab.NOCTURNE, "parse", "--platform", transcript["platform"], "--query", transcript["query"]],
                          input=transcript["text"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout)


def test_parse_of_recorded_transcripts_equals_the_rows_of_the_snapshot():
    with tempfile.TemporaryDirectory() as folder:
        file = recorded(folder)
        compared = 0
        done = lab.nocturne("peers", "--format", "json", "--replay", str(file), inventory=False)
        assert done.returncode == 0, done.stderr
        rows = {(row["device"], row["name"]): row for row in json.loads(done.stdout)}
        # The last full snapshot carries the transcripts of what it shows.
        full = [line for line in lines_of(file) if line.get("kind") == "full"][-1]["snapshot"]
        for device in full["devices"]:
            for transcript in device["transcripts"].values():
                if transcript["query"] == "anycast":
                    continue  # several questions to several programs: there is no one query that reads it
                parsed = parse(transcript)
                assert not parsed["unparsed"] and not parsed["truncated"], parsed["unparsed"]
                if transcript["query"] != "bgp-peers":
                    continue
                held = {peer["name"]: peer for peer in device["peers"]["value"]}
                assert {row["name"] for row in parsed["rows"]} == set(held)
                for row in parsed["rows"]:
                    for field, value in row.items():
                        expected = held[row["name"]].get(field)
                        assert value == expected or (value == "default" and field == "vrf"), (row["name"], field, value, expected)
                        compared += 1
        assert compared > 200, compared
        assert len(rows) >= 20
        return f"{compared} fields of {len(full['devices'])} devices equal"


def test_screen_and_replay_read_a_recording():
    with tempfile.TemporaryDirectory() as folder:
        file = recorded(folder)
        for name in ("overview", "peers", "devices"):
            for size in ("80x24", "200x50"):
                for tier in ("mono", "16", "256", "true"):
                    done = lab.nocturne("screen", name, "--size", size, "--tier", tier, "--format", "text",
                                        "--replay", str(file), inventory=False)
                    assert done.returncode == 0, done.stderr
                    assert "RECORDING" in done.stdout, done.stdout
                    columns, rows = map(int, size.split("x"))
                    assert len(done.stdout.splitlines()) <= rows
        svg = lab.nocturne("screen", "peers", "--size", "100x30", "--tier", "256", "--format", "svg", "--replay", str(file),
                           inventory=False).stdout
        assert svg.lstrip().startswith("<") and "</svg>" in svg
        with Terminal([lab.NOCTURNE, "replay", str(file)], 80, 24, {"LANG": "C.UTF-8"}) as terminal:
            terminal.wait(r"RECORDING")
            terminal.keys("2")
            terminal.wait(r"established")
            terminal.keys("q")
            terminal.wait(r"exit status 0")


def test_the_demo_needs_nothing_and_plays():
    with tempfile.TemporaryDirectory() as home:
        empty = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home, "LANG": "C.UTF-8"}
        done = lab.nocturne("peers", "--demo", "--format", "json", inventory=False, environment=empty)
        states = {row["state"] for row in json.loads(done.stdout)}
        assert done.returncode == 2 and {"established", "idle"} <= states, (done.returncode, states)
        for other in (["--inventory", "x"], ["--replay", "x"]):
            done = lab.nocturne("devices", "--demo", *other, inventory=False, environment=empty)
            assert done.returncode == 64 and other[0] in done.stderr, done.stderr
        with Terminal([lab.NOCTURNE, "--demo"], 80, 24, empty) as terminal:
            terminal.wait(r"RECORDING .* 1?[2-9]\d/\d+ playing  built-in demo")
            terminal.keys("q")
            terminal.wait(r"exit status 0")
        assert not os.listdir(home), os.listdir(home)


def test_a_torn_recording_is_read_to_the_tear():
    with tempfile.TemporaryDirectory() as folder:
        file = recorded(folder)
        data = file.read_bytes()
        torn = pathlib.Path(folder) / "torn.jsonl"
        torn.write_bytes(data[:-37])
        done = lab.nocturne("peers", "--format", "json", "--replay", str(torn), inventory=False)
        assert json.loads(done.stdout), done.stderr
