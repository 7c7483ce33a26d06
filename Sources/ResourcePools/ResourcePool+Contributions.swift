public import HostInventory

extension ResourcePool {
  /// Collects what each attachment of the pool's type contributes for a device, in the order of the nodes.
  func contributions(
    of device: Device, as member: Unit.Member, nodes: HostNodes
  ) throws(AllocationError) -> [(name: String, contribution: Contribution)] {
    let context = context(of: device, as: member, nodes: nodes)
    var result: [(name: String, contribution: Contribution)] = []
    for attachment in config.type.attachments(device) {
      if let contribution = try attachment.contribute(context) { result.append((attachment.name, contribution)) }
    }
    return result
  }

  func context(of device: Device, as member: Unit.Member, nodes: HostNodes) -> AttachmentContext {
    AttachmentContext(device: device, selector: config.selectors[member.selector], pool: self, nodes: nodes)
  }

  /// How much of a device must be read again before `allocate`: the most that one of its attachments needs.
  public func recheck(of device: Device) -> Recheck {
    config.type.attachments(device).lazy.map { $0.recheck(device) }.max() ?? .binding
  }

  /// The nodes of `HostNodes` that `allocate` needs for these units, to be looked for before it.
  ///
  /// A CDI spec describes the whole pool and needs them all.
  public func nodes(for ids: [String], seeing current: [Device], cdi: CDIMode) -> Set<HostNodes.Node> {
    guard cdi == .off else { return Set(HostNodes.Node.allCases) }
    var wanted: Set<HostNodes.Node> = []
    for id in ids {
      for member in self[id]?.members ?? [] {
        guard let device = current.first(where: { $0.id == member.device.id }) else { continue }
        let selector = config.selectors[member.selector]
        for attachment in config.type.attachments(device) {
          for node in attachment.nodes(device, selector) { wanted.insert(node) }
        }
      }
    }
    return wanted
  }

  /// Throws when the device, as it is now, can't be used as the one that was offered.
  func checkUsable(_ device: Device, as member: Unit.Member) throws(AllocationError) {
    if let fault = config.type.fault(device) { throw .missing(device: device.id, what: fault) }
    // The driver of a device in a pod's network namespace is not visible.
    if let facts = device.unifiedBus, facts.isElsewhere, facts.isListedByEngine { return }
    if member.device.driver != nil, device.driver == nil {
      throw .missing(device: device.id, what: "no driver is bound to it any more")
    }
    let pipeline = config.selectors[member.selector].pipeline
    guard let stage = pipeline.firstRefusal(of: device, judging: [.driver]) else { return }
    let refusal = Refusal(stage: stage.key, seen: stage.seen(device), wanted: stage.wanted)
    throw .missing(device: device.id, what: "it is no longer what the pool selects: \(refusal)")
  }
}

extension ResourcePool {
  /// Builds the pool's spec file.
  ///
  /// A device that lacks something that a container needs, or is no longer known, stays as in `before`, because a
  /// container with it may start again. The same holds for every device of a pool whose configuration is unknown.
  ///
  /// - Parameter current: Devices that have changed, by id; they replace the pool's members.
  /// - Parameter before: The spec that was written last.
  /// - Returns: nil when no device has anything to add, as with kernel drivers.
  public func cdiSpec(
    nodes: HostNodes, seeing current: [String: Device] = [:], before: CDISpec? = nil
  ) -> CDISpec? {
    var seen: Set<String> = []
    var devices: [CDISpec.Device] = []
    func keep(_ id: String) {
      let deviceName = config.type.cdi.name(of: id, in: name)
      if let known = before?.devices.first(where: { $0.name == deviceName }) { devices.append(known) }
    }
    for unit in units where unit.members.isEmpty {
      let id = UnitID.device(of: unit.id)
      if config.type.ownership == .claimed, seen.insert(id).inserted { keep(id) }
    }
    for member in units.lazy.flatMap(\.members) where seen.insert(member.device.id).inserted {
      let device = current[member.device.id] ?? member.device
      guard let contributions = try? contributions(of: device, as: member, nodes: nodes) else {
        keep(device.id)
        continue
      }
      var edits = Allocation.empty
      for (_, contribution) in contributions { edits.add(contribution) }
      guard !edits.nodes.isEmpty || !edits.mounts.isEmpty else { continue }
      devices.append(
        CDISpec.Device(name: config.type.cdi.name(of: device.id, in: name), nodes: edits.nodes, mounts: edits.mounts))
    }
    guard !devices.isEmpty else { return nil }
    return CDISpec(kind: config.type.cdi.kind(of: name), fileName: cdiFileName, devices: devices)
  }

  /// The name of the pool's spec file, whether it exists or not.
  public var cdiFileName: String { config.type.cdi.fileStem(of: name) + ".json" }

  /// Replaces nodes and mounts by CDI names.
  func nameCDIDevices(_ devices: [String], in allocation: inout Allocation, mode: CDIMode) {
    allocation.nodes = []
    allocation.mounts = []
    guard !devices.isEmpty else { return }
    let names = devices.map { config.type.cdi.qualifiedName(of: $0, in: name) }
    if mode != .annotations { allocation.cdiNames = names }
    if mode != .field {
      allocation.annotations[config.type.cdi.annotationKey(of: name, mode: mode)] = names.joined(separator: ",")
    }
  }
}
