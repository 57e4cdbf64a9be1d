// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import NocturneConsole
import NocturneModel
import NocturneReport
import NocturneScreens
import NocturneTerminal
import NocturneTheme

/// `nocturne screen`: one frame of one screen without a terminal, as text or as a picture.
struct ScreenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "screen", abstract: "One frame of one screen, as text or SVG; needs no terminal.")

    enum Name: String, ExpressibleByArgument, CaseIterable {
        case overview, peers, anycast, guests, timeline, changes, devices, wall
    }
    /// Where the console would be; the wall is drawn by itself.
    private var place: Place {
        switch name {
        case .overview, .wall: .overview
        case .peers: .peers
        case .anycast: .anycast
        case .guests: .guests
        case .timeline: .timeline
        case .changes: .changes
        case .devices: .devices
        }
    }

    enum Picture: String, ExpressibleByArgument, CaseIterable { case text, svg }

    @Argument(help: "overview, peers, anycast, guests, timeline, changes, devices or wall.")
    var name: Name

    @Option(help: "Columns x rows.")
    var size = FrameSize(size: Size(rows: 24, columns: 80))

    @Option(help: "mono, 16, 256 or true.")
    var tier = ColorTier.indexed

    @Option(help: "text or svg.")
    var format = Picture.text

    @OptionGroup var common: CommonOptions
    @OptionGroup var replay: ReplayOption

    func run() throws {
        let theme = try common.readTheme()
        let look = try Look.take(common, replay: replay, asJSON: false)
        let context = DrawContext(
            size: size.size, tier: common.noColor ? .mono : tier, glyphs: Glyphs(unicode: !common.ascii), theme: theme,
            now: look.now, hints: ActionRegistry.hints(in: place.kind, replaying: look.recording != nil),
            replay: look.recording)
        let frame =
            switch name {
            case .wall: WallScreen.draw(look.snapshot, context)
            default: Screens.draw(look.snapshot, ViewState(place), context)
            }
        switch format {
        // Without the bytes of a colour: a text that can be kept beside another and compared.
        case .text: try Output.print(frame.text)
        case .svg: try Output.print(SVG.render(frame: frame, title: "nocturne \(name.rawValue)"))
        }
    }
}

/// `80x24` on the command line.
struct FrameSize: ExpressibleByArgument {
    var size: Size

    init(size: Size) { self.size = size }

    init?(argument: String) {
        let parts = argument.split(separator: "x").compactMap { Int($0) }
        guard parts.count == 2, (1...1000).contains(parts[0]), (1...1000).contains(parts[1]) else { return nil }
        size = Size(rows: parts[1], columns: parts[0])
    }

    var defaultValueDescription: String { "\(size.columns)x\(size.rows)" }
}

extension ColorTier: ExpressibleByArgument {}
