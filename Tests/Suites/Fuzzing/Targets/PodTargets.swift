@testable import KubeletState
@testable import UnifiedBus

extension FuzzTarget {
  /// kubelet's checkpoint, and the UB devices that its entries name.
  static let checkpoint = FuzzTarget("checkpoint") { bytes in
    guard let checkpoint = try? KubeletCheckpoint(decoding: bytes, path: "checkpoint") else { return }
    for entry in checkpoint.entries {
      try Finding.unless(!entry.podUID.isEmpty && !entry.resource.isEmpty, "an entry without a pod or a resource")
      for device in (try? entry.devices()) ?? [] { try check(device) }
      let holders = checkpoint.holders(of: entry.ids, resource: entry.resource)
      try Finding.unless(holders.contains { $0.podUID == entry.podUID }, "the holder of \(entry.ids) is not found")
    }
  }

  /// The JSON text in a verbose answer of the container runtime.
  static let sandboxInfo = FuzzTarget("sandbox-info") { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    guard let info = try? SandboxInfo(info: ["info": text], sandbox: "s") else { return }
    try Finding.unless(info.pid ?? 1 > 0, "process \(info.pid ?? 0)")
    var paths = [info.metadataPath].compactMap { $0 }
    if case .path(let path) = info.network { paths.append(path) }
    for path in paths { try Finding.unless(path.hasPrefix("/") && !path.utf8.contains(0), "a namespace at \(path)") }
  }

  /// Replies of the UBS engine: the first byte chooses the dialect and what was asked.
  static let engine = FuzzTarget("engine") { bytes in
    var input = FuzzInput(bytes)
    let dialect = EngineDialect.allCases[input.choice(of: EngineDialect.allCases.count)]
    let asksForList = input.choice(of: 2) == 0
    let header = input.rest.prefix(dialect.headerLength)
    let body = input.rest.dropFirst(dialect.headerLength)
    if let header = try? EngineReplyHeader(decoding: header, dialect: dialect) {
      try Finding.unless(
        (0...dialect.maximumMessage).contains(header.bodyLength), "a body of \(header.bodyLength) bytes")
    }
    if asksForList, let list = try? EngineDeviceList(decoding: body, dialect: dialect) {
      try Finding.unless(Set(list.devices.map(\.name)).count == list.devices.count, "a device twice")
      for device in list.devices {
        try Finding.unless(PoolCheck.isFileName(device.name.text), "a device called '\(device.name)'")
      }
      var known = UBDeviceList()
      _ = known.receive(.success(list))
      for _ in 0...UBDeviceList.tolerated { _ = known.receive(.success(EngineDeviceList(devices: []))) }
      try Finding.unless(known.devices?.count == list.devices.count, "an empty answer emptied the list")
    } else if let paths = try? EnginePaths(decoding: body, dialect: dialect) {
      for device in paths.devices { try check(device) }
    }
  }

  private static func check(_ device: DevicePath) throws(Finding) {
    try Finding.unless(
      device.path == "/dev/uburma/\(device.kernelName)" && PoolCheck.isFileName(device.kernelName),
      "a node at \(device.path)")
  }
}
