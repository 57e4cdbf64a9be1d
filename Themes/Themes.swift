// SPDX-License-Identifier: Apache-2.0

/// The theme files of this folder, built into the program so that there is no path to lose on another machine.
public enum Themes {
    /// In the order they are offered in; the first is used when none is asked for.
    public static let all: [(name: String, text: String)] = [
        ("default", String(decoding: PackageResources.default_theme, as: UTF8.self)),
        ("high-contrast", String(decoding: PackageResources.high_contrast_theme, as: UTF8.self)),
        ("colour-blind", String(decoding: PackageResources.colour_blind_theme, as: UTF8.self)),
    ]
}
