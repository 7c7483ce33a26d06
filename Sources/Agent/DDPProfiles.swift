import HostInventory
import JSONText
import Linux
import ResourcePools

/// Reads the DDP package of a NIC's firmware, by Intel's `ddptool` for every driver, or by devlink for some.
///
/// Without ddptool, i40e functions have no profile, because that driver does not report `fw.app.name`.
struct DDPProfiles {
  private let tool: ExternalTool?
  /// The time limit of one run of the tool, in seconds.
  private let limit: Int
  private(set) var problems: [InventoryProblem] = []

  /// Looks for the tool on `searchPath`, as a shell does.
  init(searchPath: String, limit: Int) {
    tool = ExternalTool.named("ddptool", searchPath: searchPath)
    self.limit = limit
  }

  /// The source of profiles, and its limits, for the log.
  var source: String {
    tool.map(\.path) ?? "devlink, as ddptool is not on the PATH: functions of i40e have no profile then"
  }

  /// Reads the profiles of devices for which only the profile decides whether a pool takes them, because each takes a
  /// process.
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

  /// Whether only the profile decides if some selector object takes the device.
  private static func depends(_ device: Device, on pools: [PoolConfig]) -> Bool {
    pools.lazy.flatMap(\.selectors).contains { $0.pipeline.firstRefusal(of: device)?.key == "ddpProfiles" }
  }

  private mutating func profile(of device: Device, at address: PCIAddress, kernel: KernelFacts) -> String? {
    guard let tool else {
      let parent = device.physicalFunction.flatMap { kernel.devlink[$0.address]?.firmwareAppName }
      return kernel.devlink[address]?.firmwareAppName ?? parent
    }
    do {
      let output = try tool.output(["-l", "-a", "-j", "-s", "\(address)"], seconds: limit)
      switch Self.package(output) {
      case .success(let name): return name
      case .failure(let fault):
        problems.append(InventoryProblem(path: "ddptool:\(address)", reason: fault.reason))
        return nil
      }
    } catch ExternalTool.Failure.exit(_, 8) {
      // The tool's way to say that the function has no package.
      return nil
    } catch {
      problems.append(InventoryProblem(path: "ddptool:\(address)", reason: "\(error)"))
      return nil
    }
  }

  struct Fault: Error, Equatable {
    let reason: String
  }

  /// `DDPInventory.DDPpackage.name`; nil when there is no package.
  static func package(_ output: [UInt8]) -> Result<String?, Fault> {
    let root: JSONNode
    do {
      root = try JSONNode.parse(output)
    } catch {
      return .failure(Fault(reason: "expected JSON: \(error)"))
    }
    guard let inventory = root["DDPInventory"], inventory.members != nil else {
      return .failure(Fault(reason: "expected an object DDPInventory"))
    }
    guard let name = inventory["DDPpackage"]?["name"], !name.isNull else { return .success(nil) }
    guard let text = name.string else {
      return .failure(Fault(reason: "expected a string for DDPInventory.DDPpackage.name, found \(name.kind)"))
    }
    return .success(text.isEmpty ? nil : text)
  }
}
