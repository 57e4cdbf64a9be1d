// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Names of protocols that later questions are asked by.
public enum BirdInstances {
    /// The OSPF instances in an answer to `show protocols [all]`, in its order.
    ///
    /// `show ospf neighbors` without a name is refused by some versions when there are several. A name that could be
    /// anything but a name on the command line is left out: the device's words never become a command.
    public static func ospf(in text: ScrubbedText) -> [String] {
        BirdTranscript(text).items.compactMap { item in
            guard case .line(let line) = item, line.text.indent == 0, let row = BirdProtocolRow(line),
                row.proto == "OSPF", row.name.utf8.allSatisfy(isNameByte)
            else { return nil }
            return row.name
        }
    }

    // BIRD's symbols: letters, digits, underscore; between apostrophes also `-`, `.` and `:` (conf/cf-lex.l).
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x2E, 0x3A: true
        default: false
        }
    }

    /// Whether it could be nothing but a name on the command line: the device's words never become a command.
    public static func isName(_ name: String) -> Bool { !name.isEmpty && name.utf8.allSatisfy(isNameByte) }

    /// The name as it has to be written in a command.
    public static func quoted(_ name: String) -> String {
        let plain = name.utf8.allSatisfy { isNameByte($0) && ![0x2D, 0x2E, 0x3A].contains($0) }
        let startsWithDigit = name.utf8.first.map { (0x30...0x39).contains($0) } ?? true
        return plain && !startsWithDigit ? name : "'\(name)'"
    }
}
