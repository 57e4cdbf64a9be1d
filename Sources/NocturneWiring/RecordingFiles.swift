// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneModel

/// The recordings a console makes by itself: one file per run, named by site and start, the newest twenty kept.
public enum RecordingFiles {
    /// How many of one site's own recordings are kept when a new one begins.
    public static let kept = 20

    /// The name for a run that begins now; older ones beyond ``kept`` are removed.
    public static func next(site: String, at now: UTC, in folder: String = Places.recordings) -> String {
        // A site's name may hold anything; a file's must not leave its folder.
        let stem = String(site.map { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" ? $0 : "-" })
        let stamp = "\(now.date)T\(now.clock)".filter { $0 != "-" && $0 != ":" }
        let mine = names(in: folder).filter { isOne($0, of: stem) }.sorted()
        for name in mine.dropLast(kept - 1) { unlink(folder + "/" + name) }
        return "\(folder)/\(stem)-\(stamp)Z-\(getpid()).jsonl"
    }

    /// Whether a file is one this type named: nothing else is ever removed.
    static func isOne(_ name: String, of stem: String) -> Bool {
        guard name.hasPrefix(stem + "-"), name.hasSuffix(".jsonl") else { return false }
        let rest = name.dropFirst(stem.count + 1).dropLast(6).split(separator: "-")
        return rest.count == 2 && rest[0].count == 16 && rest[0].hasSuffix("Z") && rest[1].allSatisfy(\.isNumber)
            && rest[0].dropLast().allSatisfy { $0.isNumber || $0 == "T" }
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }
}
