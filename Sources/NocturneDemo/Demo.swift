// SPDX-License-Identifier: Apache-2.0

/// The recording that `--demo` plays: the lab's transit provider goes away, and the recording ends while it is away.
///
/// It is built into the program, so that the console can be tried, shown and photographed on a machine that has neither
/// a lab nor a network. `examples/demo/record` makes it again. Nothing is paid for it until it is asked for: until then
/// it is constant data in the file of the program.
public enum Demo {
    /// What messages and the banner call it.
    public static let name = "built-in demo"

    /// The bytes of a recording, see nocturne-recording(5), as if they had been read from a file.
    public static var recording: [UInt8] { LZ4Block.unpack(packed) }

    /// What the program carries.
    static var packed: [UInt8] { PackageResources.demo_lz4 }
}
