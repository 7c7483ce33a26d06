/// Reads one subfunction again, for Allocate.
extension AuxiliaryDevice {
  /// Reads the subfunction's own directory and its parent's driver; nil when the subfunction no longer exists.
  ///
  /// The parent's other children are not read, so the cost does not grow with them. Facts from the parent (ids,
  /// bridges, NUMA node, the PF's name) stay as in `known`: a parent that changes sends events.
  static func recheck(_ known: Device, by reader: InventoryReader) -> Device? {
    guard case .auxiliary(let own) = known.bus else { return nil }
    return reader.value { () throws(HostInventoryError) in
      let functions = try SysfsDirectory(HostPath.pciDevices, in: reader.root, log: reader.log)
      guard let parent = try functions.directoryIfPresent(own.parent.description),
        let directory = try parent.directoryIfPresent(own.name)
      else { return nil }
      var facts = known.facts
      facts.driver = reader.value { () throws(HostInventoryError) in try parent.linkName("driver") }
      let interfaces = NetInterface.read(below: directory, by: reader)
      facts.interfaces = interfaces ?? []
      facts.hidesInterfaces = interfaces?.isEmpty == true
      for index in facts.interfaces.indices {
        let before = known.interfaces.first { $0.name == facts.interfaces[index].name }
        facts.interfaces[index].switchID = before?.switchID
        facts.interfaces[index].portName = before?.portName
      }
      facts.rdma = RDMADevice.read(below: directory, has: [.verbs, .mad, .cm], by: reader)
      reader.joinAfterReading(&facts)
      return Device(facts)
    }
  }
}
