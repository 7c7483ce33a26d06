/// The node as its status would show it, at one moment.
public struct NodeView: Sendable, Equatable {
  public let resources: [String: ResourceView]

  public subscript(_ resource: String) -> ResourceView? { resources[resource] }

  /// What the scheduler counts with, by resource; 0 while its plugin is away.
  public var allocatable: [String: Int] { resources.mapValues(\.allocatable) }
}
