// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import NocturneModel

/// Makes a TCP connection to a host, trying its addresses beside each other (RFC 8305, "happy eyeballs").
@NetworkActor
struct TCPConnector {
    var deadlines: Deadlines

    func connect(to endpoint: SSHEndpoint) async throws(TroubleError) -> TCPStream {
        let addresses: [SocketAddress]
        do throws(Resolver.Failure) {
            addresses = try await Resolver.addresses(
                of: endpoint.host, port: endpoint.port, until: .now + deadlines.resolve)
        } catch {
            switch error {
            case .timedOut:
                throw TroubleError(.nameUnknown(host: endpoint.host, reason: "the name server did not answer"))
            case .failed(let reason): throw TroubleError(.nameUnknown(host: endpoint.host, reason: reason))
            }
        }
        let race = Race()
        defer { race.closeLosers() }
        let deadline = ContinuousClock.now + deadlines.connect
        var waiting = addresses[...]
        while true {
            if let winner = race.winner { return TCPStream(connected: winner) }
            if let next = waiting.popFirst() {
                race.start(next)
                if race.winner != nil { continue }
            } else if !race.isRunning {
                throw TroubleError(trouble(race.failures, endpoint))
            }
            if race.isRunning {
                let pause = waiting.isEmpty ? deadline : min(deadline, .now + deadlines.nextAddress)
                _ = await race.signal.wait(until: pause)
                if race.winner == nil, .now >= deadline || Task.isCancelled {
                    throw TroubleError(.timedOut(after: deadlines.connect, behindJump: false))
                }
            }
        }
    }

    private func trouble(_ failures: [(SocketAddress, Int32)], _ endpoint: SSHEndpoint) -> Trouble {
        guard let (address, number) = failures.first(where: { $0.1 == ECONNREFUSED }) ?? failures.first else {
            return .nameUnknown(host: endpoint.host, reason: "it has no address")
        }
        switch number {
        case ECONNREFUSED: return .refused(address: address.description)
        case ETIMEDOUT: return .timedOut(after: deadlines.connect, behindJump: false)
        default: return .unreachable(reason: SystemError(number: number).description)
        }
    }

    /// The attempts under way.
    @NetworkActor
    private final class Race {
        let signal = Signal()
        private(set) var winner: Int32?
        private(set) var failures: [(SocketAddress, Int32)] = []
        private var running: Set<Int32> = []

        var isRunning: Bool { !running.isEmpty }

        func start(_ address: SocketAddress) {
            let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let fd = socket(address.family, type, 0)
            guard fd >= 0 else { return failures.append((address, errno)) }
            if address.with({ Glibc.connect(fd, $0, $1) }) == 0 {
                winner = fd
            } else if errno == EINPROGRESS {
                running.insert(fd)
                EventLoop.shared.watch(fd, .write) { [weak self] _ in self?.settle(fd, address) }
            } else {
                failures.append((address, errno))
                Glibc.close(fd)
            }
        }

        private func settle(_ fd: Int32, _ address: SocketAddress) {
            guard running.remove(fd) != nil else { return }
            EventLoop.shared.unwatch(fd)
            var number: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &length)
            if number == 0, winner == nil {
                winner = fd
            } else {
                if number != 0 { failures.append((address, number)) }
                Glibc.close(fd)
            }
            signal.raise()
        }

        func closeLosers() {
            for fd in running {
                EventLoop.shared.unwatch(fd)
                Glibc.close(fd)
            }
            running.removeAll()
        }
    }
}

/// A ``Trouble`` on its way to the place that knows its ``Site``.
struct TroubleError: Error, Hashable, Sendable {
    var trouble: Trouble
    init(_ trouble: Trouble) { self.trouble = trouble }
}
