public import HostInventory
public import ResourcePools

/// Checks that the host has the files that pools of NPUs need besides the devices. The log names missing ones once, at
/// start.
public struct NPUHostFiles: Sendable {
  let root: HostRoot
  let groups: RSDGroups

  /// One thing that is missing on the host.
  public struct Obstacle: Sendable, Equatable {
    /// The missing files, separated by commas, or the lock file of the groups.
    public let path: String
    /// What does not work because of it, and how to mend it.
    public let reason: String
  }

  /// `root` is the host as this process sees it; `groups` is asked whether it can make a group.
  public init(root: HostRoot, groups: RSDGroups) {
    self.root = root
    self.groups = groups
  }

  /// Finds what is missing for `pools`, which are this node's. It runs `rbln-smi` for pools with `rsdGroups`, which
  /// takes seconds.
  public func obstacles(of pools: [ResourcePool]) async -> [Obstacle] {
    let npus = pools.flatMap(\.units).flatMap(\.members).map(\.device).compactMap { device -> String? in
      if case .node(let name)? = device.rebellions { name } else { nil }
    }
    guard !npus.isEmpty else { return [] }
    var obstacles: [Obstacle] = []
    let tools: [HostNodes.Node] = [.rblnStat, .rblnStatSystem]
    if !tools.contains(where: { root.exists($0.rawValue) }) {
      obstacles.append(
        Obstacle(
          path: tools.map { root.resolve($0.rawValue) }.joined(separator: ","),
          reason: "containers get no rbln-stat: mount the host's /usr/local/bin and /usr/bin there, read-only"))
    }
    if pools.contains(where: { $0.config.rsdGroups && !$0.units.isEmpty }),
      let reason = await groups.obstacle(npus: Set(npus).sorted())
    {
      obstacles.append(
        Obstacle(path: groups.lockPath, reason: "rsdGroups can't work, containers get group 0: \(reason)"))
    }
    return obstacles
  }
}
