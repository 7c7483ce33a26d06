/// Finds the socket of the container runtime.
public enum RuntimeSocket {
  /// The sockets of container runtimes as their packages configure them, the most common first. They are below `/run`,
  /// to which `/var/run` links.
  public static let wellKnown = [
    "/run/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/cri-dockerd.sock",
    "/run/isulad.sock",
    "/run/k3s/containerd/containerd.sock",
  ]

  /// Chooses the socket: the configured one, else the first well-known one that exists. Call it before every use,
  /// because a runtime may be installed after the plugin.
  ///
  /// - Returns: nil when no socket exists.
  public static func find(configured: String?, exists: (String) -> Bool) -> String? {
    if let configured { return path(ofEndpoint: configured) }
    return wellKnown.first(where: exists)
  }

  /// The path of an endpoint as kubelet takes it: `unix:///run/x.sock`, `unix:/run/x.sock` or a bare path.
  static func path(ofEndpoint endpoint: String) -> String {
    guard endpoint.hasPrefix("unix:") else { return endpoint }
    let rest = endpoint.dropFirst("unix:".count)
    return String(rest.hasPrefix("//") ? rest.dropFirst(2) : rest)
  }
}
