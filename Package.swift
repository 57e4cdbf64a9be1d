// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// Walls between targets are kept twice: by the dependency lists below, which the compiler enforces, and by
// `.ci/walls`, which reads the imports themselves. ARCHITECTURE.md says why each dependency is here.

// Warnings are errors where we work (`make test`, CI) and stay warnings for somebody who builds with a newer compiler.
let strict: [SwiftSetting] =
    Context.environment["NOCTURNE_STRICT"] == "1" ? [.treatAllWarnings(as: .error)] : []

let package = Package(
    name: "nocturne",
    products: [
        .executable(name: "nocturne", targets: ["nocturne"]),
        .executable(name: "nocturne-wall", targets: ["nocturne-wall"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "CNcurses"),
        .systemLibrary(name: "CLibSSH2"),
        .systemLibrary(name: "CCrypto"),
        .systemLibrary(name: "CLinux"),

        .target(name: "NocturneModel"),
        .target(
            name: "NocturneInventory",
            dependencies: ["NocturneModel", .product(name: "Yams", package: "Yams")]),
        .target(name: "NocturneTerminal", dependencies: ["CNcurses", "CLinux"]),
        .target(
            name: "Themes", path: "Themes",
            resources: [
                .embedInCode("default.theme"), .embedInCode("high-contrast.theme"), .embedInCode("colour-blind.theme"),
            ]),
        .target(name: "NocturneTheme", dependencies: ["NocturneTerminal", "Themes"]),
        .target(name: "NocturneDemo", resources: [.embedInCode("demo.lz4")]),
        .target(name: "NocturneParsers", dependencies: ["NocturneModel"]),
        .target(
            name: "NocturneTransport",
            dependencies: ["NocturneModel", "CLibSSH2", "CCrypto", "CLinux"]),
        .target(name: "NocturneProbes", dependencies: ["NocturneModel", "NocturneTransport"]),
        .target(
            name: "NocturneDrivers",
            dependencies: ["NocturneModel", "NocturneParsers", "NocturneTransport", "NocturneProbes"]),
        .target(name: "NocturneChange", dependencies: ["NocturneModel"]),
        .target(name: "NocturneTransportWrite", dependencies: ["NocturneModel", "NocturneTransport"]),
        .target(
            name: "NocturneDriversWrite",
            dependencies: [
                "NocturneModel", "NocturneParsers", "NocturneTransport", "NocturneTransportWrite", "NocturneDrivers",
                "NocturneChange", "CCrypto",
            ]),
        .target(
            name: "NocturneJournal",
            dependencies: ["NocturneModel", "CCrypto", .product(name: "GRDB", package: "GRDB.swift")]),
        .target(name: "NocturneEngine", dependencies: ["NocturneModel", "NocturneDrivers", "NocturneJournal"]),
        .target(name: "NocturneReport", dependencies: ["NocturneModel", "NocturneTerminal", "NocturneParsers"]),
        .target(
            name: "NocturneScreens",
            dependencies: ["NocturneModel", "NocturneTerminal", "NocturneTheme", "NocturneReport"]),
        .target(
            name: "NocturneConsole",
            dependencies: [
                "NocturneModel", "NocturneTerminal", "NocturneTheme", "NocturneReport", "NocturneScreens",
            ]),
        .target(
            name: "NocturneWiring",
            dependencies: [
                "NocturneModel", "NocturneInventory", "NocturneTransport", "NocturneDrivers", "NocturneJournal",
                "NocturneEngine", "NocturneTerminal", "NocturneTheme", "NocturneReport", "NocturneScreens",
            ]),
        .target(
            name: "NocturneOperations",
            dependencies: [
                "NocturneModel", "NocturneTransport", "NocturneDrivers", "NocturneChange", "NocturneDriversWrite",
                "NocturneJournal", "NocturneEngine", "NocturneConsole", "NocturneWiring",
            ]),
        .executableTarget(
            name: "nocturne",
            dependencies: [
                "NocturneModel", "NocturneInventory", "NocturneParsers", "NocturneDrivers", "NocturneJournal",
                "NocturneEngine", "NocturneTerminal", "NocturneTheme", "NocturneReport", "NocturneScreens",
                "NocturneConsole", "NocturneWiring", "NocturneTransport", "NocturneDemo", "NocturneOperations",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(
            name: "nocturne-wall",
            dependencies: [
                "NocturneModel", "NocturneInventory", "NocturneEngine", "NocturneTerminal", "NocturneTheme",
                "NocturneReport", "NocturneScreens", "NocturneWiring",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        // Takes a terminal and crashes on request; the tests of the terminal watch it from outside.
        .executableTarget(
            name: "terminal-probe", dependencies: ["NocturneTerminal"], path: "Tests/terminal-probe"),
    ]
        + [
            "Model", "Inventory", "Terminal", "Theme", "Parsers", "Transport", "Drivers", "Journal", "Engine", "Report",
            "Screens", "Console", "Probes", "Change", "DriversWrite", "Operations", "Wiring",
        ].map {
            .testTarget(
                name: "Nocturne\($0)Tests", dependencies: [.byName(name: "Nocturne\($0)")],
                exclude: $0 == "Screens" ? ["Golden"] : [])
        }
        + [
            .testTarget(
                name: "NocturneDemoTests", dependencies: ["NocturneDemo", "NocturneJournal", "NocturneModel"])
        ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + strict
}
