// swift-tools-version:6.1
import PackageDescription

// One settings list for every Swift target. CI adds -warnings-as-errors on the command line, so that a newer
// compiler's new warning does not break an operator's build.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

// What Debian builds its own packages with; `make hardening-check` looks for it in the release binary. This file runs on
// the machine that builds, which `make arm64` does for another.
#if arch(x86_64)
  let builder = "x86_64"
#else
  let builder = "aarch64"
#endif
let isForX86 = (Context.environment["DEVICEPOOL_ARCHITECTURE"] ?? builder) == "x86_64"
let branchProtection = [isForX86 ? "-fcf-protection" : "-mbranch-protection=standard"]
let hardened: [CSetting] = [
  .define("_FORTIFY_SOURCE", to: "2", .when(configuration: .release)),
  .unsafeFlags(
    ["-fstack-protector-strong", "-fstack-clash-protection", "-Wformat", "-Werror=format-security"] + branchProtection),
]
let hardenedLink: [LinkerSetting] = [
  .unsafeFlags(
    [
      "-Xlinker", "-z", "-Xlinker", "relro", "-Xlinker", "-z", "-Xlinker", "now", "-Xlinker", "-z", "-Xlinker",
      "noexecstack",
    ],
    .when(configuration: .release))
]

// A release links archives (see images/static-grpc-options), Swift's too: it must not also name gRPC's shared objects, nor have
// pkg-config put the directory of shared objects first.
let staticGRPC = Context.environment["DEVICEPOOL_STATIC_GRPC"] == "1"
let grpcLibraries: [LinkerSetting] =
  staticGRPC
  ? [] : [.linkedLibrary("grpc_unsecure"), .linkedLibrary("gpr"), .linkedLibrary("absl_synchronization")]

// `make release` says which commit it builds, and of which day: HASH DATE. One small file is compiled anew for it.
let commit = (Context.environment["DEVICEPOOL_COMMIT"] ?? "").split(separator: " ").map(String.init)
let origin: [CSetting] =
  commit.count == 2
  ? [.define("DEVICEPOOL_COMMIT", to: commit[0]), .define("DEVICEPOOL_COMMIT_DATE", to: commit[1])] : []

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/Unit/\(name)", swiftSettings: strict)
}

/// `make fuzz` alone builds the fuzzers: libFuzzer comes with the compiler, and its code has to be instrumented.
let isFuzzing = Context.environment["DEVICEPOOL_FUZZ"] == "1"
let fuzzers: [Target] = [
  .target(name: "CFuzzDriver", path: "Tests/Suites/Fuzzing/Driver"),
  .executableTarget(
    name: "devicepool-fuzz", dependencies: ["FuzzTargets", "CFuzzDriver"], path: "Tests/Suites/Fuzzing/Program",
    swiftSettings: strict,
    linkerSettings: [.unsafeFlags([Context.environment["DEVICEPOOL_LIBFUZZER"] ?? ""]), .linkedLibrary("stdc++")]),
]

