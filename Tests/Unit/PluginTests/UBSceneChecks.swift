import Foundation
import GRPC
import KubeletAPI

extension UBScene {
  /// The kernel names of `urma_<n>`, VFs first, as the deeds of a move to that namespace.
  static func moves(_ verb: String, _ nodes: [String], _ namespace: UInt64?) -> [String] {
    let names = nodes.filter { $0.hasPrefix("/dev/uburma/") }.map { String($0.dropFirst("/dev/uburma/".count)) }
    return names.map { "\(verb) \($0) \(namespace ?? 0)" }
  }

  func writeCheckpoint(_ text: String) throws {
    try text.write(toFile: kubeletDirectory.checkpoint, atomically: true, encoding: .utf8)
  }

  func rewriteCheckpoint(_ change: ([[String: Any]]) -> [[String: Any]]) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: kubeletDirectory.checkpoint))
    guard var root = try JSONSerialization.jsonObject(with: bytes) as? [String: Any],
      var data = root["Data"] as? [String: Any], let entries = data["PodDeviceEntries"] as? [[String: Any]]
    else { throw Failure(description: "the checkpoint has no entries") }
    data["PodDeviceEntries"] = change(entries)
    root["Data"] = data
    try JSONSerialization.data(withJSONObject: root)
      .write(to: URL(fileURLWithPath: kubeletDirectory.checkpoint), options: .atomic)
  }

  /// PreStartContainer on the daemon's socket, without a kubelet.
  func preStartDirectly(_ ids: [String]) async -> String? {
    let socket = "\(kubeletDirectory.devicePlugins)/unifiedbus.com_ub_net_device.sock"
    let channel = RPCChannel(queue: queue, path: socket)
    do {
      _ = try await channel.unary(
        KubeletMethod.preStartContainer, ByteBuffer(PreStartContainerRequest(deviceIDs: ids).encoded()),
        timeout: .seconds(30))
      return nil
    } catch {
      return "\(error)"
    }
  }
}
