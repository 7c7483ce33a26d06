import HostInventory

/// The environment variables that tell containers about PCI functions and subfunctions.
enum PCIDeviceEnvironment {
  /// `PCIDEVICE_<POOL>`: ids with commas between, and `PCIDEVICE_<POOL>_INFO`: what the attachments say, by id.
  static func variables(of pool: ResourceName, units: [Unit], info: AttachmentInfo) -> [String: String] {
    let name = pool.environmentVariable("PCIDEVICE")
    return [name: ids(of: units), name + "_INFO": info.text]
  }

  /// In the order of the request; replicas of a device have its id.
  static func ids(of units: [Unit]) -> String {
    var ids = ""
    for unit in units {
      for member in unit.members {
        if !ids.isEmpty { ids += "," }
        ids += member.device.id
      }
    }
    return ids
  }
}
