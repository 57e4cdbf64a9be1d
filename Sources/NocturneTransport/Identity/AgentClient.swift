// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Asks a running ssh-agent for its keys and for signatures (draft-miller-ssh-agent, sections 3.5 and 3.6).
///
/// libssh2 has an agent client too, but it blocks, and it sends its traffic through the session's own SEND and RECV
/// callbacks, which would write agent packets into the SSH stream. Two messages are all we need.
@NetworkActor
struct AgentClient {
    struct Unavailable: Error, Hashable, Sendable { var reason: String }

    let socket: String

    /// The agent's keys, in its order.
    func keys(until deadline: ContinuousClock.Instant) async throws(Unavailable) -> [PublicKey] {
        var reply = WireReader(try await request([11], until: deadline))
        guard reply.byte() == 12, let count = reply.uint32() else { throw Unavailable(reason: "unexpected answer") }
        var keys: [PublicKey] = []
        for _ in 0..<min(count, 1024) {
            guard let blob = reply.string(), reply.string() != nil else { break }
            keys.append(PublicKey(blob: Array(blob)))
        }
        return keys
    }

    /// A bare signature, without the name of its algorithm: the form libssh2 wants.
    func sign(_ data: [UInt8], with key: PublicKey, until deadline: ContinuousClock.Instant) async throws(Unavailable)
        -> [UInt8]
    {
        let message = [13] + WireWriter.string(key.blob) + WireWriter.string(data) + WireWriter.uint32(0)
        var reply = WireReader(try await request(message, until: deadline))
        guard reply.byte() == 14, let signature = reply.string() else {
            throw Unavailable(reason: "it refused to sign")
        }
        var reader = WireReader(signature)
        guard reader.string() != nil, let bare = reader.string() else {
            throw Unavailable(reason: "unexpected signature")
        }
        return Array(bare)
    }

    /// One message and its answer over a connection of its own.
    private func request(_ message: [UInt8], until deadline: ContinuousClock.Instant) async throws(Unavailable)
        -> [UInt8]
    {
        let fd = try connect()
        defer { Glibc.close(fd) }
        let packet = WireWriter.string(message)
        // Fits a socket buffer by far: a challenge is a few hundred bytes.
        guard send(fd, packet, packet.count, Int32(MSG_NOSIGNAL)) == packet.count else {
            throw Unavailable(reason: SystemError(number: errno).description)
        }
        let signal = Signal()
        EventLoop.shared.watch(fd, .read) { _ in signal.raise() }
        defer { EventLoop.shared.unwatch(fd) }

        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            var reader = WireReader(answer)
            if let body = reader.string() { return Array(body) }
            let count = recv(fd, &buffer, buffer.count, 0)
            if count > 0 {
                answer += buffer.prefix(count)
            } else if count == 0 {
                throw Unavailable(reason: "it closed the connection")
            } else if errno != EAGAIN {
                throw Unavailable(reason: SystemError(number: errno).description)
            } else if !(await signal.wait(until: deadline)) {
                throw Unavailable(reason: "it did not answer in time")
            }
        }
    }

    private func connect() throws(Unavailable) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(socket.utf8)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw Unavailable(reason: "the path of its socket is too long")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let fd = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard fd >= 0 else { throw Unavailable(reason: SystemError(number: errno).description) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(fd, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let reason = SystemError(number: errno).description
            Glibc.close(fd)
            throw Unavailable(reason: reason)
        }
        return fd
    }
}
