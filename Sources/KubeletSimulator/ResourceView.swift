public import KubeletAPI

/// The state of one resource.
public struct ResourceView: Sendable, Equatable {
  /// The extended resource, e.g. `intel.com/sriov`.
  public let name: String
  /// The plugin's last list, ordered by id; all devices are unhealthy once the plugin has gone.
  public let devices: [PluginDevice]
  /// The ids of devices that pods have.
  public let allocated: Set<String>
  /// The socket of the plugin that serves the resource; nil when the plugin has gone.
  public let socket: String?
  /// The options of the last plugin that registered.
  public let options: DevicePluginOptions
  /// How often a plugin has registered the resource.
  public let registrations: Int
  /// How many ListAndWatch streams have delivered a first list.
  public let streamsOpened: Int
  /// How many lists have been received, on all streams.
  public let listsReceived: Int

  /// The number of healthy devices, allocated or not; the scheduler uses it.
  public var allocatable: Int { devices.count { $0.isHealthy } }
  /// The number of devices, healthy or not.
  public var capacity: Int { devices.count }
}
