import Glibc

extension MachineFile {
  /// Records what `Inventory.read` reads on this host, and nothing else. MAC addresses, GUIDs and other identifiers
  /// become tokens.
  ///
  /// A machine that is recorded, unpacked and recorded again gives the same text.
  ///
  /// - Returns: The machine, and what could not be read.
  public static func record(
    from root: HostRoot, kernel: KernelFacts, title: String
  ) -> (MachineFile, [InventoryProblem]) {
    let log = AccessLog()
    let reader = InventoryReader(root: root, kernel: kernel, log: log)
    let inventory = Inventory.read(by: reader)
    var machine = MachineFile(title: title)
    var recorder = MachineRecorder(root: root)
    for access in log.counts.keys { recorder.take(access) }
    machine.entries = recorder.minimalEntries()
    machine.kernel = kernel.about(inventory)
    return (machine.withoutIdentifiers(), reader.problems)
  }
}

/// Turns paths that were looked at into entries: every link on the way is kept, and what lies behind it is recorded
/// where it really is.
struct MachineRecorder {
  let root: HostRoot
  private var entries: [String: MachineFile.Entry] = [:]

  init(root: HostRoot) { self.root = root }

  mutating func take(_ access: AccessLog.Access) {
    guard let place = walk(access.path, last: access.kind == .itself ? .keep : .follow) else { return }
    var status = stat()
    guard lstat(root.resolve("/" + place), &status) == 0 else { return }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: entries[place] = .directory
    case S_IFREG where access.kind != .entry:
      entries[place] = access.kind == .node ? .node : content(of: place)
    case S_IFCHR, S_IFBLK: entries[place] = .node
    default: break
    }
  }

  /// Directories above other entries need no line of their own.
  func minimalEntries() -> [String: MachineFile.Entry] {
    var above: Set<Substring> = []
    for path in entries.keys {
      var parent = Substring(path)
      while let slash = parent.lastIndex(of: "/") {
        parent = parent[..<slash]
        guard above.insert(parent).inserted else { break }
      }
    }
    return entries.filter { path, entry in entry != .directory || !above.contains(path[...]) }
  }

  private enum Last {
    case follow, keep
  }

  /// The path without links, relative to the root; nil when something on the way is missing or leads out of the root.
  private mutating func walk(_ hostPath: String, last: Last) -> String? {
    var place: [Substring] = []
    var rest = hostPath.split(separator: "/").reversed().map { $0 }
    var links = 0
    while let name = rest.popLast() {
      if name == ".." {
        guard place.popLast() != nil else { return nil }
        continue
      }
      place.append(name)
      let path = place.joined(separator: "/")
      guard let target = linkTarget(root.resolve("/" + path)) else { continue }
      links += 1
      guard !target.hasPrefix("/"), links <= 40 else { return nil }
      entries[path] = .link(target)
      if rest.isEmpty, last == .keep { return path }
      place.removeLast()
      rest += target.split(separator: "/").reversed()
    }
    return place.isEmpty ? nil : place.joined(separator: "/")
  }

  private func linkTarget(_ path: String) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      guard let base = buffer.baseAddress else { return nil }
      let count = readlink(path, base, buffer.count)
      guard count >= 0 else { return nil }
      return String(decoding: UnsafeRawBufferPointer(buffer)[0..<count], as: UTF8.self)
    }
  }

  /// Nil for an attribute that cannot be read at the moment, as `carrier` of a link that is down. One that never can be
  /// is recorded as a directory, which can't be read either.
  private func content(of place: String) -> MachineFile.Entry? {
    let file = open(root.resolve("/" + place), O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return .directory }
    defer { close(file) }
    return withUnsafeTemporaryAllocation(byteCount: SysfsFile.capacity, alignment: 1) { buffer in
      let count = read(file, buffer.baseAddress, buffer.count)
      if count >= 0 { return .file(Array(buffer[0..<count])) }
      return errno == EINVAL || errno == EOPNOTSUPP || errno == ENODEV ? nil : .directory
    }
  }
}

extension KernelFacts {
  /// Only what concerns these devices: links of pods and other hosts' business stay out.
  fileprivate func about(_ inventory: Inventory) -> KernelFacts {
    var names: Set<String> = []
    var addresses: Set<PCIAddress> = []
    for device in inventory.devices {
      names.formUnion(device.interfaces.map(\.name))
      if let above = device.physicalFunction {
        names.insert(above.name)
        addresses.insert(above.address)
      }
      if let address = device.pciAddress { addresses.insert(address) }
    }
    var facts = self
    facts.defaultRouteLinks = routesOver(names)
    // What lies between a device and the link that has the default route, such as a bond below a bridge.
    let between = facts.uplinkNames
    // The datapath of an OVS bridge lies between them too; only its ports name it.
    let masters = between.compactMap { links?[$0]?.master }
    names.formUnion(between.union(masters))
    facts.links = links?.filter { names.contains($0.key) }
    facts.devlink = devlink.filter { addresses.contains($0.key) }
    facts.auxiliaryDevlink = auxiliaryDevlink.filter { inventory[$0.key] != nil }
    facts.vdpa = vdpa.filter { link in link.bus == "pci" && PCIAddress(link.parent).map(addresses.contains) == true }
      .sorted { $0.name < $1.name }
    facts.ddpProfiles = ddpProfiles.filter { addresses.contains($0.key) }
    return facts
  }

  /// Links with a default route that one of the links `names` carries.
  private func routesOver(_ names: Set<String>) -> Set<String> {
    defaultRouteLinks.filter { route in
      var alone = self
      alone.defaultRouteLinks = [route]
      return !alone.uplinkNames.isDisjoint(with: names)
    }
  }

  private var uplinkNames: Set<String> { Set(Uplinks(self).routeLinks.keys) }
}
