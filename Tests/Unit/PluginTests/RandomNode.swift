import Glibc
import HostInventory
import TestSupport

@testable import Agent

/// A recorded machine to which things happen: its tree is changed as the kernel changes sysfs, and each change says what
/// the kernel would.
struct RandomNode {
  private let tree: MachineTree
  private(set) var kernel: KernelFacts
  private var numbers: SeededNumbers
  /// By address: the function's directory, and where it is while the function is gone.
  private let homes: [PCIAddress: String]
  private var gone: Set<PCIAddress> = []
  /// Things of functions that are away: path and the place they are kept at.
  private var hidden: [String: String] = [:]
  private var hiddenLinks: [String: KernelFacts.Link] = [:]
  private var count = 0

  var root: HostRoot { tree.root }

  init(machine: String, seed: UInt64) throws {
    tree = try MachineTree(named: machine)
    kernel = tree.kernel
    numbers = SeededNumbers(seed: seed)
    var homes: [PCIAddress: String] = [:]
    for name in Self.entries(tree.place("sys/bus/pci/devices")) {
      guard let address = PCIAddress(name), let home = Self.resolved(tree.place("sys/bus/pci/devices/\(name)")) else {
        continue
      }
      homes[address] = home
    }
    self.homes = homes
    mkdir(tree.place("away"), 0o755)
  }

  /// Something happens; what the kernel tells of it.
  mutating func event(_ inventory: Inventory) -> NodeChanges.Change? {
    count += 1
    switch Int.random(in: 0..<13, using: &numbers) {
    case 0, 1: return removeFunction(inventory)
    case 2, 3: return returnFunction()
    case 4, 5: return rebind()
    case 6: return rename(inventory)
    case 7, 8: return changeLink()
    case 9: return hide(inventory)
    case 10: return comeBack()
    case 11: return switchMode(inventory)
    default: return changeFacts()
    }
  }

