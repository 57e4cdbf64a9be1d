// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// What stands behind `:change`: `DEVICE [FILE] [--confirm-within 300s] [--hold 180s]`.
///
/// Durations are whole seconds or minutes: `300`, `300s`, `5m`.
enum ChangeLine {
    struct Problem: Error, Hashable { var sentence: String }

    /// `device` stands in where none is named.
    static func parse(_ line: String, device: DeviceName?) -> Result<ChangeRequest, Problem> {
        var words = line.split(separator: " ").map(String.init)[...]
        var plain: [String] = []
        var seconds: [String: Int] = [:]
        while let word = words.popFirst() {
            guard word.hasPrefix("--") else {
                plain.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard ["--confirm-within", "--hold"].contains(parts[0]) else {
                return .failure(Problem(sentence: "no option \(parts[0]); there are --confirm-within and --hold"))
            }
            guard let value = parts.count > 1 ? parts[1] : words.popFirst() else {
                return .failure(Problem(sentence: "\(parts[0]) needs a duration, such as 300s or 5m"))
            }
            guard let read = Self.seconds(value) else {
                return .failure(Problem(sentence: "\"\(value)\" is no duration; 300s and 5m are"))
            }
            seconds[parts[0]] = read
        }
        guard plain.count <= 2 else {
            return .failure(Problem(sentence: "\"\(plain[2])\" is one word too many; it takes a device and a file"))
        }
        guard let name = plain.first.map({ DeviceName($0) }) ?? device else {
            return .failure(Problem(sentence: "which device? :change DEVICE names one"))
        }
        var request = ChangeRequest(device: name, file: plain.count > 1 ? plain[1] : nil)
        if let within = seconds["--confirm-within"] { request.confirmWithinSeconds = within }
        if let hold = seconds["--hold"] { request.holdSeconds = hold }
        return .success(request)
    }

    private static func seconds(_ text: String) -> Int? {
        let unit = text.hasSuffix("m") ? 60 : 1
        let digits = text.hasSuffix("m") || text.hasSuffix("s") ? text.dropLast() : text[...]
        guard digits.allSatisfy(\.isNumber), let number = Int(digits), (1...86_400).contains(number * unit) else {
            return nil
        }
        return number * unit
    }
}
