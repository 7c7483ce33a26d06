public import HostInventory

/// Finds the device that an operator names: by address in any spelling, interface, RDMA device, or PF and VF number.
public struct DeviceSearch {
  /// The result of a search.
  public enum Result: Sendable, Equatable {
    /// The device with this id.
    case found(id: String)
    /// No device; `reason` suggests names that are similar.
    case notFound(reason: String)
  }

  private let inventory: Inventory

  /// Searches the devices of an inventory.
  public init(_ inventory: Inventory) { self.inventory = inventory }

  /// Finds a device by any of its names, e.g. `3b:02.0`, `ens1f0v3`, `mlx5_2` or `ens1f0#3`.
  public func find(_ word: String) -> Result {
    let word = Self.name(in: word)
    if let device = inventory[word] { return .found(id: device.id) }
    if let address = PCIAddressText.address(meantBy: word) { return find(address) }
    if let number = word.firstIndex(of: "#") {
      return find(function: String(word[word.index(after: number)...]), of: String(word[..<number]), word)
    }
    let named = inventory.devices.first { device in
      device.interfaces.contains { $0.name == word } || device.rdma.contains { $0.name == word }
    }
    if let named { return .found(id: named.id) }
    return .notFound(reason: "\(unknown) \(word)\(suggestion(for: word, among: names))")
  }

  /// Says that no device has this name or address, and which names are similar; nil when one has it.
  func absence(of word: String) -> String? {
    guard case .notFound(let reason) = find(word) else { return nil }
    // A function that no pool takes is there.
    if let address = PCIAddressText.address(meantBy: word), inventory.hasOtherFunction(address) { return reason }
    return "this host has no \(word)\(suggestion(for: word, among: names))"
  }

  /// Without what comes along from a terminal or another tool: blanks around it, sysfs's path, or the bus of lshw's
  /// `pci@0000:3b:02.0`.
  private static func name(in word: String) -> String {
    let isBlank = { (character: Character) in character.isWhitespace }
    var name = word.drop(while: isBlank)
    while name.last.map(isBlank) == true || name.hasPrefix("/") && name.last == "/" { name.removeLast() }
    if name.hasPrefix("/"), let slash = name.lastIndex(of: "/") { name = name[name.index(after: slash)...] }
    return String(name.hasPrefix("pci@") ? name.dropFirst(4) : name)
  }

  private let unknown = "this host has no network, accelerator or UB device"

  private func find(_ address: PCIAddress) -> Result {
    let id = address.description
    if inventory[id] != nil { return .found(id: id) }
    if inventory.hasOtherFunction(address) {
      return .notFound(
        reason: "\(id) is neither a network controller (PCI class 02) nor a processing accelerator (class 12): no pool "
          + "takes it")
    }
    return .notFound(reason: "\(unknown) \(id)\(suggestion(for: id, among: addresses))")
  }

  /// `number` of the PF that is called `parent`, by interface or address.
  private func find(function number: String, of parent: String, _ word: String) -> Result {
    let pf = PCIAddressText.address(meantBy: parent)?.description ?? parent
    let functions = inventory.devices.filter { device in
      device.physicalFunction.map { $0.name == pf || $0.address.description == pf } ?? false
    }
    guard !functions.isEmpty else {
      guard case .found(let id) = find(parent) else {
        return .notFound(reason: "\(unknown) \(parent)\(suggestion(for: parent, among: parents))")
      }
      let name = parent == id ? id : "\(parent) (\(id))"
      return .notFound(reason: "\(name) has no VFs: sriov_numvfs of the PF makes them")
    }
    if let wanted = Int(number), let device = functions.first(where: { $0.physicalFunction?.functionIndex == wanted }) {
      return .found(id: device.id)
    }
    let numbers = functions.compactMap { $0.physicalFunction?.functionIndex }.sorted()
    let range = numbers.isEmpty ? "without numbers" : "numbers \(numbers[0]) to \(numbers[numbers.count - 1])"
    return .notFound(reason: "\(word): \(parent) has \(functions.count) VFs, \(range)")
  }

  private var addresses: [String] {
    inventory.devices.compactMap { if case .pci = $0.bus { $0.id } else { nil } }
  }

  private var parents: [String] {
    Array(Set(inventory.devices.compactMap { $0.physicalFunction?.name }.filter { !$0.isEmpty })).sorted()
  }

  private var names: [String] {
    inventory.devices.flatMap { [$0.id] + $0.interfaces.map(\.name) + $0.rdma.map(\.name) } + parents
  }

  private func suggestion(for word: String, among names: [String]) -> String {
    // A part of a name is no misspelling: 3b:02 of 0000:3b:02.0.
    let holders = word.utf8.count < 4 ? [] : names.filter { $0.contains(word.lowercased()) }
    let near = (holders.isEmpty ? NearestWord.all(names, to: word, limit: 2) : holders).prefix(3)
    return near.isEmpty ? "; devicepool inventory lists them" : "; did you mean \(Array(near).alternatives)?"
  }
}
