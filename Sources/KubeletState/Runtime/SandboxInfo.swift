import JSONText

/// What a runtime tells about a sandbox beyond the API, as JSON text under the key `info` of a verbose status.
///
/// containerd: `pid`, `runtimeSpec`, and `sandboxMetadata` since 1.7. CRI-O: `runtimeSpec`, and `pid` when the sandbox
/// has a process of its own. cri-dockerd and iSulad tell nothing.
public struct SandboxInfo: Sendable, Equatable {
  /// Where the sandbox's network is, by its OCI runtime spec.
  public enum Network: Sendable, Equatable {
    /// The spec is not there, or says nothing about namespaces.
    case untold
    /// The spec's list of namespaces has no network in it: the host's is used.
    case host
    /// The runtime made a namespace and has no file for it.
    case own
    case path(String)
  }

  /// The sandbox's process in the host's numbering; nil when it has none or the runtime does not say.
  public var pid: Int32?
  public var network: Network
  /// `sandboxMetadata.Metadata.NetNSPath`.
  public var metadataPath: String?

  public static let untold = SandboxInfo(pid: nil, network: .untold, metadataPath: nil)

  public init(pid: Int32?, network: Network, metadataPath: String?) {
    self.pid = pid
    self.network = network
    self.metadataPath = metadataPath
  }

  /// `info` is the map of a verbose status; without the key nothing is known. Throws `sandboxInfo` for a text that
  /// is not a JSON object; members of another type than expected count as absent.
  public init(info: [String: String], sandbox: String) throws(KubeletStateError) {
    guard let text = info["info"], !text.isEmpty else {
      self = .untold
      return
    }
    let root: JSONNode
    do throws(JSONSyntaxError) {
      root = try JSONNode.parse(Array(text.utf8))
    } catch {
      throw .sandboxInfo(sandbox: sandbox, reason: "its info is no JSON: \(error)")
    }
    guard root.members != nil else {
      throw .sandboxInfo(sandbox: sandbox, reason: "expected its info to be an object, found \(root.kind)")
    }
    pid = root["pid"]?.int.flatMap { Int32(exactly: $0) }.flatMap { $0 > 0 ? $0 : nil }
    network = Self.network(root["runtimeSpec"])
    metadataPath = Self.absolute(root["sandboxMetadata"]?["Metadata"]?["NetNSPath"])
  }

  private static func network(_ spec: JSONNode?) -> Network {
    guard let namespaces = spec?["linux"]?["namespaces"]?.array else { return .untold }
    guard let network = namespaces.last(where: { $0["type"]?.string == "network" }) else { return .host }
    return absolute(network["path"]).map(Network.path) ?? .own
  }

  private static func absolute(_ node: JSONNode?) -> String? {
    guard let path = node?.string, path.hasPrefix("/"), !path.utf8.contains(0) else { return nil }
    return path
  }
}
