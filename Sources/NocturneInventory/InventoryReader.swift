// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneModel

/// Reads an inventory: YAML in, a complete ``Inventory`` out, or everything that is wrong with it.
///
/// ```
/// file ─▶ YAMLSource ─▶ Section (known keys, forms) ─▶ PathForm, DeviceForm ─▶ EndpointResolver ─▶ Inventory
///                          └─────────── Findings: file, line, column ──────────────┘    ▲
///                                                                                   ssh -G HOST
/// ```
///
/// ```swift
/// let inventory = try InventoryReader.read(file: nil)   // $XDG_CONFIG_HOME/nocturne/inventory.yaml
/// ```
public enum InventoryReader {
    /// The inventory with nothing left to be looked up.
    ///
    /// - Parameter file: its name; nil for the place of the XDG specification.
    public static func read(
        file: String?, environment: InventoryEnvironment = .current, sshConfig: any SSHConfigSource = SSHProgram()
    ) throws(InventoryError) -> Inventory {
        try resolve(file: file, environment: environment, sshConfig: sshConfig).inventory
    }

    /// The same with the origin of each value and with remarks.
    public static func resolve(
        file: String?, environment: InventoryEnvironment = .current, sshConfig: any SSHConfigSource = SSHProgram()
    ) throws(InventoryError) -> ResolvedInventory {
        let name = file ?? environment.defaultFile
        let bytes: [UInt8]
        do {
            bytes = try InventoryFile.read(name)
        } catch {
            throw InventoryError(file: name, first: InventoryFile.problem(error, name: name, asked: file != nil))
        }
        return try resolve(bytes: bytes, file: name, environment: environment, sshConfig: sshConfig)
    }

    /// Reads an inventory that is already in memory; `file` is for messages and relative names.
    public static func resolve(
        bytes: [UInt8], file: String, environment: InventoryEnvironment, sshConfig: any SSHConfigSource
    ) throws(InventoryError) -> ResolvedInventory {
        let source: YAMLSource
        do {
            source = try YAMLSource(InventoryFile.text(bytes))
        } catch {
            throw InventoryError(file: file, first: error)
        }
        let findings = Findings()
        let resolved = InventoryForm(
            source: source, findings: findings, environment: environment,
            directory: file.lastIndex(of: "/").map { String(file[..<$0]) } ?? ""
        ).read(file: file, sshConfig: sshConfig)
        let problems = findings.problems
        if let first = problems.first {
            throw InventoryError(file: file, first: first, others: Array(problems.dropFirst()))
        }
        guard let resolved else {
            throw InventoryError(file: file, first: InventoryProblem(message: "holds no inventory"))
        }
        return resolved
    }
}

/// The file itself: reading it, and what can be wrong before there is any YAML.
enum InventoryFile {
    /// `errno`, or a file that is no inventory by its size.
    enum Fault: Error, Equatable {
        case system(Int32)
        case tooLong
    }

    /// Twenty thousand devices fit; a log file named by mistake does not.
    private static let mostBytes = 8 << 20

    static func read(_ name: String) throws(Fault) -> [UInt8] {
        let descriptor = open(name, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(errno)
            }
            bytes += buffer[..<count]
            if bytes.count > mostBytes { throw .tooLong }
        }
    }

    static func problem(_ fault: Fault, name: String, asked: Bool) -> InventoryProblem {
        switch fault {
        case .system(ENOENT), .system(ENOTDIR):
            InventoryProblem(
                message: asked
                    ? "there is no such file"
                    : "there is no inventory at its default place, and --inventory names no other",
                hint: "Write one (ten lines do: the README shows them), or name another with --inventory FILE.")
        case .system(EISDIR):
            InventoryProblem(message: "is a directory", hint: "Name the file itself: --inventory FILE.")
        case .system(EACCES):
            InventoryProblem(
                message: "may not be read by this user", hint: "See `ls -l` of it and of the folders above.")
        case .system(let code):
            InventoryProblem(message: "could not be read: \(String(cString: strerror(code)))")
        case .tooLong:
            InventoryProblem(
                message: "is longer than \(mostBytes >> 20) MB and was not read", hint: "Is this an inventory?")
        }
    }

    /// The bytes as text; a byte that is not UTF-8 is told with its place.
    static func text(_ bytes: [UInt8]) throws(InventoryProblem) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var line = 1
        var column = 1
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue("\n"):
                line += 1
                column = 1
            case .scalarValue: column += 1
            case .emptyInput, .error:
                throw InventoryProblem(
                    line: line, column: column, message: "is not UTF-8 text",
                    hint: "Save the file as UTF-8; `iconv -f latin1 -t utf8` converts an old one.")
            }
        }
    }
}

extension InventoryProblem: Error {}
