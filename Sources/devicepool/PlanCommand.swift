import Agent
import HostInventory
import JSONText
import ResourcePools

extension Subcommand {
  /// `plan`: which device goes to which pool, and which goes nowhere.
  static let plan = Subcommand(
    name: "plan", summary: "which device goes to which pool, and which goes nowhere", operands: .none,
    flags: FlagSet(planningOfFolders + [OutputFormat.flag(.text, .json, help: "text or json")]),
    details: """
      A pool of configList is its devices, each once, and the number of units that kubelet counts. Devices in no pool that
      are left out for equal reasons are one group.

      -o json, keys stable:
        pools[]       resourceName, deviceType, serve (devicePlugin, dra), units,
                      devices[] {id, driver, of, interfaces[], rdma[], numaNode, iommuGroup,
                      health (Healthy, Unhealthy), reason}
        unassigned[]  id, reasons[] {pool, selector, stage, seen, wanted[]}
        warnings[]    pool, devices[], text: what should not be offered like this
        problems[]    path, reason: what of the host could not be read

      With a folder in -machine: {"nodes": [{"node": …, and the above}]}. A node is called by its file, for nodeNames too.

      exit codes: 0 done, 1 the configuration can't be used, or a pool has no device on any node of a folder,
      2 wrong usage, 3 the host or a machine file can't be read, or the output can't be written
      example: devicepool plan -config-file new.json -machine node7.tree
               kubectl get configmap sriovdp-config -o yaml | devicepool plan -config-file - -machine node7.tree
      """
  ) { values in
    let format = OutputFormat(values)
    return await inFolder(values) { folder, input in
      var nodes: [JSONValue] = []
      let code = await folder.each(options(values), prints: format == .text) { node, name in
        await rehearsed(node, input, values) { rehearsal in
          nodes.append(
            .object([.init("node", .string(name))] + PlanReport(rehearsal).fields))
          return MachineFolder.Verdict(code: 0, text: PlanReport(rehearsal).line, units: rehearsal.unitCounts)
        }
      }
      if format == .json { Console.print(JSONValue.object([.init("nodes", .array(nodes))]).prettyText(keys: .given)) }
      return code
    } orElse: {
      await rehearse(values) { rehearsal, _ in
        Console.print(format == .json ? PlanReport(rehearsal).json : PlanReport(rehearsal).text)
        return 0
      }
    }
  }
}
