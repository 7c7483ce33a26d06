import Agent
import DRAFrontEnd
import ResourcePools

extension Subcommand {
  /// `deviceclass`: the DeviceClasses for the configuration's pools.
  static let deviceClass = Subcommand(
    name: "deviceclass", summary: "the DeviceClasses for the pools, for Dynamic Resource Allocation", operands: .none,
    flags: FlagSet(planning.filter { !["host-root", "machine", "node-name"].contains($0.name) } + DRAOutput.flags),
    details: """
      One class for each resource name, pools of all nodes together. Its extendedResourceName is the pool's resource, so
      that pods which ask for intel.com/sriov_net: 1 run without a claim in their spec.

      exit codes: 0 done, 1 the configuration can't be used or the API would refuse it, 2 wrong usage
      example: devicepool deviceclass -all -config-file config.json | kubectl apply -f -
      """
  ) { values in
    guard let output = DRAOutput(values, for: "deviceclass") else { return 2 }
    let options = options(values)
    let (config, problems) = decode(InputConfiguration(reading: options.configFiles), values, options, node: .any)
    complain(problems)
    guard let config else { return 1 }
    let pools = output.chosen(config.pools + config.sharedPools)
    guard output.canBePublished(pools) else { return 1 }
    output.print(DeviceClass.all(of: pools, driver: output.driver).map(\.json))
    return 0
  }
}
