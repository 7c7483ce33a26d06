import Glibc

/// Writes a node as the kernel shows it below `/sys`: every entry of a PCI function's directory, so that listing one
/// costs what it costs on a host.
struct SysfsTree {
  let node: GeneratedNode
  let root: String

  /// Entries that nobody reads, with a text of the usual length.
  private static let unread = [
    "ari_enabled", "broken_parity_status", "config", "consistent_dma_mask_bits", "current_link_speed",
    "current_link_width", "d3cold_allowed", "dma_mask_bits", "driver_override", "enable", "irq", "local_cpulist",
    "local_cpus", "max_link_speed", "max_link_width", "msi_bus", "power_state", "remove", "rescan", "reset",
    "reset_method", "resource", "resource0", "resource3", "revision", "subsystem_device", "subsystem_vendor",
  ]
  private static let directories = [
    "bus/pci/devices", "bus/pci/drivers/ice", "bus/pci/drivers/iavf", "bus/pci/drivers/vfio-pci",
    "bus/pci/drivers/pcieport", "bus/auxiliary/devices", "bus/vdpa/devices", "class/net", "class/infiniband",
    "class/infiniband_verbs", "class/infiniband_mad", "class/uio", "class/vfio", "kernel/iommu_groups",
    "kernel/mm", "devices/system", "devices/pci0000:00",
  ]

  func write() throws(BenchmarkError) {
    for directory in Self.directories { try make(directory) }
    for port in 0..<node.ports { try write(port: port) }
  }

  private func write(port: Int) throws(BenchmarkError) {
    let bridge = GeneratedNode.bridge(above: port)
    let above = "devices/pci0000:00/\(bridge)"
    try function(bridge, at: above, vendor: "8086", device: "2030", class: "060400", driver: "pcieport", group: port)
    let address = GeneratedNode.address(ofPort: port)
    let place = "\(above)/\(address)"
    let members = node.functions(of: port)
    try function(address, at: place, vendor: "8086", device: "1592", class: "020000", driver: "ice", group: 200 + port)
    try file("\(place)/sriov_totalvfs", "\(GeneratedNode.perPort)")
    try file("\(place)/sriov_numvfs", "\(members.count)")
    try netdev(GeneratedNode.link(ofPort: port), at: place)
    for member in members {
      let own = "\(above)/\(member.address)"
      try function(
        member.address, at: own, vendor: "8086", device: "1889", class: "020000",
        driver: member.isVFIO ? "vfio-pci" : "iavf", group: member.group)
      try link("../\(address)", "\(own)/physfn")
      try link("../\(member.address)", "\(place)/virtfn\(member.index)")
      if !member.isVFIO { try netdev(member.link, at: own) }
    }
  }

  private func function(
    _ address: String, at place: String, vendor: String, device: String, class code: String, driver: String, group: Int
  ) throws(BenchmarkError) {
    try make(place)
    for name in Self.unread { try file("\(place)/\(name)", "0x0000 00") }
    for name in ["power", "msi_irqs", "link"] { try make("\(place)/\(name)") }
    try file("\(place)/vendor", "0x\(vendor)")
    try file("\(place)/device", "0x\(device)")
    try file("\(place)/class", "0x\(code)")
    try file("\(place)/numa_node", "0")
    let code = code.map(String.init)
    try file(
      "\(place)/modalias",
      "pci:v0000\(vendor)d0000\(device)sv0000\(vendor)sd00000000"
        + "bc\(code[0...1].joined())sc\(code[2...3].joined())i\(code[4...5].joined())")
    try file("\(place)/uevent", "DRIVER=\(driver)\nPCI_ID=\(vendor):\(device)\nPCI_SLOT_NAME=\(address)")
    try make("kernel/iommu_groups/\(group)")
    try file("kernel/iommu_groups/\(group)/type", "DMA-FQ")
    try link("../../../bus/pci", "\(place)/subsystem")
    try link("../../../../bus/pci/drivers/\(driver)", "\(place)/driver")
    try link("../../../../kernel/iommu_groups/\(group)", "\(place)/iommu_group")
    try link("../../../\(place)", "bus/pci/devices/\(address)")
  }

  private func netdev(_ name: String, at place: String) throws(BenchmarkError) {
    try make("\(place)/net/\(name)")
    try file("\(place)/net/\(name)/type", "1")
    try file("\(place)/net/\(name)/operstate", "up")
    try file("\(place)/net/\(name)/carrier", "1")
    try link("../../\(place)/net/\(name)", "class/net/\(name)")
  }

  private func make(_ path: String) throws(BenchmarkError) { try Files.makeDirectories("\(root)/\(path)") }

  private func file(_ path: String, _ text: String) throws(BenchmarkError) {
    try Files.write("\(text)\n", to: "\(root)/\(path)")
  }

  private func link(_ target: String, _ path: String) throws(BenchmarkError) {
    guard symlink(target, "\(root)/\(path)") == 0 else { throw .system("symlink \(path)") }
  }
}
