/// An RDMA device and its character devices.
///
/// Corresponds to `<device>/infiniband/<name>`, `infiniband_verbs/uverbsN`, `infiniband_mad/{issm,umad}N`.
public struct RDMADevice: Sendable, Equatable {
  /// The name, e.g. `mlx5_2`.
  public let name: String
  /// The names of its nodes below `/dev/infiniband`, in the order in which containers get them: ucm, issm, umad,
  /// uverbs.
  public var characterDevices: [String]
  /// The file `ports/1/pkeys/0` without blanks; nil when the link is not InfiniBand.
  public var partitionKey: String?

  /// Creates the facts of an RDMA device.
  public init(name: String, characterDevices: [String] = [], partitionKey: String? = nil) {
    self.name = name
    self.characterDevices = characterDevices
    self.partitionKey = partitionKey
  }
}

extension RDMADevice {
  /// The RDMA devices in `infiniband` of a device, by name, with their character devices.
  static func read(
    below device: borrowing SysfsDirectory, has entries: FunctionEntries.Set, by reader: InventoryReader
  ) -> [RDMADevice] {
    let names = reader.value { () throws(HostInventoryError) in try device.names(in: "infiniband") } ?? []
    guard !names.isEmpty else { return [] }
    var nodes = CharacterDevices()
    for facet in CharacterDevices.facets {
      guard entries.contains(facet.entry), nodes.read(facet, below: device, by: reader) else {
        nodes.merge(reader.characterDevices(of: facet))
        continue
      }
    }
    return names.map { name in
      var rdma = RDMADevice(name: name)
      rdma.characterDevices = nodes.names(for: name)
      return rdma
    }
  }

  /// `ports/1/pkeys/0`; only pools of InfiniBand links ask for it.
  mutating func readPartitionKey(below device: borrowing SysfsDirectory, by reader: InventoryReader) {
    let path = "infiniband/\(name)/ports/1/pkeys/0"
    partitionKey = reader.value { () throws(HostInventoryError) in try device.text(path) }
  }
}

/// Nodes below `/dev/infiniband` by the RDMA device they belong to, which the file `ibdev` of each names.
struct CharacterDevices {
  /// A directory of character devices: below the device and, for kernels that don't put it there, as a class.
  struct Facet {
    let directory: String
    let classPath: String
    let entry: FunctionEntries.Set
  }
  static let facets = [
    Facet(directory: "infiniband_cm", classPath: HostPath.infinibandCM, entry: .cm),
    Facet(directory: "infiniband_mad", classPath: HostPath.infinibandMAD, entry: .mad),
    Facet(directory: "infiniband_verbs", classPath: HostPath.infinibandVerbs, entry: .verbs),
  ]
  private static let kinds = ["ucm", "issm", "umad", "uverbs"]

  private var byDevice: [String: [String]] = [:]

  /// False when the directory is not there.
  mutating func read(
    _ facet: Facet, below device: borrowing SysfsDirectory, by reader: InventoryReader
  ) -> Bool {
    let found = reader.value { () throws(HostInventoryError) in
      guard let directory = try device.directoryIfPresent(facet.directory) else { return nil as [(String, String)]? }
      return try Self.owners(in: directory)
    }
    guard let found else { return false }
    for (node, owner) in found { byDevice[owner, default: []].append(node) }
    return true
  }

  /// The whole class, when there is one.
  mutating func read(classOf facet: Facet, in root: HostRoot, by reader: InventoryReader) {
    guard root.exists(facet.classPath) else { return }
    let found = reader.value { () throws(HostInventoryError) in
      try Self.owners(in: SysfsDirectory(facet.classPath, in: root, log: reader.log))
    }
    for (node, owner) in found ?? [] { byDevice[owner, default: []].append(node) }
  }

  mutating func merge(_ other: CharacterDevices) {
    byDevice.merge(other.byDevice) { $0 + $1.filter { [mine = $0] in !mine.contains($0) } }
  }

  /// In the order in which they are handed out: by kind, then by number.
  func names(for device: String) -> [String] {
    let names = byDevice[device] ?? []
    return Self.kinds.flatMap { kind in
      names.filter { $0.hasPrefix(kind) }.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    }
  }

  private static func owners(in directory: borrowing SysfsDirectory) throws(HostInventoryError) -> [(String, String)] {
    var owners: [(String, String)] = []
    for name in try directory.names(where: { kinds.contains(where: $0.hasPrefix) }) {
      if let owner = try directory.text("\(name)/ibdev") { owners.append((name, owner)) }
    }
    return owners
  }
}
