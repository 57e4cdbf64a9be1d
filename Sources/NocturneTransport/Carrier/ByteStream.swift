// SPDX-License-Identifier: Apache-2.0

/// A connection that carries a session: a socket, or a tunnel through another session.
@NetworkActor
protocol ByteStream: AnyObject {
    var onBytes: ((ArraySlice<UInt8>) -> Void)? { get set }
    /// Called once, with the reason in words, when no more bytes will come. Not called after ``close()``.
    var onEnd: ((String) -> Void)? { get set }
    /// Takes everything; what cannot be sent yet waits inside.
    func write(_ bytes: [UInt8])
    func close()
    /// Round trip as the kernel measures it, in milliseconds; nil where there is no kernel socket.
    var kernelRoundTripMilliseconds: Double? { get }
}
