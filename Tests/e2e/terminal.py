# SPDX-License-Identifier: Apache-2.0
"""A real terminal for the tests: tmux on a socket of its own."""
import os
import re
import shlex
import subprocess
import tempfile
import time


class Terminal:
    """One program in one tmux window, with the keys and the eyes of a person."""

    def __init__(self, command, columns=80, rows=24, environment=None, shell_after=False):
        self.folder = tempfile.TemporaryDirectory(prefix="nocturne-tmux-")
        self.socket = os.path.join(self.folder.name, "socket")
        line = " ".join(shlex.quote(part) for part in command) if isinstance(command, list) else command
        # The window stays after the program's end, so that the last screen and the exit status can be read.
        script = f"{line}; echo \"[exit status $?]\"; stty -a | tr ';' '\\n' | grep -E -o -- '-?(icanon|echo)\\b' | tr '\\n' ' '; exec cat"
        variables = [f"{key}={value}" for key, value in (environment or {}).items()]
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows),
                  "env", *variables, "sh", "-c", script)
        self.tmux("set-option", "-g", "window-size", "manual")

    def tmux(self, *arguments, check=True):
        done = subprocess.run(["tmux", "-S", self.socket, *arguments], capture_output=True, text=True, timeout=30)
        if check and done.returncode != 0:
            raise RuntimeError(f"tmux {arguments[0]}: {done.stderr.strip()}")
        return done.stdout

    def keys(self, *keys):
        for key in keys:
            self.tmux("send-keys", key)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def text(self, attributes=False):
        return self.tmux("capture-pane", "-p", *(["-e"] if attributes else []))

    def pane_pid(self):
        return int(self.tmux("display-message", "-p", "#{pane_pid}"))

    def child_pid(self, name):
        """The pid of the program `name` below the pane's shell."""
        pending = [self.pane_pid()]
        while pending:
            pid = pending.pop()
            try:
                with open(f"/proc/{pid}/comm") as file:
                    if file.read().strip() == name[:15]:
                        return pid
                for task in os.listdir(f"/proc/{pid}/task"):
                    with open(f"/proc/{pid}/task/{task}/children") as file:
                        pending += [int(word) for word in file.read().split()]
            except FileNotFoundError:
                continue
        return None

    def wait(self, pattern, timeout=60, absent=False):
        """The screen's text once `pattern` is (or, with `absent`, is no longer) on it."""
        def seen():
            text = self.text()
            found = re.search(pattern, text, re.M)
            return text if bool(found) != absent else None
        return wait_for(seen, timeout, lambda: f"/{pattern}/ {'still' if absent else 'not'} on the screen:\n{self.text()}")

    def close(self):
        self.tmux("kill-server", check=False)
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def wait_for(condition, timeout=60, complaint=lambda: "condition not met", every=0.05):
    """The first true value of `condition`; looks again and again until `timeout` seconds are over."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s: {complaint()}")
        time.sleep(every)
