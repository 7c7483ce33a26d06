import Foundation
import TestSupport
import Testing

/// Who may know whom, and how large a file may be.
@Suite("The house in order") struct ArrowTests {
  private static let owners = [
    "CGRPC": "GRPC", "CPCI": "HostInventory", "CKubeletAPI": "KubeletAPI", "CNetlink": "Netlink",
    "CYAML": "ConfigMapText", "CLinux": "Linux", "CAPIClient": "KubernetesAPI",
    "CVersion": "Observability", "SystemPackage": "Linux",
  ]

  @Test func eachForeignLibraryHasOneImporter() throws {
    for path in try Repository.swiftFiles(below: "Sources") {
      let module = path.split(separator: "/")[1]
      for name in try Repository.imports(of: path) {
        guard let owner = Self.owners[name] else { continue }
        #expect(module == owner, "\(path) imports \(name)")
      }
    }
  }

  @Test func poolsArePure() throws {
    let allowed: Set<String> = ["HostInventory", "JSONText"]
    for path in try Repository.swiftFiles(below: "Sources/ResourcePools") {
      for name in try Repository.imports(of: path) { #expect(allowed.contains(name), "\(path) imports \(name)") }
    }
  }

  /// It compiles, but keeps exclusive access to the target during the await, while others change it.
  @Test func noOptionalChainIsAssignedToAcrossAnAwait() throws {
    let pattern = try Regex(#"\?\.[\w.]+ [-+]?= (try[?!]? )?await "#)
    for path in try Repository.swiftFiles(below: "Sources") {
      #expect(try Repository.text(path).firstMatch(of: pattern) == nil, "\(path)")
    }
  }

  @Test func foundationStaysOutOfTheDaemon() throws {
    for path in try Repository.swiftFiles(below: "Sources") {
      for name in try Repository.imports(of: path) { #expect(!name.hasPrefix("Foundation"), "\(path) imports \(name)") }
    }
  }

  /// State that changes has an owner; modules of values have none.
  @Test func actorsLiveWhereThingsHappen() throws {
    let effectful: Set = ["Agent", "DevicePluginFrontEnd", "DRAFrontEnd", "Effects", "UnifiedBus"]
    for path in try Repository.swiftFiles(below: "Sources")
    where !effectful.contains(String(path.split(separator: "/")[1])) {
      let declares = try Repository.text(path).split(separator: "\n").contains { line in
        line.trimmingCharacters(in: .whitespaces).range(of: #"^(public )?(final )?actor "#, options: .regularExpression)
          != nil
      }
      #expect(!declares, "\(path) declares an actor")
    }
  }

  /// From the bottom up; those of one line do not know each other.
  private static let layers: [Set<String>] = [
    ["JSONText", "Linux", "KubeletAPI"],
    ["ConfigMapText", "HostInventory", "GRPC", "Netlink", "HelperProtocol", "KubernetesAPI"],
    ["ResourcePools", "KubeletSimulator", "SlicePublisher"],
    ["KubeletState", "Observability", "Effects", "NodeReport"],
    ["UnifiedBus", "DRAFrontEnd"],
    ["DevicePluginFrontEnd"],
    ["Agent"],
    ["devicepool", "devicepool-api"],
  ]

  @Test func importsGoDown() throws {
    let level = Dictionary(
      uniqueKeysWithValues: Self.layers.enumerated().flatMap { level, names in names.map { ($0, level) } })
    for path in try Repository.swiftFiles(below: "Sources") {
      let module = String(path.split(separator: "/")[1])
      let own = try #require(level[module], "\(module) is in no layer")
      for name in try Repository.imports(of: path) {
        guard let other = level[name] else { continue }
        #expect(other < own, "\(path) imports \(name)")
      }
    }
  }

  @Test(arguments: ["Sources", "Tests"])
  func filesFitInAHead(_ directory: String) throws {
    for path in try Repository.swiftFiles(below: directory) {
      let lines = try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false).count
      #expect(lines <= 401, "\(path) has \(lines) lines")
    }
  }

  /// A selector, an attachment or a device type that nobody lists would be dead.
  @Test(arguments: [
    ("Selectors", "SelectorKind"), ("Attachments", "Attachment"), ("DeviceTypes", "DeviceType"),
  ])
  func everyValueIsListed(_ directory: String, kind: String) throws {
    let lists = try Repository.swiftFiles(below: "Sources/ResourcePools/DeviceTypes").map { try Repository.text($0) }
    var found = 0
    for path in try Repository.swiftFiles(below: "Sources/ResourcePools/\(directory)") {
      let names = try Repository.text(path).matches(
        of: try Regex("static let ([a-zA-Z]+) = \(kind)(?:\\.[a-zA-Z]+)?\\(")
      )
      .compactMap { $0.output[1].substring }
      for name in names {
        found += 1
        let pattern = try Regex("[\\[ ]\\.\(name)[\\],\\n]")
        #expect(lists.contains { $0.contains(pattern) }, "\(path): .\(name) stands in no list")
      }
    }
    #expect(found >= 5)
  }
}
