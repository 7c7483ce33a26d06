import Glibc
import HostInventory
import JSONText
import ResourcePools

/// The DDP package of a NIC's firmware: Intel's `ddptool` says it for every driver, devlink for those that tell it.
///
/// Without ddptool, i40e functions have none: that driver does not report `fw.app.name`.
struct DDPProfiles {
  private let tool: ExternalTool?
  private(set) var problems: [InventoryProblem] = []

  init() {
    let searchPath = getenv("PATH").map { String(cString: $0) } ?? "/usr/sbin:/usr/bin:/sbin:/bin"
    tool = ExternalTool.named("ddptool", searchPath: searchPath)
  }

  var source: String { tool.map(\.path) ?? "devlink" }

  /// Profiles of the devices that only their profile still keeps out of a pool, or lets in: the tool takes a process
  /// for each.
  mutating func read(
    for devices: [Device], pools: [PoolConfig], kernel: KernelFacts
  ) -> [PCIAddress: String] {
    var profiles: [PCIAddress: String] = [:]
    for device in devices where Self.depends(device, on: pools) {
      guard case .pci(let address) = device.bus else { continue }
      profiles[address] = profile(of: device, at: address, kernel: kernel)
    }
    return profiles
  }

  /// The profile is the first thing that some selector object has against the device.
  private static func depends(_ device: Device, on pools: [PoolConfig]) -> Bool {
    pools.lazy.flatMap(\.selectors).contains { $0.pipeline.firstRefusal(of: device)?.key == "ddpProfiles" }
  }

  private mutating func profile(of device: Device, at address: PCIAddress, kernel: KernelFacts) -> String? {
    guard let tool else {
      let parent = device.physicalFunction.flatMap { kernel.devlink[$0.address]?.firmwareAppName }
      return kernel.devlink[address]?.firmwareAppName ?? parent
    }
    do {
      return Self.packageName(try tool.output(["-l", "-a", "-j", "-s", "\(address)"], seconds: 10))
    } catch ExternalTool.Failure.exit(_, 8) {
      // The tool's way to say that the function has no package.
      return nil
    } catch {
      problems.append(InventoryProblem(path: "ddptool:\(address)", reason: "\(error)"))
      return nil
    }
  }

  /// `DDPInventory.DDPpackage.name`; nil when it is missing, empty or no text.
  static func packageName(_ output: [UInt8]) -> String? {
    guard let root = try? JSONNode.parse(output),
      let name = root["DDPInventory"]?["DDPpackage"]?["name"]?.string, !name.isEmpty
    else { return nil }
    return name
  }
}
