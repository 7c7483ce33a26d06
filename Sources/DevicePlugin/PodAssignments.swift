import KubeletAPI
import RPC
import ResourcePools

/// Which units pods have, as kubelet tells on its podresources socket.
struct PodAssignments: Sendable {
  let kubelet: KubeletDirectory
  let queue: CompletionQueue

  private static let limit = Duration.seconds(2)

  /// Units of running pods, with their devices as they were last listed. Empty when kubelet can't be asked: pools then
  /// follow the host alone.
  func held(among open: [ResourceName: ResourcePool]) async -> [HeldUnit] {
    guard let pods = await pods() else { return [] }
    var held: [HeldUnit] = []
    for devices in pods.flatMap(\.containers).flatMap(\.devices) {
      guard let name = ResourceName(devices.resourceName) else { continue }
      for id in devices.ids {
        held.append(HeldUnit(pool: name, unit: id, devices: open[name]?[id]?.members.map(\.device) ?? []))
      }
    }
    return held
  }

  private func pods() async -> [PodResources]? {
    let channel = RPCChannel(queue: queue, path: kubelet.podResourcesSocket)
    do {
      let answer = try await channel.unary(
        KubeletMethod.podResourcesList, ByteBuffer(ListPodResourcesRequest().encoded()), timeout: Self.limit)
      return try ListPodResourcesResponse(decoding: answer.bytes).pods
    } catch {
      return nil
    }
  }
}

extension ResourceName {
  /// `intel.com/net` in two parts; nil when there is no slash.
  init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    self.init(prefix: String(parts[0]), name: String(parts[1]))
  }
}
