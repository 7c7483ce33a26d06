/// Where container runtimes listen.
public enum RuntimeSocket {
  /// As their packages set them up, the commonest first; below `/run`, which `/var/run` is a link to.
  public static let wellKnown = [
    "/run/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/cri-dockerd.sock",
    "/run/isulad.sock",
    "/run/k3s/containerd/containerd.sock",
  ]

  /// The socket to use: the configured one, else the first well-known one that exists, else nil.
  ///
  /// It is looked for again at every use, because a runtime may be set up after the plugin.
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
