// SPDX-License-Identifier: Apache-2.0

import CLibSSH2
import CLinux
import Glibc

/// What libssh2's callbacks read from and write to; reached from C by the session's `abstract` pointer.
///
/// Confined to the network thread by its only users, ``SansIOSession`` and the callbacks it sets off.
final class SessionQueues {
    static let preambleLimit = 32_768

    var input = ByteQueue()
    var output = ByteQueue()
    var ended = false
    /// The first bytes of the other side, for explaining a failed key exchange.
    var preamble: [UInt8] = []
    /// RECV answers with this error once, when the input is empty: the only way to make libssh2 1.10 give up a pending
    /// channel open without giving up the session.
    var abandonsOnce = false
    /// Asked for a signature over these bytes, again and again until it is made.
    var signer: (([UInt8]) -> Signing)?
    /// The description in the last refusal to open a channel.
    var openFailure: String?
    /// Set while a channel open is pending.
    var watchesOpenFailure = false

    typealias Abstract = UnsafeMutablePointer<UnsafeMutableRawPointer?>

    static func of(_ abstract: Abstract?) -> SessionQueues? {
        guard let pointer = abstract?.pointee else { return nil }
        return Unmanaged<SessionQueues>.fromOpaque(pointer).takeUnretainedValue()
    }

    typealias Receive = @convention(c) (Int32, UnsafeMutableRawPointer?, Int, Int32, Abstract?) -> Int
    typealias Send = @convention(c) (Int32, UnsafeRawPointer?, Int, Int32, Abstract?) -> Int

    static let receiveCallback: Receive = { _, buffer, length, _, abstract in
        guard let queues = SessionQueues.of(abstract), let buffer else { return -Int(EINVAL) }
        if queues.input.isEmpty {
            if queues.abandonsOnce {
                queues.abandonsOnce = false
                return -Int(ECONNABORTED)
            }
            return queues.ended ? 0 : -Int(EAGAIN)
        }
        return queues.input.take(into: UnsafeMutableRawBufferPointer(start: buffer, count: length))
    }

    static let sendCallback: Send = { _, buffer, length, _, abstract in
        guard let queues = SessionQueues.of(abstract), let buffer else { return -Int(EINVAL) }
        queues.output.append(UnsafeRawBufferPointer(start: buffer, count: length))
        return length
    }

    /// Frees, after a look at what is freed.
    ///
    /// libssh2 keeps the reason code of a refused channel open and drops its description, which is where OpenSSH says
    /// "Connection refused" or "No route to host". The packet passes here on its way out: SSH_MSG_CHANNEL_OPEN_FAILURE
    /// is byte 92, uint32 channel, uint32 reason, string description, string language (RFC 4254, section 5.1).
    static let freeCallback: @convention(c) (UnsafeMutableRawPointer?, Abstract?) -> Void = { pointer, abstract in
        guard let pointer else { return }
        if let queues = SessionQueues.of(abstract), queues.watchesOpenFailure {
            let size = malloc_usable_size(pointer)
            if size >= 17, pointer.load(as: UInt8.self) == 92 {
                var reader = WireReader(UnsafeRawBufferPointer(start: pointer + 5, count: min(size, 1024) - 5))
                if let reason = reader.uint32(), (1...4).contains(reason), let text = reader.text() {
                    queues.openFailure = text
                }
            }
        }
        Glibc.free(pointer)
    }

    typealias Sign =
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, UnsafeMutablePointer<Int>?,
            UnsafePointer<UInt8>?, Int, Abstract?
        ) -> Int32

    static let signCallback: Sign = { _, signature, signatureLength, data, length, abstract in
        guard let queues = SessionQueues.of(abstract), let signature, let signatureLength, let data,
            let signer = queues.signer
        else { return -1 }
        switch signer(Array(UnsafeBufferPointer(start: data, count: length))) {
        case .pending: return LIBSSH2_ERROR_EAGAIN
        case .refused: return -1
        case .made(let bytes):
            // libssh2 frees it.
            guard let copy = malloc(max(1, bytes.count)) else { return LIBSSH2_ERROR_ALLOC }
            copy.copyMemory(from: bytes, byteCount: bytes.count)
            signature.pointee = copy.assumingMemoryBound(to: UInt8.self)
            signatureLength.pointee = bytes.count
            return 0
        }
    }
}

/// Where a signature stands that somebody else makes, perhaps after a touch of a key.
enum Signing {
    case pending
    case made([UInt8])
    case refused
}
