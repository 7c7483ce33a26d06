extension SelectorKind {
  /// `needVhostNet`: containers get `/dev/vhost-net` and `/dev/net/tun` too; no device is left out for it.
  ///
  /// It has no stage. `SelectorObject.needVhostNet` keeps the value, and the attachment `vhostNet` acts on it.
  static let needVhostNet = SelectorKind(
    key: "needVhostNet", shape: .flag, meaning: "Containers get /dev/vhost-net and /dev/net/tun with the device."
  ) { _, _, _ in
    nil
  }
}
