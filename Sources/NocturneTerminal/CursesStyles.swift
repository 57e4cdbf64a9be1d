// SPDX-License-Identifier: Apache-2.0

import CNcurses

/// Styles as ncurses wants them: attribute bits, and the number of a colour pair that has to be set up first.
///
/// Pairs are made as styles appear and kept. A terminal has at least 64; when they run out, all are given back and the
/// next frame begins anew.
struct CursesStyles {
    struct Look: Hashable {
        var attributes: attr_t
        var pair: Int32
    }

    private struct Pair: Hashable {
        var foreground: Int32
        var background: Int32
    }

    private let tier: ColorTier
    private let colors: Int32
    private let pairLimit: Int32
    private var looks: [Style: Look] = [:]
    private var pairs: [Pair: Int32] = [Pair(foreground: -1, background: -1): 0]
    /// Pairs were given back: what stands on the screen has the wrong colours and must be drawn again.
    private(set) var overflowed = false

    /// Call after `start_color`, for the tier that was agreed on.
    init(tier: ColorTier) {
        self.tier = tier
        colors = nc_colors()
        pairLimit = nc_color_pairs()
    }

    mutating func look(_ style: Style) -> Look {
        if let known = looks[style] { return known }
        var attributes: attr_t = 0
        if style.bold { attributes |= nc_a_bold() }
        if style.dim { attributes |= nc_a_dim() }
        if style.underline { attributes |= nc_a_underline() }
        if style.reverse { attributes |= nc_a_reverse() }
        var pair = Pair(foreground: -1, background: -1)
        if let color = style.foreground?.reduced(to: tier) {
            pair.foreground = number(color)
            // Eight colours: the bright ones are the bold ones.
            if case .indexed(let index) = color, index >= 8, index < 16, colors < 16 { attributes |= nc_a_bold() }
        }
        if let color = style.background?.reduced(to: tier) { pair.background = number(color) }
        let look = Look(attributes: attributes, pair: allocate(pair))
        looks[style] = look
        return look
    }

    mutating func clearOverflow() { overflowed = false }

    private func number(_ color: Color) -> Int32 {
        switch color {
        case .indexed(let index) where tier == .direct:
            // A direct terminal keeps numbers 0…7 for the named colours; every other number is a colour itself.
            return index < 8 ? Int32(index) : direct(color)
        case .indexed(let index): return index >= 8 && colors < 16 ? Int32(index) - 8 : Int32(index)
        case .rgb: return direct(color)
        }
    }

    private func direct(_ color: Color) -> Int32 {
        let (red, green, blue) = color.components
        return max(8, Int32(red) << 16 | Int32(green) << 8 | Int32(blue))
    }

    private mutating func allocate(_ pair: Pair) -> Int32 {
        if let known = pairs[pair] { return known }
        if pairs.count >= Int(pairLimit) {
            reset_color_pairs()
            pairs = [Pair(foreground: -1, background: -1): 0]
            looks = [:]
            overflowed = true
        }
        let number = Int32(pairs.count)
        guard init_extended_pair(number, pair.foreground, pair.background) == OK else { return 0 }
        pairs[pair] = number
        return number
    }
}
