/// Which pod is meant: kubelet's checkpoint knows pods by uid, its pod resources by name.
public enum PodReference: Sendable, Hashable, CustomStringConvertible {
  case uid(String)
  case name(String, namespace: String)

  /// The labels that kubelet puts on a pod's sandbox.
  var labels: [String: String] {
    switch self {
    case .uid(let uid): [Sandbox.uidLabel: uid]
    case .name(let name, let namespace): ["io.kubernetes.pod.name": name, "io.kubernetes.pod.namespace": namespace]
    }
  }

  public var description: String {
    switch self {
    case .uid(let uid): "pod \(uid)"
    case .name(let name, let namespace): "pod \(namespace)/\(name)"
    }
  }
}

/// A pod's sandbox as a container runtime lists it.
public struct Sandbox: Sendable, Hashable {
  static let uidLabel = "io.kubernetes.pod.uid"

  public var id: String
  public var podUID: String
  public var isReady: Bool
  /// Counts a pod's sandboxes from 0.
  public var attempt: UInt32
  /// Nanoseconds since 1970.
  public var createdAt: Int64

  public init(id: String, podUID: String, isReady: Bool, attempt: UInt32, createdAt: Int64) {
    self.id = id
    self.podUID = podUID
    self.isReady = isReady
    self.attempt = attempt
    self.createdAt = createdAt
  }

  /// The one that runs now: ready, and of several the latest attempt, then the newest.
  public static func current(of sandboxes: [Sandbox]) -> Sandbox? {
    sandboxes.filter(\.isReady).max { ($0.attempt, $0.createdAt, $0.id) < ($1.attempt, $1.createdAt, $1.id) }
  }
}