  /// One of them; nil of none.
  mutating func pick<Value>(_ values: [Value]) -> Value? { values.randomElement(using: &numbers) }
  mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &numbers) == 0 }

  // MARK: Functions

  /// A PF takes its virtual functions along, most of the time.
  private mutating func removeFunction(_ inventory: Inventory) -> NodeChanges.Change? {
    let here = homes.keys.filter { !gone.contains($0) }.sorted()
    guard let address = pick(here) else { return nil }
    var leaving = [address]
    if !chance(4) {
      leaving += inventory.devices.filter { $0.physicalFunction?.address == address }.compactMap(\.pciAddress)
    }
    let above = parent(of: address)
    for one in Set(leaving) where !gone.contains(one) {
      guard let home = homes[one], rename(home, away(one)) == 0 else { continue }
      unlink(tree.place("sys/bus/pci/devices/\(one)"))
      gone.insert(one)
    }
    countFunctions(of: above)
    return .devices(.functions(Set(leaving)))
  }

  private mutating func returnFunction() -> NodeChanges.Change? {
    guard let address = pick(gone.sorted()), let home = homes[address], rename(away(address), home) == 0 else {
      return nil
    }
    let up = "../../.."
    let path = home.dropFirst(tree.place("sys/").count)
    symlink("\(up)/\(path)", tree.place("sys/bus/pci/devices/\(address)"))
    gone.remove(address)
    countFunctions(of: address)
    countFunctions(of: parent(of: address))
    return .devices(.functions([address]))
  }

  /// What the kernel writes to a PF whose VFs changed, without a word.
  private func countFunctions(of parent: PCIAddress?) {
    guard let parent, !gone.contains(parent), let home = homes[parent] else { return }
    let present = Self.entries(home).filter { $0.hasPrefix("virtfn") && Self.resolved("\(home)/\($0)") != nil }
    guard access("\(home)/sriov_numvfs", F_OK) == 0 else { return }
    let file = open("\(home)/sriov_numvfs", O_WRONLY | O_TRUNC)
    let text = "\(present.count)\n"
    _ = text.withCString { write(file, $0, strlen($0)) }
    close(file)
  }

  private func parent(of address: PCIAddress) -> PCIAddress? {
    homes[address].flatMap { Self.target("\($0)/physfn") }.flatMap { PCIAddress(inDevicePath: $0) }
  }

  private mutating func rebind() -> NodeChanges.Change? {
    guard let address = pick(homes.keys.filter { !gone.contains($0) }.sorted()), let home = homes[address] else {
      return nil
    }
    let driver = pick(["iavf", "vfio-pci", "igb_uio", "rebellions", "mlx5_core", ""]) ?? ""
    unlink("\(home)/driver")
    if !driver.isEmpty { symlink("../../../bus/pci/drivers/\(driver)", "\(home)/driver") }
    for entry in ["net", "infiniband"] {
      if driver == "vfio-pci" { hide("\(home)/\(entry)") } else { show("\(home)/\(entry)") }
    }
    return .devices(.functions([address]))
  }

  // MARK: Links

  private mutating func rename(_ inventory: Inventory) -> NodeChanges.Change? {
    guard let (path, name, address) = interface(of: inventory) else { return nil }
    let next = "\(name.prefix(8))x\(count)"
    guard rename("\(path)/\(name)", "\(path)/\(next)") == 0 else { return nil }
    let link = kernel.links?.removeValue(forKey: name)
    kernel.links?[next] = link
    if kernel.defaultRouteLinks.remove(name) != nil { kernel.defaultRouteLinks.insert(next) }
    return .devices(.functions([address]))
  }

  private mutating func changeLink() -> NodeChanges.Change? {
    guard let name = pick((kernel.links ?? [:]).keys.sorted()) else { return nil }
    if chance(2) { kernel.links?[name]?.isUp.toggle() } else { kernel.links?[name]?.hasCarrier.toggle() }
    return .links([name])
  }

  /// Into a pod's network namespace: the netdev, or all RDMA devices of the function.
  private mutating func hide(_ inventory: Inventory) -> NodeChanges.Change? {
    guard let (path, name, address) = interface(of: inventory) else { return nil }
    if chance(3), let home = homes[address] {
      hide("\(home)/infiniband")
    } else {
      hide("\(path)/\(name)")
      hiddenLinks[name] = kernel.links?.removeValue(forKey: name)
    }
    return .devices(.functions([address]))
  }

  private mutating func comeBack() -> NodeChanges.Change? {
    guard let path = pick(hidden.keys.sorted()), show(path) else { return nil }
    let name = String(path.split(separator: "/").last ?? "")
    if let link = hiddenLinks.removeValue(forKey: name) { kernel.links?[name] = link }
    return PCIAddress(inDevicePath: path).map { .devices(.functions([$0])) }
  }

  /// devlink's answer is another one, and no event tells.
  private mutating func switchMode(_ inventory: Inventory) -> NodeChanges.Change? {
    let parents = inventory.devices.filter { $0.virtualFunctions != nil }.compactMap(\.pciAddress)
    guard let address = pick(parents) else { return nil }
    let isSwitch = kernel.devlink[address]?.eswitchMode == "switchdev"
    kernel.devlink[address, default: .init()].eswitchMode = isSwitch ? "legacy" : "switchdev"
    return nil
  }

  private mutating func changeFacts() -> NodeChanges.Change? {
    switch Int.random(in: 0..<3, using: &numbers) {
    case 0:
      kernel.rdmaNamespaceMode = kernel.rdmaNamespaceMode == .exclusive ? .shared : .exclusive
      return nil
    case 1:
      guard let name = pick((kernel.links ?? [:]).keys.sorted()) else { return nil }
      if kernel.defaultRouteLinks.remove(name) == nil { kernel.defaultRouteLinks.insert(name) }
      return nil
    default:
      let devices = tree.place("sys/class/ubcore")
      if let name = pick(Self.entries(devices).sorted()), chance(2) {
        hide("\(devices)/\(name)")
      } else if let path = pick(hidden.keys.filter { $0.hasPrefix(devices) }.sorted()) {
        show(path)
      }
      return .devices(.none)
    }
  }

  private mutating func interface(of inventory: Inventory) -> (path: String, name: String, address: PCIAddress)? {
    let owners = inventory.devices.filter { !$0.interfaces.isEmpty }
    guard let device = pick(owners), let address = device.pciAddress, let home = homes[address],
      let name = pick(device.interfaces.map(\.name))
    else { return nil }
    if case .auxiliary = device.bus { return ("\(home)/\(device.id)/net", name, address) }
    return ("\(home)/net", name, address)
  }

  // MARK: Files

  private func away(_ address: PCIAddress) -> String { tree.place("away/\(address)") }

  private mutating func hide(_ path: String) {
    let place = tree.place("away/\(count)-\(hidden.count)")
    if rename(path, place) == 0 { hidden[path] = place }
  }

  @discardableResult
  private mutating func show(_ path: String) -> Bool {
    guard let place = hidden[path], access(path, F_OK) != 0, rename(place, path) == 0 else { return false }
    hidden[path] = nil
    return true
  }

  private func rename(_ from: String, _ to: String) -> Int32 { Glibc.rename(from, to) }

  private static func entries(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static func target(_ path: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = readlink(path, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }

  private static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}
