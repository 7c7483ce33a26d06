import Agent
import DRAFrontEnd
import ResourcePools

extension Subcommand {
  /// `slices`: the ResourceSlices of this node's pools.
  static let slices = Subcommand(
    name: "slices", summary: "the ResourceSlices of a node's pools, for Dynamic Resource Allocation", operands: .none,
    flags: FlagSet(planning + DRAOutput.flags),
    details: """
      One pool for each resource of the configuration, with at most 64 devices in a slice. What the API server alone knows
      is left out: the objects' names and the node's uid. The node is -node-name, NODE_NAME or the machine file's name.

      exit codes: 0 done, 1 the configuration can't be used or the API would refuse it, 2 wrong usage,
      3 the host or the machine file can't be read
      example: devicepool slices -all -machine node7.tree -config-file config.json
      """
  ) { values in
    guard let output = DRAOutput(values, for: "slices") else { return 2 }
    let node = nodeName(values)
    guard ObjectName.isSubdomain(node) else {
      Console.complain("devicepool slices: -node-name '\(node)': expected the node's name, a domain name")
      return 2
    }
    return await rehearse(values) { rehearsal, _ in
      let pools = rehearsal.partition.pools
      let chosen = output.chosen(pools.map(\.config))
      guard output.canBePublished(chosen) else { return 1 }
      let names = Set(chosen.map(\.name))
      let published = pools.filter { names.contains($0.name) }.map {
        PublishedPool($0, node: node, driver: output.driver)
      }
      output.print(
        published.flatMap { ResourceSlice.all(of: $0, driver: output.driver, node: node) }.map {
          $0.json(generation: 1)
        })
      return 0
    }
  }

  /// A recorded node is called by its file.
  private static func nodeName(_ values: FlagSet.Values) -> String {
    let name = options(values).nodeName
    guard name.isEmpty, let machine = values.text("machine"), let file = machine.split(separator: "/").last else {
      return name
    }
    return file.hasSuffix(".tree") ? String(file.dropLast(5)) : String(file)
  }
}
