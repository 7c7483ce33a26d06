/// The state of the node at one moment.
public struct NodeView: Sendable, Equatable {
  /// Every resource that a plugin has registered, by name.
  public let resources: [String: ResourceView]

  /// The state of one resource; nil when no plugin has registered it.
  public subscript(_ resource: String) -> ResourceView? { resources[resource] }

  /// The number of healthy devices for each resource, which the scheduler uses; 0 while the plugin is away.
  public var allocatable: [String: Int] { resources.mapValues(\.allocatable) }
}
