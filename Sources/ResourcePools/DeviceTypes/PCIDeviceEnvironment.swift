import HostInventory
import JSONText

/// The variables by which containers learn of PCI functions and subfunctions.
enum PCIDeviceEnvironment {
  /// `PCIDEVICE_<POOL>`: ids with commas between, and `PCIDEVICE_<POOL>_INFO`: what the attachments say, by id.
  static func variables(
    of pool: ResourceName, units: [Unit], info: [String: [String: [String: String]]]
  ) -> [String: String] {
    let name = pool.environmentVariable("PCIDEVICE")
    return [name: ids(of: units), name + "_INFO": json(info)]
  }

  /// In the order of the request; replicas of a device have its id.
  static func ids(of units: [Unit]) -> String {
    units.flatMap { $0.members.map(\.device.id) }.joined(separator: ",")
  }

  private static func json(_ info: [String: [String: [String: String]]]) -> String {
    let value = JSONValue.sorted(
      info.map { id, sections in
        (key: id, value: .sorted(sections.map { (key: $0, value: .sorted($1.map { (key: $0, value: .string($1)) })) }))
      })
    return value.text(escaping: .go)
  }
}
