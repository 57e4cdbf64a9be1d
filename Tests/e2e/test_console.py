# SPDX-License-Identifier: Apache-2.0
"""The console and the wall on a real terminal (tmux), with the lab behind them."""
import os
import re
import signal
import subprocess
import tempfile
import time

import lab
from terminal import Terminal, wait_for


def console(*arguments, columns=80, rows=24, environment=None):
    state = tempfile.mkdtemp(prefix="nocturne-state-")
    return Terminal([lab.NOCTURNE, "--inventory", lab.INVENTORY, *arguments], columns, rows,
                    {"LANG": "C.UTF-8", "XDG_STATE_HOME": state, **(environment or {})})


def test_overview_peers_and_devices_at_80x24():
    with console() as terminal:
        terminal.wait(r"nocturne bkk +jump")
        terminal.wait(r"0 down .*0 dark")
        terminal.keys("2")
        terminal.wait(r"DEVICE +PEER")
        terminal.wait(r"established")
        terminal.keys("8")
        text = terminal.wait(r"bkk08")
        assert all(len(line) <= 80 for line in text.splitlines())
        terminal.keys("q")
        terminal.wait(r"exit status 0")


def test_at_least_twenty_sessions_on_seven_devices_are_on_the_screen():
    with console(columns=200, rows=70) as terminal:
        terminal.keys("2")

        def enough():
            found = re.findall(r"^\W*(\w+) .*established", terminal.text(), re.M)
            return found if len(found) >= 20 and len(set(found)) >= 7 else None

        found = wait_for(enough, 60, terminal.text)
        return f"{len(found)} established on {len(set(found))} devices"


def test_a_disabled_session_is_shown_with_its_reason_within_an_interval_and_a_second():
    with console(columns=200, rows=70) as terminal:
        terminal.keys("2")
        terminal.wait(r"0 down .*0 dark")
        # Both ends of one circuit: pp9094730 on hgc is iptx_sg_2520 on bkk20.
        name = "pp9094730"
        lab.run("shell", "hgc", "birdc", "disable", name)
        began = time.monotonic()
        terminal.wait(rf"hgc .*{name}.*disabled", timeout=30)
        own = time.monotonic() - began
        # The other side tells why, in the words of the protocol (RFC 8203, RFC 4486).
        terminal.wait(r"bkk20 .*iptx_sg_2520 .*(idle|active|connect)", timeout=30)
        both = time.monotonic() - began
        terminal.type("/device:bkk20 down")
        terminal.keys("Enter", "Enter")
        terminal.wait(r"last error +\S", timeout=30)
        # A daemon that closes with unread bytes in its socket sends a reset, which may overtake its last words. Then
        # they are not to be had, by anybody; the session is closed again.
        for attempt in range(5):
            if not re.search(r"last error +Socket:", terminal.text()):
                break
            lab.run("shell", "hgc", "birdc", "enable", name)
            terminal.wait(r"established since", timeout=60)
            lab.run("shell", "hgc", "birdc", "disable", name)
            terminal.wait(r"last error +\S", timeout=30)
        terminal.wait(r"[Aa]dministrative(ly)? shut ?down", timeout=30)
        # Asserted generously: the machine is shared. What was measured is printed.
        assert own < 10 and both < 10, (own, both)
        return f"own side {own:.1f} s, far side {both:.1f} s after disable"


def test_transit_cut_and_heal():
    with console(columns=120, rows=40) as terminal:
        terminal.wait(r"0 down .*0 dark")
        lab.run("scenario", "transit-cut")
        terminal.wait(r"[1-9]\d* down", timeout=60)
        text = terminal.wait(r"dark +hgc", timeout=90)
        lab.run("scenario", "transit-cut", "--heal")
        terminal.wait(r"0 down .*0 dark", timeout=240)


def test_resize_and_small_terminals():
    with console() as terminal:
        terminal.wait(r"0 down .*0 dark")
        terminal.keys("2")
        for columns, rows in [(200, 50), (40, 10), (81, 25), (80, 24)]:
            terminal.resize(columns, rows)
            wait_for(lambda: len(terminal.text().splitlines()) <= rows and terminal.text().strip(), 10)
        terminal.wait(r"DEVICE +PEER")


def test_ascii_and_mono_lose_nothing():
    with console("--ascii", "--no-color") as terminal:
        text = terminal.wait(r"\+ \d+ up")
        assert text.isascii(), [character for character in text if not character.isascii()]
        coloured = re.findall(r"\x1b\[[0-9;]*m", terminal.text(attributes=True))
        assert not [code for code in coloured if re.search(r"[\[;](3[0-7]|4[0-7]|9[0-7]|38|48)[;m]", code)], coloured


def restored(terminal):
    """Canonical mode and echo are back, the shell has the main screen, and the cursor shows."""
    text = terminal.wait(r"(?<!-)icanon .*(?<!-)echo|(?<!-)echo .*(?<!-)icanon", timeout=30)
    assert terminal.tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}").split() == ["0", "1"]
    return text


def test_the_terminal_is_restored_on_every_exit():
    for number, status in [(None, 0), (signal.SIGINT, None), (signal.SIGTERM, None), (signal.SIGHUP, None),
                           (signal.SIGSEGV, 139), (signal.SIGABRT, 134), (signal.SIGBUS, 135), (signal.SIGILL, 132)]:
        with console() as terminal:
            terminal.wait(r"1 Overview")
            if number is None:
                terminal.keys("q")
            else:
                os.kill(wait_for(lambda: terminal.child_pid("nocturne"), 10), number)
            terminal.wait(r"exit status", timeout=30)
            text = restored(terminal)
            if status is not None:
                assert f"exit status {status}" in text, f"{number}: {text}"
    return "q, INT, TERM, HUP, SEGV, ABRT, BUS, ILL"


def test_help_filter_and_freeze():
    with console() as terminal:
        terminal.wait(r"0 down .*0 dark")
        terminal.keys("2")
        terminal.type("/device:bkk06")
        terminal.keys("Enter")
        terminal.wait(r"\d+ of \d+")
        terminal.wait(r"^\W*bkk(0[078]|[25]0) ", absent=True)
        terminal.wait(r"^\W*bkk06 .*established")
        terminal.keys("Escape")
        terminal.keys("Z")
        terminal.wait(r"(?i)frozen")
        terminal.keys("Z")
        terminal.wait(r"(?i)frozen", absent=True)
        terminal.keys("?")
        terminal.wait(r"(?i)filter")


def test_wall_shows_the_state_and_leaves_on_q():
    with Terminal([str(lab.BIN / "nocturne-wall"), "--inventory", lab.INVENTORY], 120, 40, {"LANG": "C.UTF-8"}) as terminal:
        terminal.wait(r"0 down .*0 dark")
        lab.run("scenario", "transit-cut")
        terminal.wait(r"[1-9]\d* down", timeout=60)
        terminal.keys("q")
        terminal.wait(r"exit status 0")
        restored(terminal)


def test_no_terminal_says_so_and_names_the_batch_commands():
    done = subprocess.run([lab.NOCTURNE, "--inventory", lab.INVENTORY], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=30)
    assert done.returncode not in (0, 139), done
    assert "terminal" in done.stderr and "nocturne peers" in done.stderr, done.stderr
