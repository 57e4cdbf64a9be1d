// SPDX-License-Identifier: Apache-2.0

import Foundation
import NocturneModel
import NocturneParsers

/// Parses `text` as BIRD's, failing the test by a nil.
func parsed(_ query: Query, _ text: String) -> Parsed? {
    guard case .parsed(let parsed) = outcome(query, text) else { return nil }
    return parsed
}

func outcome(_ query: Query, _ text: String) -> ParseOutcome {
    ParserEntry.parse(platform: .bird, query: query, text: ScrubbedText(scrubbing: text))
}

func peers(_ text: String) -> [Peer]? {
    guard case .peers(let rows)? = parsed(.bgpPeers, text)?.rows else { return nil }
    return rows
}

func routes(_ text: String) -> [Route]? {
    guard case .routes(let rows)? = parsed(.routes, text)?.rows else { return nil }
    return rows
}

/// The captures that may lie beside the checkout: `shared/captures` in some folder above it.
enum Captures {
    static func bird(_ name: String) -> String? { file("bird/\(name)") }

    static func file(_ name: String) -> String? {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let file = folder.appendingPathComponent("shared/captures/\(name)")
            if let text = try? String(contentsOf: file, encoding: .utf8) { return text }
        }
        print("captures are not here: \(name) is skipped")
        return nil
    }
}
