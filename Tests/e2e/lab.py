# SPDX-License-Identifier: Apache-2.0
"""The lab, as the tests use it."""
import os
import pathlib
import subprocess

from terminal import wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAB = str(ROOT / "examples" / "lab" / "lab")
BIN = pathlib.Path(os.environ.get("NOCTURNE_BIN", ROOT / ".build" / "release"))
NOCTURNE = str(BIN / "nocturne")
STATE = pathlib.Path(os.environ.get("NOCTURNE_LAB_DIR", "/run/nocturne-lab"))
INVENTORY = str(STATE / "inventory.yaml")
ROUTERS = ["bkk50", "bkk00", "bkk20", "bkk06", "bkk07", "bkk08", "hgc", "outside"]


def run(*arguments, check=True, timeout=600):
    return subprocess.run([LAB, *arguments], check=check, timeout=timeout, capture_output=True, text=True)


def up():
    """Brings the lab up; whether it was this call that did."""
    if (STATE / "inventory.yaml").exists():
        return False
    # With every session recorded by the devices themselves: some tests ask what was sent.
    subprocess.run([LAB, "up"], check=True, timeout=600, env={**os.environ, "NOCTURNE_LAB_RECORD": "1"})
    return True


def down():
    subprocess.run([LAB, "down"], check=True, timeout=300)


def heal():
    """Ends whatever a test left behind, and waits until every session is back."""
    active = sorted(path.name for path in (STATE / "scenarios").iterdir())
    # A birdc that never answers would hold up what follows.
    if "slow" in active:
        run("scenario", "slow", "--heal", check=False)
    # Then the sessions: ending a scenario waits until every one is established.
    for router in ROUTERS:
        run("shell", router, "birdc", "enable", "all", check=False)
    for scenario in active:
        run("scenario", scenario, "--heal", check=False)
    wait_for(lambda: all(healthy(router) for router in ROUTERS), 240, lambda: f"lab not healthy: {ill()}", every=0.5)


def healthy(router):
    lines = [line for line in run("shell", router, "birdc", "show", "protocols", check=False).stdout.splitlines()
             if " BGP " in line]
    return bool(lines) and all("Established" in line for line in lines)


def ill():
    return [router for router in ROUTERS if not healthy(router)]


def nocturne(*arguments, inventory=True, timeout=120, environment=None):
    """Runs a batch command; standard output, standard error and exit status as subprocess gives them."""
    command = [NOCTURNE, *arguments] + (["--inventory", INVENTORY] if inventory else [])
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout,
                          env={**os.environ, "LANG": "C.UTF-8", **(environment or {})})