/// With a type of their own: Swift 6.2 gives up on the types of one long expression.
let targets: [Target] = [
  // One C library per module; each has exactly one importer (RepositoryTests hold this).
  .target(name: "CGRPC", cSettings: hardened, linkerSettings: grpcLibraries),
  .target(name: "CPCI", cSettings: hardened, linkerSettings: [.linkedLibrary("pci")]),
  .target(
    name: "CKubeletAPI", exclude: ["proto", "generate.sh", "SHA256SUMS"], cSettings: hardened,
    linkerSettings: [.linkedLibrary("protobuf-c")]),
  .systemLibrary(
    name: "CNetlink", pkgConfig: staticGRPC ? nil : "libnl-genl-3.0", providers: [.apt(["libnl-genl-3-dev"])]),
  .systemLibrary(name: "CYAML", pkgConfig: staticGRPC ? nil : "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
  .target(name: "CLinux", cSettings: hardened),
  .target(name: "CVersion", cSettings: hardened + origin),

  .target(
    name: "CAPIClient", cSettings: hardened,
    linkerSettings: [
      .linkedLibrary("event_extra"), .linkedLibrary("event_openssl"), .linkedLibrary("event_core"),
      .linkedLibrary("ssl"), .linkedLibrary("crypto"),
    ]),

  module("JSONText", []),
  module("ConfigMapText", ["CYAML", "JSONText"]),
  module("HostInventory", ["CPCI", "Linux"]),
  module("ResourcePools", ["HostInventory", "JSONText"]),
  module(
    "DRAFrontEnd",
    [
      "Effects", "KubeletState", "HelperProtocol", "HostInventory", "ResourcePools", "KubeletAPI", "GRPC", "Linux",
      "JSONText", .product(name: "Logging", package: "swift-log"),
    ]),
  module("HelperProtocol", ["JSONText"]),
  module("KubernetesAPI", ["CAPIClient", "JSONText", "Linux"]),
  module("SlicePublisher", ["KubernetesAPI", "JSONText"]),
  module("KubeletAPI", ["CKubeletAPI"]),
  module("Linux", ["CLinux", .product(name: "SystemPackage", package: "swift-system")]),
  module("GRPC", ["CGRPC", "Linux"]),
  module("Netlink", ["CNetlink", "Linux"]),
  module("KubeletState", ["GRPC", "KubeletAPI", "ResourcePools", "HostInventory", "JSONText", "Linux"]),
  module(
    "Observability",
    ["CVersion", "Linux", "ResourcePools", "JSONText", .product(name: "Logging", package: "swift-log")]),
  module(
    "Effects",
    ["HostInventory", "ResourcePools", "JSONText", "Linux", .product(name: "Logging", package: "swift-log")]),
  module(
    "UnifiedBus",
    [
      "KubeletState", "Observability", "HostInventory", "ResourcePools", "KubeletAPI", "GRPC", "Netlink", "JSONText",
      "Linux", .product(name: "Logging", package: "swift-log"),
    ]),
  module("NodeReport", ["HostInventory", "ResourcePools", "KubeletAPI", "JSONText"]),
  module("KubeletSimulator", ["GRPC", "KubeletAPI", "HelperProtocol", "JSONText", "Linux"]),
  module(
    "DevicePluginFrontEnd",
    [
      "Effects", "KubeletState", "Observability", "UnifiedBus", "HostInventory", "ResourcePools", "KubeletAPI", "GRPC",
      "Linux", .product(name: "Logging", package: "swift-log"),
    ]),
  module(
    "Agent",
    [
      "DevicePluginFrontEnd", "DRAFrontEnd", "HelperProtocol", "Effects", "KubeletState", "NodeReport",
      "Observability", "UnifiedBus", "HostInventory", "ResourcePools", "KubeletAPI", "GRPC", "Linux", "Netlink",
      "JSONText", "ConfigMapText",
      .product(name: "Logging", package: "swift-log"),
    ]),
  .executableTarget(
    name: "devicepool",
    dependencies: [
      "Agent", "DevicePluginFrontEnd", "DRAFrontEnd", "KubeletState", "Observability", "KubeletSimulator", "NodeReport",
      "HostInventory", "ResourcePools", "JSONText", "GRPC", "Linux", "KubeletAPI",
      .product(name: "Logging", package: "swift-log"),
    ],
    swiftSettings: strict, linkerSettings: hardenedLink),

  .executableTarget(
    name: "devicepool-api", dependencies: ["SlicePublisher", "KubernetesAPI", "HelperProtocol", "JSONText", "Linux"],
    swiftSettings: strict, linkerSettings: hardenedLink),

  .executableTarget(
    name: "devicepool-bench", dependencies: ["KubeletAPI", "JSONText"], path: "Tests/Suites/Benchmarks/Program",
    swiftSettings: strict),

  .target(
    name: "FuzzTargets",
    dependencies: [
      "Agent", "DRAFrontEnd", "Effects", "HelperProtocol", "KubeletState", "ResourcePools", "HostInventory",
      "KubeletAPI", "Netlink", "UnifiedBus", "ConfigMapText", "JSONText", "Linux",
    ],
    path: "Tests/Suites/Fuzzing/Targets", swiftSettings: strict),
  .target(
    name: "TestSupport", dependencies: ["HostInventory", "JSONText", "GRPC", "KubeletAPI"], path: "Tests/Support",
    swiftSettings: strict),
  tests("JSONTextTests", ["JSONText"]),
  tests("ConfigMapTextTests", ["ConfigMapText", "JSONText"]),
  tests("HostInventoryTests", ["HostInventory"]),
  tests("ResourcePoolsTests", ["ResourcePools", "HostInventory", "JSONText", "KubeletAPI"]),
  tests("HelperProtocolTests", ["HelperProtocol", "JSONText"]),
  tests("SlicePublisherTests", ["SlicePublisher", "JSONText"]),
  tests(
    "DRAFrontEndTests",
    [
      "DRAFrontEnd", "HelperProtocol", "KubeletSimulator", "Effects", "KubeletState", "ResourcePools", "HostInventory",
      "KubeletAPI", "GRPC", "Linux", "JSONText", .product(name: "Logging", package: "swift-log"),
    ]),
  tests("KubeletAPITests", ["KubeletAPI"]),
  tests("ObservabilityTests", ["Observability", "ResourcePools"]),
  tests("LinuxTests", ["Linux"]),
  tests("GRPCTests", ["GRPC", "Linux"]),
  tests("NetlinkTests", ["Netlink", "Linux"]),
  tests("NodeReportTests", ["NodeReport", "ResourcePools", "HostInventory", "KubeletAPI"]),
  tests("KubeletSimulatorTests", ["KubeletSimulator", "GRPC", "KubeletAPI"]),
  tests("KubeletStateTests", ["KubeletState", "GRPC", "KubeletAPI"]),
  tests("UnifiedBusTests", ["UnifiedBus", "KubeletState", "GRPC", "KubeletAPI", "JSONText"]),
  tests(
    "PluginTests",
    [
      "Agent", "DevicePluginFrontEnd", "DRAFrontEnd", "Effects", "KubeletState", "Observability", "UnifiedBus",
      "KubeletSimulator", "HostInventory", "ResourcePools", "KubeletAPI", "GRPC", "Linux", "Netlink", "JSONText",
    ]),
  tests(
    "RepositoryTests",
    ["Agent", "Observability", "ResourcePools", "HostInventory", "JSONText", "KubeletAPI", "ConfigMapText"]),
  .testTarget(
    name: "FuzzingTests", dependencies: ["FuzzTargets"], path: "Tests/Suites/Fuzzing/Tests", swiftSettings: strict),
]

let package = Package(
  name: "devicepool",
  products: [
    .executable(name: "devicepool", targets: ["devicepool"]),
    .executable(name: "devicepool-api", targets: ["devicepool-api"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
  ],
  targets: isFuzzing ? targets + fuzzers : targets
)
