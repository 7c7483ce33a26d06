import JSONText

/// What a container runtime reports of a sandbox beyond the API: JSON under the key `info` of a verbose status.
///
/// containerd reports `pid`, `runtimeSpec` and, since 1.7, `sandboxMetadata`. CRI-O reports `runtimeSpec`, and `pid`
/// when the sandbox has a process of its own. cri-dockerd and iSulad report nothing.
public struct SandboxInfo: Sendable, Equatable {
  /// The sandbox's network namespace, by its OCI runtime spec.
  public enum Network: Sendable, Equatable {
    /// The runtime reports no spec, or the spec has no list of namespaces.
    case untold
    /// The list of namespaces has no network namespace: the sandbox uses the host's.
    case host
    /// The sandbox has a namespace of its own, without a file.
    case own
    /// The file of the namespace, e.g. `/var/run/netns/cni-…`.
    case path(String)
  }

  /// The sandbox's process, as the host numbers it; nil when it has none or the runtime does not report it.
  public var pid: Int32?
  /// The network namespace by the runtime spec.
  public var network: Network
  /// The file of the network namespace by containerd's `sandboxMetadata.Metadata.NetNSPath`; nil when it is absent.
  public var metadataPath: String?

  /// The value for a runtime that reports nothing.
  public static let untold = SandboxInfo(pid: nil, network: .untold, metadataPath: nil)

  /// Creates a value from its parts.
  public init(pid: Int32?, network: Network, metadataPath: String?) {
    self.pid = pid
    self.network = network
    self.metadataPath = metadataPath
  }

  /// Reads the map of a verbose status. Without the key `info` nothing is known; a member of an unexpected type counts
  /// as absent.
  ///
  /// - Throws: `sandboxInfo` when the text is not a JSON object.
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
