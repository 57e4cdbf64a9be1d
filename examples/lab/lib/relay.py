# SPDX-License-Identifier: Apache-2.0
"""relay.py PID HOST PORT LISTEN-PORT DELAY-FILE

The only door of the lab. Listens on 127.0.0.1 in the network namespace it was started in and connects to HOST:PORT
in the network namespace of process PID. DELAY-FILE holds the one-way delay in milliseconds for new connections.

Prints the port it got and lives on in the background. Started with `nsenter --no-fork --pid`, so that its child, which
does the work, is in the process namespace of the lab and ends with it.
"""
import asyncio
import ctypes
import os
import socket
import sys

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def enter(namespace):
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def listen(wanted):
    for port in (wanted, 0):
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
            door.listen(128)
            return door
        except OSError:
            door.close()
    raise SystemExit("relay: no free port on 127.0.0.1")


class Relay:
    def __init__(self, here, inside, address, delay_file):
        self.here, self.inside = here, inside
        self.address, self.delay_file = address, delay_file

    def delay(self):
        try:
            with open(self.delay_file) as file:
                return float(file.read()) / 1000
        except (OSError, ValueError):
            return 0.0

    def socket_inside(self):
        # A socket belongs for ever to the namespace it was made in, so a short visit is enough. No await in between.
        enter(self.inside)
        try:
            made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        finally:
            enter(self.here)
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    async def serve(self, reader, writer):
        delay = self.delay()
        far = None
        try:
            # The set-up of a TCP connection costs one and a half round trips before the far end may speak.
            await asyncio.sleep(3 * delay)
            far = self.socket_inside()
            await asyncio.wait_for(asyncio.get_running_loop().sock_connect(far, self.address), 30)
            far_reader, far_writer = await asyncio.open_connection(sock=far)
            await asyncio.gather(
                self.carry(reader, far_writer, delay), self.carry(far_reader, writer, delay))
        except (OSError, asyncio.TimeoutError):
            if far is not None:
                far.close()
        finally:
            writer.close()

    async def carry(self, source, sink, delay):
        """Delivers what arrives after the delay; throughput is not limited by it."""
        loop = asyncio.get_running_loop()
        waiting = asyncio.Queue(maxsize=256)

        async def deliver():
            while True:
                due, data = await waiting.get()
                if due > loop.time():
                    await asyncio.sleep(due - loop.time())
                if not data:
                    sink.write_eof()
                    return
                sink.write(data)
                await sink.drain()

        async def fetch():
            data = b"-"
            while data:
                try:
                    data = await source.read(65536)
                except OSError:
                    data = b""
                await waiting.put((loop.time() + delay, data))

        tasks = [asyncio.create_task(deliver()), asyncio.create_task(fetch())]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()


async def main(door, relay):
    server = await asyncio.start_server(relay.serve, sock=door)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    pid, host, port, wanted, delay_file = sys.argv[1:]
    here = os.open("/proc/self/ns/net", os.O_RDONLY)
    inside = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    door = listen(int(wanted))
    if os.fork():
        print(door.getsockname()[1], flush=True)
        os._exit(0)
    os.setsid()
    silent = os.open("/dev/null", os.O_RDWR)
    os.dup2(silent, 0)
    os.dup2(silent, 1)
    asyncio.run(main(door, Relay(here, inside, (host, int(port)), delay_file)))
