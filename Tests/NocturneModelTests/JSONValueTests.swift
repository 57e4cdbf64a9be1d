// SPDX-License-Identifier: Apache-2.0

import Foundation
import NocturneModel
import Testing

@Suite struct JSONValueTests {
    @Test func keepsOrderAndNull() {
        let value = JSONValue.object([
            ("z", .int(1)), ("a", .null), ("m", .array([.bool(true), .double(2.5), .double(2)])), ("e", .object([])),
        ])
        #expect(value.text == #"{"z":1,"a":null,"m":[true,2.5,2],"e":{}}"#)
        #expect(value["z"] == .int(1) && value["q"] == nil && JSONValue.null["z"] == nil)
    }

    @Test func oneEntryOnALine() {
        #expect(JSONValue.array([.int(1), .int(2)]).lines == "[\n1,\n2\n]")
        #expect(JSONValue.array([]).lines == "[]")
    }

    @Test func everyScalarSurvivesAnotherParser() throws {
        var scalars = String.UnicodeScalarView()
        for value in 0...0x3000 { if let scalar = Unicode.Scalar(UInt32(value)) { scalars.append(scalar) } }
        scalars.append(contentsOf: "\u{D7FF}\u{E000}\u{FFFF}\u{1F600}\u{10FFFF}".unicodeScalars)
        let text = JSONValue.object([("k", .string(String(scalars)))]).text
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
        let parsed = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String])
        #expect(Array((parsed["k"] ?? "").unicodeScalars) == Array(scalars))
    }

    @Test func numbersThatJSONDoesNotHaveAreNull() {
        #expect(
            JSONValue.array([.double(.infinity), .double(.nan), .double(1e300), .double(-0.5)]).text
                == "[null,null,1e+300,-0.5]")
        #expect(JSONValue(2.06, decimals: 1) == .double(2.1))
        #expect(JSONValue(nil as Double?, decimals: 1) == .null)
    }
}
