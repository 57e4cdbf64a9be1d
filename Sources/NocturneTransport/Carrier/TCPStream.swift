// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A connected, non-blocking TCP socket on the event loop.
@NetworkActor
final class TCPStream: ByteStream {
    var onBytes: ((ArraySlice<UInt8>) -> Void)?
    var onEnd: ((String) -> Void)?

    private let fd: Int32
    private var pending = ByteQueue()
    private var isOpen = true
    /// Work per wake-up is bounded, so that one flooding connection cannot keep the loop to itself.
    private static let chunk = 65_536
    private static let chunksPerWake = 4
    private var buffer = [UInt8](repeating: 0, count: chunk)

    init(connected fd: Int32) {
        self.fd = fd
        set(IPPROTO_TCP, TCP_NODELAY, 1)
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        set(IPPROTO_TCP, TCP_KEEPIDLE, 15)
        set(IPPROTO_TCP, TCP_KEEPINTVL, 5)
        // A path that swallows packets is noticed after 20 s (RFC 5482), with data under way or by the probes above.
        set(IPPROTO_TCP, TCP_USER_TIMEOUT, 20_000)
        EventLoop.shared.watch(fd, .read) { [weak self] in self?.ready($0) }
    }

    private func set(_ level: Int, _ option: Int32, _ value: Int32) { set(Int32(level), option, value) }
    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(fd, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private func ready(_ readiness: EventLoop.Readiness) {
        if readiness.contains(.write) { flush() }
        if !readiness.isDisjoint(with: [.read, .end]) { receive() }
    }

    private func receive() {
        for _ in 0..<Self.chunksPerWake where isOpen {
            let count = recv(fd, &buffer, buffer.count, 0)
            let number = errno
            if count > 0 {
                // sshd leaves Nagle on for a connection that only carries tunnels: without a prompt acknowledgement
                // each poll costs 40 ms. The kernel forgets the option, hence after every read.
                set(IPPROTO_TCP, TCP_QUICKACK, 1)
                onBytes?(buffer[..<count])
                if count < buffer.count { return }
            } else if count == 0 {
                return end("the other side closed it")
            } else if number == EAGAIN || number == EINTR {
                return
            } else {
                return end(SystemError(number: number).description)
            }
        }
    }

    func write(_ bytes: [UInt8]) {
        guard isOpen, !bytes.isEmpty else { return }
        pending.append(bytes)
        flush()
    }

    private func flush() {
        while isOpen, !pending.isEmpty {
            let count = pending.withBytes { send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            let number = errno
            if count >= 0 {
                pending.drop(count)
            } else if number == EAGAIN {
                return EventLoop.shared.rearm(fd, [.read, .write])
            } else if number != EINTR {
                // The reader hears of it too, and with what came before; it alone ends the stream.
                return pending.drop(pending.count)
            }
        }
        if isOpen { EventLoop.shared.rearm(fd, .read) }
    }

    private func end(_ reason: String) {
        guard isOpen else { return }
        let tell = onEnd
        close()
        tell?(reason)
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        onBytes = nil
        onEnd = nil
        EventLoop.shared.unwatch(fd)
        Glibc.close(fd)
    }

    var kernelRoundTripMilliseconds: Double? {
        guard isOpen else { return nil }
        var info = tcp_info()
        var length = socklen_t(MemoryLayout<tcp_info>.size)
        guard getsockopt(fd, Int32(IPPROTO_TCP), TCP_INFO, &info, &length) == 0, info.tcpi_rtt > 0 else { return nil }
        return Double(info.tcpi_rtt) / 1000
    }

    isolated deinit { close() }
}
