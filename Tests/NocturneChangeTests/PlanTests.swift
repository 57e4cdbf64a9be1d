// SPDX-License-Identifier: Apache-2.0

import NocturneChange
import NocturneModel
import Testing

struct PlanTests {
    private func text(_ plan: Plan) -> [String] {
        plan.diff.map { line in
            switch line.kind {
            case .same: "  " + line.text
            case .removed: "- " + line.text
            case .added: "+ " + line.text
            case .skipped: "… " + line.text
            }
        }
    }

    @Test func threeLinesOfContextAndTheRestIsCounted() {
        let before = (1...20).map { "line \($0)\n" }.joined()
        let plan = Plan(before: before, after: before.replacing("line 10\n", with: "line ten\nline ten and a half\n"))
        #expect(
            text(plan) == [
                "… 6 lines", "  line 7", "  line 8", "  line 9", "- line 10", "+ line ten", "+ line ten and a half",
                "  line 11", "  line 12", "  line 13", "… 7 lines",
            ])
        #expect(plan.summary == "+2 -1")
        #expect(!plan.changesNothing)
    }

    @Test func changesAtBothEnds() {
        let plan = Plan(before: "a\nb\nc\n", after: "x\nb\nc\nd\n")
        #expect(text(plan) == ["- a", "+ x", "  b", "  c", "+ d"])
    }

    @Test(arguments: [("", ""), ("a\n", "a\n")]) func alike(_ before: String, _ after: String) {
        let plan = Plan(before: before, after: after)
        #expect(plan.changesNothing)
        #expect(plan.diff.isEmpty)
    }

    @Test func aMissingLastNewlineIsAChangeWithoutADifferentLine() {
        let plan = Plan(before: "a\n", after: "a")
        #expect(!plan.changesNothing)
        #expect(plan.diff.isEmpty)
    }

    /// Whatever the two are, the removed and the same lines are the old text, the added and the same the new one.
    @Test func theDifferenceLeadsFromOneToTheOther() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            func lines() -> [String] {
                (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                    ["a", "b", "c"].randomElement(using: &generator) ?? "a"
                }
            }
            let (old, new) = (lines(), lines())
            let plan = Plan(before: old.map { $0 + "\n" }.joined(), after: new.map { $0 + "\n" }.joined())
            guard !plan.diff.isEmpty, !plan.diff.contains(where: { $0.kind == .skipped }) else { continue }
            #expect(plan.diff.filter { $0.kind != .added }.map(\.text) == old)
            #expect(plan.diff.filter { $0.kind != .removed }.map(\.text) == new)
        }
    }

    @Test func keysAreNotShown() {
        let before = "protocol bgp a {\n  password \"hunter2\"; # and secret 'x'\n  local as 1;\n}\n"
        let plan = Plan(before: before, after: before.replacing("hunter2", with: "hunter3"))
        #expect(plan.added == 1 && plan.removed == 1)
        let text = plan.diff.map(\.text).joined(separator: "\n")
        #expect(!text.contains("hunter") && !text.contains("'x'"))
        #expect(text.contains("  password \"…\"; # and secret '…'"))
        #expect(Plan(before: "", after: "PASSWORD\t\"open").diff.map(\.text) == ["PASSWORD\t\"…\""])
        #expect(
            Plan(before: "", after: "# the password is told by phone").diff.map(\.text) == [
                "# the password is told by phone"
            ])
    }

    @Test func nothingInItMovesACursor() {
        let plan = Plan(before: "", after: "# \u{1B}[2Jgone\u{07}")
        #expect(plan.diff.allSatisfy { line in line.text.unicodeScalars.allSatisfy { $0.value >= 0x20 } })
    }
}
