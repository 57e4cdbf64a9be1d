// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// What we ourselves find about a plan before anything is sent; the device's own dry run comes on top.
///
/// A blocking finding refuses the session. A warning is shown beside the question, and the answer stays a person's.
public struct Checks: Sendable {
    public var plan: Plan
    public var session: String
    public var device: DeviceName
    public var confirmWithinSeconds: Int
    public var holdSeconds: Int
    /// Sessions of this console that are open, this one apart.
    public var open: [ChangeState]

    public init(
        plan: Plan, session: String, device: DeviceName, confirmWithinSeconds: Int, holdSeconds: Int,
        open: [ChangeState] = []
    ) {
        self.plan = plan
        self.session = session
        self.device = device
        self.confirmWithinSeconds = confirmWithinSeconds
        self.holdSeconds = holdSeconds
        self.open = open
    }

    public func findings(_ snapshot: Snapshot, at now: UTC) -> [ChangeState.Finding] {
        planFindings(snapshot) + timing + own(snapshot, at: now) + partners(snapshot, at: now)
    }

    private func planFindings(_ snapshot: Snapshot) -> [ChangeState.Finding] {
        if plan.changesNothing { return [.init(.blocking, "the plan is what is there already: nothing to do")] }
        var findings: [ChangeState.Finding] = []
        let (before, after) = (plan.before.utf8.count, plan.after.utf8.count)
        if plan.after.allSatisfy(\.isWhitespace) {
            findings.append(.init(.blocking, "the plan is empty"))
        } else if after * 5 < before {
            findings.append(
                .init(.blocking, "the plan has \(after) bytes and the file there \(before): that looks cut short"))
        }
        let (old, new) = (Self.routerIDs(plan.before), Self.routerIDs(plan.after))
        if old != new {
            let sessions = snapshot[device]?.peers?.value.count ?? 0
            findings.append(.init(.warning, "touches router id: all \(sessions) sessions on \(device) reset"))
        }
        return findings
    }

    /// The statements that set it, in whatever protocol, without their white space and comments.
    private static func routerIDs(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let code = line.prefix { $0 != "#" }
            let words = code.split { $0 == " " || $0 == "\t" || $0 == "\r" }
            guard
                let at = words.indices.first(where: { words[$0] == "router" && words.dropFirst($0 + 1).first == "id" })
            else { return nil }
            return words[at...].joined(separator: " ")
        }
    }

    private var timing: [ChangeState.Finding] {
        guard confirmWithinSeconds < holdSeconds + 60 else { return [] }
        return [
            .init(
                .blocking,
                "\(confirmWithinSeconds) s to confirm are too few: the gate is held for \(holdSeconds) s, and a minute "
                    + "more is needed for the rest")
        ]
    }

    private func own(_ snapshot: Snapshot, at now: UTC) -> [ChangeState.Finding] {
        guard let state = snapshot[device] else { return [.init(.blocking, "\(device) is not in the inventory")] }
        var findings: [ChangeState.Finding] = []
        if state.isDark(at: now) {
            findings.append(.init(.blocking, "\(device) is dark: what a change does to it could not be seen"))
        } else {
            let peers = state.peers?.value ?? []
            let established = peers.count { $0.state == .established }
            findings.append(
                .init(established > 0 ? .good : .warning, "\(established) of \(peers.count) sessions established"))
        }
        for held in state.guards?.value ?? [] where held.isOpen && held.session != session {
            findings.append(
                .init(.blocking, "session \(held.session) by \(held.by) is open on \(device): roll it back first (R)"))
        }
        for change in open where change.device == device {
            findings.append(.init(.blocking, "session \(change.id) is open on \(device)"))
        }
        if snapshot.protected {
            findings.append(.init(.warning, "\(snapshot.site) is a protected site"))
        }
        return findings
    }

    /// The others of the same group: whatever this change breaks, they carry.
    private func partners(_ snapshot: Snapshot, at now: UTC) -> [ChangeState.Finding] {
        guard let group = snapshot[device]?.group else { return [] }
        return snapshot.devices.filter { $0.group == group && $0.name != device }.map { partner in
            let name = partner.name
            if let held = partner.guards?.value.first(where: \.isOpen) {
                return .init(.blocking, "partner \(name) has an open change: session \(held.session) by \(held.by)")
            }
            if let change = open.first(where: { $0.device == name }) {
                return .init(.blocking, "partner \(name) has an open change: session \(change.id)")
            }
            if partner.isDark(at: now) { return .init(.warning, "partner \(name) is dark") }
            let down = (partner.peers?.value ?? []).filter { $0.health == .down }
            if !down.isEmpty {
                return .init(.warning, "partner \(name) has \(down.count) sessions down: \(down[0].name)")
            }
            return .init(.good, "partner \(name) healthy, no open change")
        }
    }
}
