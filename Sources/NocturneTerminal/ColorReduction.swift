// SPDX-License-Identifier: Apache-2.0

/// What a colour becomes where fewer are to be had.
///
/// Themes write every tier by hand, so this is for the exceptions: a frame made for one tier and shown on another.
extension Color {
    /// Red, green and blue.
    ///
    /// 16…255 are fixed in every terminal that has them: a cube of 6×6×6 and 24 greys. 0…15 are the user's to choose;
    /// these are xterm's.
    public var components: (red: UInt8, green: UInt8, blue: UInt8) {
        switch self {
        case .rgb(let red, let green, let blue): return (red, green, blue)
        case .indexed(let index) where index < 16:
            return Self.named[Int(index)]
        case .indexed(let index) where index < 232:
            let cube = Int(index) - 16
            return (Self.steps[cube / 36], Self.steps[cube / 6 % 6], Self.steps[cube % 6])
        case .indexed(let index):
            let grey = 8 + (index - 232) * 10
            return (grey, grey, grey)
        }
    }

    /// The colour itself where the tier has it, else the nearest the tier has; nil where it has none.
    public func reduced(to tier: ColorTier) -> Color? {
        switch (tier, self) {
        case (.mono, _): nil
        case (.direct, _), (.indexed, .indexed), (.sixteen, .indexed(..<16)): self
        // The user's own sixteen are left out: nobody knows what they look like.
        case (.indexed, .rgb): nearest(in: 16...255)
        case (.sixteen, _): nearest(in: 0...15)
        }
    }

    private func nearest(in indices: ClosedRange<UInt8>) -> Color {
        let wanted = components
        var best = (index: indices.lowerBound, distance: Int.max)
        for index in indices {
            let have = Color.indexed(index).components
            let red = Int(wanted.red) - Int(have.red)
            let green = Int(wanted.green) - Int(have.green)
            let blue = Int(wanted.blue) - Int(have.blue)
            // Weights near the eye's: green counts most.
            let distance = 3 * red * red + 4 * green * green + 2 * blue * blue
            if distance < best.distance { best = (index, distance) }
        }
        return .indexed(best.index)
    }

    private static let steps: [UInt8] = [0, 95, 135, 175, 215, 255]

    private static let named: [(red: UInt8, green: UInt8, blue: UInt8)] = [
        (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
        (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
        (255, 255, 255),
    ]
}
