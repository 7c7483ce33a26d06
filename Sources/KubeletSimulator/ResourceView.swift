public import KubeletAPI

/// One resource as the node sees it.
public struct ResourceView: Sendable, Equatable {
  public let name: String
  /// The last list; all unhealthy once the plugin has gone. In the order of their ids.
  public let devices: [PluginDevice]
  /// The devices that pods hold.
  public let allocated: Set<String>
  /// The socket that serves the resource; nil when the plugin has gone.
  public let socket: String?
  public let options: DevicePluginOptions
  /// How often a plugin has registered the resource.
  public let registrations: Int
  /// How often ListAndWatch has brought its first list.
  public let streamsOpened: Int
  public let listsReceived: Int

  /// What the scheduler counts with: healthy devices, whether a pod holds them or not.
  public var allocatable: Int { devices.count { $0.isHealthy } }
  public var capacity: Int { devices.count }
}
