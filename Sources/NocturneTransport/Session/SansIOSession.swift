// SPDX-License-Identifier: Apache-2.0

import CLibSSH2
import CLinux
import Glibc

/// One SSH session as a pure state machine: bytes go in, bytes come out, and no call ever waits or touches a socket.
///
/// ```
///   receive(bytes) ─▶ input ─▶ RECV ┐                         ┌▶ SEND ─▶ takeOutput()
///                                   libssh2 (never blocks) ───┘
/// ```
///
/// libssh2 asks for bytes by callbacks. SEND always takes everything, because an EAGAIN there would force the caller to
/// repeat the very same call before any other channel may move; only RECV ever says EAGAIN. So every step answers
/// ``Step/again`` until enough bytes have been received, and may simply be called again.
///
/// The queues are an object of their own that outlives the session: freeing a session still sends.
@NetworkActor
final class SansIOSession {
    struct Failure: Hashable, Sendable {
        /// LIBSSH2_ERROR_…
        var code: Int32
        var message: String

        /// The session is over, not just the step: the other side said goodbye, or what came cannot be trusted.
        var endsSession: Bool {
            [
                LIBSSH2_ERROR_SOCKET_DISCONNECT, LIBSSH2_ERROR_SOCKET_RECV, LIBSSH2_ERROR_SOCKET_SEND,
                LIBSSH2_ERROR_INVALID_MAC, LIBSSH2_ERROR_DECRYPT,
            ].contains(code)
        }
    }

    enum Step<Value> {
        case done(Value)
        /// Needs more bytes from the other side.
        case again
        case failed(Failure)
    }

    let queues: SessionQueues
    let algorithms: Algorithms
    private(set) var raw: OpaquePointer?

    /// Once per process, before any session.
    private static let library: Int32 = libssh2_init(0)

    init(algorithms: Algorithms) {
        queues = SessionQueues()
        self.algorithms = algorithms
        guard Self.library == 0 else { return }
        let abstract = Unmanaged.passRetained(queues).toOpaque()
        raw = libssh2_session_init_ex(nil, SessionQueues.freeCallback, nil, abstract)
        guard let raw else {
            Unmanaged<SessionQueues>.fromOpaque(abstract).release()
            return
        }
        libssh2_session_set_blocking(raw, 0)
        libssh2_session_callback_set(
            raw, LIBSSH2_CALLBACK_RECV, unsafeBitCast(SessionQueues.receiveCallback, to: UnsafeMutableRawPointer.self))
        libssh2_session_callback_set(
            raw, LIBSSH2_CALLBACK_SEND, unsafeBitCast(SessionQueues.sendCallback, to: UnsafeMutableRawPointer.self))
        prefer(LIBSSH2_METHOD_KEX, algorithms.keyExchange)
        prefer(LIBSSH2_METHOD_HOSTKEY, algorithms.hostKey)
        for method in [LIBSSH2_METHOD_CRYPT_CS, LIBSSH2_METHOD_CRYPT_SC] { prefer(method, algorithms.cipher) }
        for method in [LIBSSH2_METHOD_MAC_CS, LIBSSH2_METHOD_MAC_SC] { prefer(method, algorithms.mac) }
    }

    private func prefer(_ method: Int32, _ names: [String]) {
        libssh2_session_method_pref(raw, method, names.joined(separator: ","))
    }

    // MARK: Bytes

    func receive(_ bytes: some Collection<UInt8>) {
        queues.input.append(bytes)
        let room = SessionQueues.preambleLimit - queues.preamble.count
        if room > 0 { queues.preamble.append(contentsOf: bytes.prefix(room)) }
    }

    func receiveEnd() { queues.ended = true }

    func takeOutput() -> [UInt8] { queues.output.takeAll() }

    // MARK: Steps

    func handshake() -> Step<Void> {
        step { libssh2_session_handshake(raw, EventLoop.shared.inertDescriptor) }
    }

    /// What the server said before encryption began.
    var preamble: [UInt8] { queues.preamble }

    /// Host key as it came, in the form of a public key blob (RFC 4253, section 6.6).
    var hostKey: [UInt8] {
        var length = 0
        var type: Int32 = 0
        guard let key = libssh2_session_hostkey(raw, &length, &type) else { return [] }
        return Array(UnsafeRawBufferPointer(start: key, count: length))
    }

    /// Key exchange, host key, cipher and MAC agreed on.
    var agreed: String {
        [LIBSSH2_METHOD_KEX, LIBSSH2_METHOD_HOSTKEY, LIBSSH2_METHOD_CRYPT_CS, LIBSSH2_METHOD_MAC_CS]
            .compactMap { libssh2_session_methods(raw, $0).map { String(cString: $0) } }
            .joined(separator: " ")
    }

    func authenticate(user: String, keyFile: String) -> Step<Void> {
        step {
            libssh2_userauth_publickey_fromfile_ex(raw, user, UInt32(user.utf8.count), nil, keyFile, nil)
        }
    }

    /// Signs by `signer`, which may answer that the signature is still being made.
    func authenticate(user: String, publicKey: [UInt8], signer: @escaping ([UInt8]) -> Signing) -> Step<Void> {
        queues.signer = signer
        defer { queues.signer = nil }
        return step {
            libssh2_userauth_publickey(
                raw, user, publicKey, publicKey.count, SessionQueues.signCallback, libssh2_session_abstract(raw))
        }
    }

    /// Tells the other side that we leave; the packet is in the output.
    func disconnect() {
        _ = libssh2_session_disconnect_ex(raw, 11, "leaving", "")
    }

    /// Frees the session. From here on RECV says "ended", so that freeing waits for nobody.
    func free() {
        guard let raw else { return }
        self.raw = nil
        queues.ended = true
        queues.input = ByteQueue()
        var rounds = 0
        while libssh2_session_free(raw) == LIBSSH2_ERROR_EAGAIN, rounds < 10_000 { rounds += 1 }
        Unmanaged.passUnretained(queues).release()
    }

    isolated deinit { free() }

    func step(_ call: () -> Int32) -> Step<Void> {
        guard raw != nil else { return .failed(Failure(code: LIBSSH2_ERROR_BAD_USE, message: "session is closed")) }
        let code = call()
        if code == 0 { return .done(()) }
        return code == LIBSSH2_ERROR_EAGAIN ? .again : .failed(failure(code))
    }

    func failure(_ code: Int32) -> Failure {
        var text: UnsafeMutablePointer<CChar>?
        var length: Int32 = 0
        libssh2_session_last_error(raw, &text, &length, 0)
        guard let text else { return Failure(code: code, message: "libssh2 error \(code)") }
        let bytes = UnsafeRawBufferPointer(start: text, count: Int(length))
        return Failure(code: code, message: String(decoding: bytes, as: UTF8.self))
    }
}
