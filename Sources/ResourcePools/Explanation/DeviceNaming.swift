import HostInventory

/// Which devices a selector object asks for by name or address.
struct DeviceNaming {
  /// How a device has to do with the values.
  enum Match: Int {
    /// The selectors with names and addresses take it.
    case selected
    /// A value names it or its PF, but does not select it: a PF in `pfNames`, or a VF with another number.
    case related
    /// No value names it, or there is none.
    case none
  }

  private let stages: [Selector]

  init(_ pipeline: SelectorPipeline) {
    stages = pipeline.stages.filter { ["pciAddresses", "pfNames", "rootDevices", "ifNames"].contains($0.key) }
  }

  /// The names and addresses, without numbers of functions.
  var values: [String] { stages.flatMap(\.wanted).map(Self.name(in:)) }

  /// Whether it asks for functions of certain PFs.
  var asksForParents: Bool { stages.contains { FunctionSet.keys.contains($0.key) } }

  /// Whether the device may have a name that is asked for and that is not visible here, as that of an interface in a
  /// pod, or of a PF that is bound to vfio-pci.
  func mayMean(_ device: Device) -> Bool {
    let keys = stages.map(\.key)
    if keys.contains("ifNames"), device.hidesInterfaces { return true }
    return keys.contains("pfNames") && (device.physicalFunction?.name.isEmpty ?? device.hidesInterfaces)
  }

  func match(_ device: Device) -> Match {
    guard !stages.isEmpty else { return .none }
    if stages.allSatisfy({ $0.accepts(device) }) { return .selected }
    let parent = device.physicalFunction.map { [$0.name, "\($0.address)"] } ?? []
    let names = ([device.id] + device.interfaces.map(\.name) + parent).map { $0.lowercased() }
    return values.contains { !$0.isEmpty && names.contains($0.lowercased()) } ? .related : .none
  }

  private static func name(in value: String) -> String { String(value.prefix { $0 != "#" }) }
}
