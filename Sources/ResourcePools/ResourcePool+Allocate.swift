public import HostInventory

extension ResourcePool {
  /// Determines what one container gets with the units `ids`.
  ///
  /// An answer is complete, or there is none; only shared pools do without devices that no longer exist. The cost
  /// depends on the request, not on the size of the pool.
  ///
  /// - Parameter current: The devices of `devices(of: ids)` as they are now; one that is missing no longer exists.
  /// - Throws: When an id is not the pool's; when a device no longer exists, has a driver that the pool does not
  ///   select, or lacks something that a container needs.
  public func allocate(
    _ ids: [String], seeing current: [Device], nodes: HostNodes, cdi: CDIMode
  ) throws(AllocationError) -> Allocation {
    var units: [Unit] = []
    for id in ids {
      guard let unit = self[id] else { throw .unknownUnit(id: id, pool: name) }
      units.append(unit)
    }
    units = config.type.arrange(units)
    var answer = AllocationDraft(pool: self, seeing: current, nodes: nodes)
    for unit in units { try answer.add(unit) }
    return answer.finished(for: units, cdi: cdi)
  }
}

/// An answer that is being made, device by device.
private struct AllocationDraft {
  let pool: ResourcePool
  let current: [Device]
  let nodes: HostNodes
  /// By id, in `current`; of few devices each is looked for.
  private var places: [String: Int] = [:]
  /// By place.
  private var isAdded: [Bool]
  private var allocation = Allocation.empty
  private var info = AttachmentInfo()
  /// The contexts of each attachment with effects.
  private var attached: [(attachment: Attachment, contexts: [AttachmentContext])] = []
  private var cdiDevices: [String] = []
  /// Devices that have changed since the spec file was written.
  private var changed: [String: Device] = [:]
  private var deviceInfo: [Allocation.Effect] = []

  init(pool: ResourcePool, seeing current: [Device], nodes: HostNodes) {
    self.pool = pool
    self.current = current
    self.nodes = nodes
    isAdded = [Bool](repeating: false, count: current.count)
    guard current.count > Self.few else { return }
    for (place, device) in current.enumerated() { places[device.id] = place }
  }

  private static let few = 8

  private func place(of id: String) -> Int? {
    current.count > Self.few ? places[id] : current.firstIndex { $0.id == id }
  }

  mutating func add(_ unit: Unit) throws(AllocationError) {
    let found = unit.members.map { place(of: $0.device.id) }
    let left = found.count { $0 != nil }
    if left == 0 || (left < found.count && pool.config.type.ownership == .claimed) {
      let gone = found.firstIndex(of: nil).map { unit.members[$0].device.id }
      throw .missing(device: gone ?? unit.id, what: "it is no longer on this host")
    }
    for (member, place) in zip(unit.members, found) {
      guard let place else { continue }
      let device = current[place]
      if !isAdded[place] {
        isAdded[place] = true
        try add(device, as: member)
      }
      if pool.config.type.writesDeviceInfo,
        let text = DeviceInfo(
          of: unit.id, device: device, selector: pool.config.selectors[member.selector], in: pool.name),
        !deviceInfo.contains(.deviceInfo(text))
      {
        deviceInfo.append(.deviceInfo(text))
      }
    }
  }

  private mutating func add(_ device: Device, as member: Unit.Member) throws(AllocationError) {
    try pool.checkUsable(device, as: member)
    let contributions = try pool.contributions(of: device, as: member, nodes: nodes)
    var own = Allocation.empty
    info.add(device.id, contributions)
    let context = pool.context(of: device, as: member, nodes: nodes)
    for attachment in pool.config.type.attachments(device) where attachment.effects != nil {
      attach(attachment, context)
    }
    for (_, contribution) in contributions {
      own.add(contribution)
      allocation.add(contribution)
    }
    guard !own.nodes.isEmpty || !own.mounts.isEmpty else { return }
    cdiDevices.append(device.id)
    guard device != member.device else { return }
    let before = try? pool.contributions(of: member.device, as: member, nodes: nodes)
    if before?.map(\.contribution) != contributions.map(\.contribution) { changed[device.id] = device }
  }

  func finished(for units: [Unit], cdi: CDIMode) -> Allocation {
    var result = allocation
    result.environment = pool.config.type.environment(pool.name, units, info)
    result.effects = attached.flatMap { $0.attachment.effects?($0.contexts) ?? [] }.map { .host($0) }
    if cdi != .off {
      pool.nameCDIDevices(cdiDevices, in: &result, mode: cdi)
      if !changed.isEmpty, let spec = pool.cdiSpec(nodes: nodes, seeing: changed) {
        result.effects.append(.cdiSpec(spec))
      }
    }
    result.effects += deviceInfo
    return result
  }

  private mutating func attach(_ attachment: Attachment, _ context: AttachmentContext) {
    if let place = attached.firstIndex(where: { $0.attachment.name == attachment.name }) {
      attached[place].contexts.append(context)
    } else {
      attached.append((attachment, [context]))
    }
  }
}
