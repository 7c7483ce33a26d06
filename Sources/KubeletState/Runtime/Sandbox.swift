/// Identifies a pod: by UID as kubelet's checkpoint does, or by name as its pod resources API does.
public enum PodReference: Sendable, Hashable, CustomStringConvertible {
  /// The pod's UID.
  case uid(String)
  /// The pod's name and Kubernetes namespace.
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

/// A pod's sandbox as the container runtime lists it.
public struct Sandbox: Sendable, Hashable {
  static let uidLabel = "io.kubernetes.pod.uid"

  /// The sandbox's id in the runtime.
  public var id: String
  /// The pod's UID; empty when the runtime does not report it.
  public var podUID: String
  /// Whether its processes run (SANDBOX_READY).
  public var isReady: Bool
  /// How many sandboxes the pod had before this one.
  public var attempt: UInt32
  /// When it was created, in nanoseconds since 1970.
  public var createdAt: Int64

  init(id: String, podUID: String, isReady: Bool, attempt: UInt32, createdAt: Int64) {
    self.id = id
    self.podUID = podUID
    self.isReady = isReady
    self.attempt = attempt
    self.createdAt = createdAt
  }

  /// Chooses the sandbox that runs now: of the ready ones that with the latest attempt, then the newest.
  ///
  /// - Returns: nil when none is ready.
  public static func current(of sandboxes: [Sandbox]) -> Sandbox? {
    sandboxes.filter(\.isReady).max { ($0.attempt, $0.createdAt, $0.id) < ($1.attempt, $1.createdAt, $1.id) }
  }
}
