// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The address of a peer, of either family.
struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// The bytes of a `sockaddr_in` or `sockaddr_in6`.
    var bytes: [UInt8]
    var family: Int32
    /// As numbers, with the port.
    var description: String

    func with<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: bytes.prefix($0.count)) }
        return withUnsafePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(bytes.count)) }
        }
    }
}

/// Names to addresses, with a deadline.
enum Resolver {
    enum Failure: Error, Hashable, Sendable {
        case timedOut
        case failed(reason: String)
    }

    /// In the order of the system's address selection (RFC 6724). A numeric address is answered at once.
    @NetworkActor
    static func addresses(of host: String, port: Int, until deadline: ContinuousClock.Instant)
        async throws(Failure) -> [SocketAddress]
    {
        if case .success(let numeric) = lookUp(host, port, numeric: true) { return numeric }
        let answer = Answer()
        HelperThread.run {
            let result = lookUp(host, port, numeric: false)
            Task { @NetworkActor in answer.arrive(result) }
        }
        while answer.result == nil {
            if !(await answer.signal.wait(until: deadline)) { throw .timedOut }
        }
        guard let result = answer.result else { throw .timedOut }
        return try result.get()
    }

    @NetworkActor
    private final class Answer {
        let signal = Signal()
        private(set) var result: Result<[SocketAddress], Failure>?
        func arrive(_ result: Result<[SocketAddress], Failure>) {
            self.result = result
            signal.raise()
        }
    }

    private static func lookUp(_ host: String, _ port: Int, numeric: Bool) -> Result<[SocketAddress], Failure> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV | (numeric ? AI_NUMERICHOST : AI_ADDRCONFIG)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { return .failure(.failed(reason: String(cString: gai_strerror(code)))) }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let address = entry.ai_addr else { continue }
            var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            getnameinfo(address, entry.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
            let text = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            addresses.append(
                SocketAddress(
                    bytes: Array(UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen))),
                    family: entry.ai_family,
                    description: entry.ai_family == AF_INET6 ? "[\(text)]:\(port)" : "\(text):\(port)"))
        }
        return .success(addresses)
    }
}
