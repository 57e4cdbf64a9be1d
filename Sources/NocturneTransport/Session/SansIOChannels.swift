// SPDX-License-Identifier: Apache-2.0

import CLibSSH2

/// A channel of a session: a pointer that is only valid as long as its session.
struct ChannelHandle: Hashable { let raw: OpaquePointer }

/// Channels (RFC 4254, section 5): opening, reading, writing, letting go.
///
/// libssh2 keeps the state of an open in the session, so one open at a time: while ``openTunnel(host:port:)`` or
/// ``openSession()`` answers ``Step/again``, only the same call may be made, though other channels may be read and
/// written.
extension SansIOSession {
    /// Receive windows. Small enough that what one flooding device has under way delays others by little, large
    /// enough for 5 MB/s at 50 ms.
    private static let window: UInt32 = 256 * 1024
    private static let packet: UInt32 = 32_768

    func openSession() -> Step<ChannelHandle> {
        opening { libssh2_channel_open_ex($0, "session", 7, Self.window, Self.packet, nil, 0) }
    }

    /// A tunnel to `host:port` as seen from the other side (`direct-tcpip`, RFC 4254, section 7.2).
    func openTunnel(host: String, port: Int) -> Step<ChannelHandle> {
        opening { libssh2_channel_direct_tcpip_ex($0, host, Int32(port), "127.0.0.1", 22) }
    }

    /// Makes a pending open fail without harm to the session.
    ///
    /// There is no call for it in libssh2 1.10, but one error of RECV ends a pending open and nothing else. A
    /// confirmation that comes later leaves one unused channel behind. It leans on internals, so a test pins it.
    func abandonOpen(host: String, port: Int) {
        abandonOpen { openTunnel(host: host, port: port) }
    }

    /// The same for whichever open is pending: `open` is the call that answered ``Step/again``.
    func abandonOpen(_ open: () -> Step<ChannelHandle>) {
        queues.abandonsOnce = true
        if case .done(let channel) = open() { _ = free(channel) }
        queues.abandonsOnce = false
        queues.watchesOpenFailure = false
    }

    /// What the other side gave as reason for the latest refused open.
    var openFailure: String? { queues.openFailure.map { String.quoting($0) } }

    private func opening(_ call: (OpaquePointer) -> OpaquePointer?) -> Step<ChannelHandle> {
        guard let raw else { return .failed(Failure(code: LIBSSH2_ERROR_BAD_USE, message: "session is closed")) }
        if !queues.watchesOpenFailure {
            queues.watchesOpenFailure = true
            queues.openFailure = nil
        }
        if let channel = call(raw) {
            queues.watchesOpenFailure = false
            // stderr has a window of its own that would stall a chatty command when nobody reads it.
            libssh2_channel_handle_extended_data2(channel, LIBSSH2_CHANNEL_EXTENDED_DATA_MERGE)
            return .done(ChannelHandle(raw: channel))
        }
        let code = libssh2_session_last_errno(raw)
        if code == LIBSSH2_ERROR_EAGAIN { return .again }
        queues.watchesOpenFailure = false
        return .failed(failure(code))
    }

    func execute(_ command: String, on channel: ChannelHandle) -> Step<Void> {
        step {
            libssh2_channel_process_startup(channel.raw, "exec", 4, command, UInt32(command.utf8.count))
        }
    }

    /// Reads into `buffer`: the number of bytes, zero at the end of the stream.
    func read(_ channel: ChannelHandle, into buffer: inout [UInt8]) -> Step<Int> {
        transfer {
            buffer.withUnsafeMutableBytes {
                libssh2_channel_read_ex(channel.raw, 0, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
            }
        }
    }

    /// Moves what has been received without taking any of the channel's data: answers key renewals and keep-alives.
    func turnOver(_ channel: ChannelHandle) {
        guard raw != nil else { return }
        var nothing: CChar = 0
        _ = libssh2_channel_read_ex(channel.raw, 1, &nothing, 1)
    }

    /// Writes from the front of `bytes`: the number taken, which may be fewer than given. After ``Step/again`` the next
    /// call must begin with the same bytes.
    func write(_ channel: ChannelHandle, _ bytes: UnsafeRawBufferPointer) -> Step<Int> {
        transfer {
            libssh2_channel_write_ex(
                channel.raw, 0, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
    }

    private func transfer(_ call: () -> Int) -> Step<Int> {
        guard raw != nil else { return .failed(Failure(code: LIBSSH2_ERROR_BAD_USE, message: "session is closed")) }
        let count = call()
        if count >= 0 { return .done(count) }
        return count == Int(LIBSSH2_ERROR_EAGAIN) ? .again : .failed(failure(Int32(count)))
    }

    func isAtEnd(_ channel: ChannelHandle) -> Bool { raw == nil || libssh2_channel_eof(channel.raw) != 0 }

    /// Closes and frees. The handle is invalid once this answers ``Step/done(_:)``; until then it waits for the other
    /// side's close and must be called again.
    func free(_ channel: ChannelHandle) -> Step<Void> {
        step { libssh2_channel_free(channel.raw) }
    }
}
