import HostInventory

extension Attachment {
  /// `vhost`: the vhost-net and tun nodes, if the selector has `needVhostNet` and the host has vhost-net.
  ///
  /// INFO always names both; the nodes are given only when both exist.
  static let vhostNet = Attachment(name: "vhost", nodes: { $1.needVhostNet ? [.vhostNet, .tun] : [] }) { context in
    guard context.selector.needVhostNet, context.nodes.has(.vhostNet) else { return nil }
    let pair: [HostNodes.Node] = [.vhostNet, .tun]
    return Contribution(
      info: ["net-mount": HostNodes.Node.vhostNet.rawValue, "tun-mount": HostNodes.Node.tun.rawValue],
      nodes: context.nodes.has(.tun) ? pair.map { DeviceNode($0.rawValue) } : [])
  }
}
