# SPDX-License-Identifier: Apache-2.0
"""A program on a bare pty: for counting bytes and for times from key to paint."""
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time


class RawPty:
    def __init__(self, command, columns=80, rows=24, environment=None):
        self.began = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update({"TERM": "xterm-256color", "LANG": "C.UTF-8", **(environment or {})})
            os.execvp(command[0], command)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.output = b""

    def read(self, timeout):
        """What arrives within `timeout` seconds: returns at the first bytes, empty when there are none."""
        ready, _, _ = select.select([self.fd], [], [], timeout)
        if not ready:
            return b""
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return b""
        self.output += data
        return data

    def read_until(self, needle, timeout=60):
        """Seconds from the start of the program until `needle` was in its output."""
        deadline = time.monotonic() + timeout
        while needle not in self.output:
            if time.monotonic() > deadline:
                raise AssertionError(f"{needle!r} not in the first {len(self.output)} bytes: {self.output[-500:]!r}")
            self.read(0.2)
        return time.monotonic() - self.began

    def drain(self, quiet=0.15, most=10):
        """Reads until nothing came for `quiet` seconds; the number of bytes."""
        count, deadline = 0, time.monotonic() + most
        while time.monotonic() < deadline:
            data = self.read(quiet)
            if not data:
                break
            count += len(data)
        return count

    def write(self, data):
        os.write(self.fd, data)

    def cpu_seconds(self):
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_megabytes(self):
        with open(f"/proc/{self.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def threads(self):
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def close(self):
        try:
            os.kill(self.pid, signal.SIGTERM)
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                self.read(0.05)
                pid, _ = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    break
            else:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(self.fd)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
