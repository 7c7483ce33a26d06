import GRPC
import KubeletAPI
import ResourcePools
import Synchronization

/// A pool's ListAndWatch message, encoded once for each change and shared by all streams.
final class DeviceList: Sendable {
  /// Grows with every change.
  let revision: Int
  private let devices: [PluginDevice]
  private let message = Mutex<ByteBuffer?>(nil)

  convenience init(of pool: ResourcePool) { self.init(devices: Self.devices(of: pool), revision: 1) }

  private init(devices: [PluginDevice], revision: Int) {
    self.devices = devices
    self.revision = revision
  }

  /// Encoded when it is first needed; for a new endpoint that is while kubelet finds the socket.
  var packed: ByteBuffer {
    message.withLock { message in
      let packed = message ?? ByteBuffer(ListAndWatchResponse(devices: devices).encoded())
      message = packed
      return packed
    }
  }

  var count: Int { devices.count }
  var isEmpty: Bool { devices.isEmpty }

  /// nil when the message would be the same.
  func following(_ pool: ResourcePool) -> DeviceList? {
    let next = Self.devices(of: pool)
    return next == devices ? nil : DeviceList(devices: next, revision: revision + 1)
  }

  /// Ids that the later list has and this one lacks, and the other way round.
  func difference(to next: DeviceList) -> (added: [String], removed: [String]) {
    let (before, after) = (Set(devices.map(\.id)), Set(next.devices.map(\.id)))
    return (after.subtracting(before).sorted(), before.subtracting(after).sorted())
  }

  private static func devices(of pool: ResourcePool) -> [PluginDevice] {
    pool.units.map { unit in
      PluginDevice(id: unit.id, isHealthy: unit.health == .healthy, numaNodes: pool.topology(of: unit))
    }
  }
}
