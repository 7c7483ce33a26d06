import JSONText
public import KubeletAPI
import Linux

/// What a container runtime makes of CDI names: the edits of the specs in a directory, read anew each time.
struct InjectedDevices {
  private(set) var edits = ContainerAllocateResponse()

  /// - Throws: When a name is in no spec, as a runtime refuses to start the container.
  init(_ names: [String], directory: String) throws(SimulatorError) {
    let specs = try Self.specs(in: directory)
    for name in names {
      let found = specs.lazy.compactMap { Self.device(name, in: $0) }.first
      guard let edits = found else { throw .unknownCDIDevice(name, directory: directory) }
      apply(edits)
    }
  }

  private static func specs(in directory: String) throws(SimulatorError) -> [JSONNode] {
    try SocketDirectory.entries(of: directory).filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.compactMap {
      (try? SmallFile.bytes("\(directory)/\($0)")).flatMap { try? JSONNode.parse($0) }
    }
  }

  private static func device(_ name: String, in spec: JSONNode) -> JSONNode? {
    guard let kind = spec["kind"]?.string, name.hasPrefix("\(kind)=") else { return nil }
    let own = String(name.dropFirst(kind.count + 1))
    return spec["devices"]?.array?.first { $0["name"]?.string == own }?["containerEdits"]
  }

  /// Of a variable that two devices set, the last counts.
  private mutating func apply(_ node: JSONNode) {
    for variable in (node["env"]?.array ?? []).compactMap(\.string) {
      let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      edits.environment[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
    }
    for item in node["deviceNodes"]?.array ?? [] {
      guard let path = item["path"]?.string else { continue }
      edits.devices.append(
        .init(
          containerPath: path, hostPath: item["hostPath"]?.string ?? path,
          permissions: item["permissions"]?.string ?? "rwm"))
    }
    for item in node["mounts"]?.array ?? [] {
      guard let path = item["containerPath"]?.string, let host = item["hostPath"]?.string else { continue }
      let options = item["options"]?.array?.compactMap(\.string) ?? []
      edits.mounts.append(.init(containerPath: path, hostPath: host, isReadOnly: options.contains("ro")))
    }
  }
}

extension ContainerView {
  /// A container of a pod with claims, as the runtime makes it of the specs in `directory`.
  public init(named name: String, of claims: [PreparedClaim], specs directory: String) throws(SimulatorError) {
    let names = claims.flatMap(\.devices).flatMap(\.cdiNames)
    var view = ContainerView(AdmittedContainer(name: name))
    view.merge(try InjectedDevices(names, directory: directory).edits)
    view.merge(ContainerAllocateResponse(cdiDevices: names))
    self = view
  }
}
