import Agent
import Glibc
import HostInventory
import Linux
import NodeReport
import Observability
import ResourcePools

extension Subcommand {
  /// `inventory`: the node's devices and the pods that use them, as a table, as JSON or as a page.
  static let inventory = Subcommand(
    name: "inventory", summary: "the devices of this node, their facts, pools and pods: a table, JSON or a page",
    operands: .none,
    flags: FlagSet(
      planning + [
        kubeletDirectory,
        OutputFormat.flag(.text, .json, .html, help: "text, json, or html: one page that needs nothing else"),
      ]),
    details: """
      Without -config-file, /etc/pcidp/config.json is applied where it is there; without any configuration, devices are
      listed without pools. Pods are those of kubelet's pod-resources socket, where that is there.

      -o json, keys stable; a key without a value is left out:
        node, time, version, configFiles[]
        devices[]   id, kind (PF, VF, function, SF, UB), vendor, device, model, driver, numaNode, rootPort, parent,
                    physicalFunction, physicalFunctionName, functionIndex, virtualFunctions {enabled, total},
                    iommuGroup, acpiIndex, linkType, interfaces[] {name, linkType, up, carrier, defaultRoute},
                    rdma[] {name, characterDevices[]}, vdpa[] {name, type, path}, uio[], ddpProfile,
                    npu {node, card: the bridge above the NPUs of a card or switch},
                    ub {devices[]: the kernel's names, eids[], elsewhere: in another network namespace},
                    pools[], health (Healthy, Unhealthy), reason, pods[] {namespace, name, container, resource},
                    claims[]: prepared claims that have it and whose pod kubelet does not list
        pools[]     resourceName, deviceType, units, healthy, used by pods and claims (where kubelet says which pods have what)
        warnings[]  resourceName, devices[], text: what should not be offered like this
        problems[]  path, reason: what of the host could not be read

      exit codes: 0 done, 1 the configuration can't be used (the devices are listed nevertheless), 2 wrong usage,
      3 the host or the machine file can't be read, or the output can't be written
      """
  ) { values in
    let options = options(values)
    let (config, code) = configuration(values, options)
    do {
      let (pods, claims, described) = await podsOfNode(values, options)
      let rehearsal = try await Rehearsal.run(config, options: options, scope: .host, pods: pods, claims: claims)
      let survey = NodeSurvey(
        title: rehearsal.title, inventory: rehearsal.inventory.completed(by: described),
        partition: rehearsal.partition, problems: rehearsal.problems, pods: pods, claims: claims,
        names: PCINames(), context: context(values, options, config))
      switch OutputFormat(values) {
      case .json: Console.print(InventoryJSON(survey).text)
      case .html: Console.print(InventoryPage(survey).text)
      default: Console.print(InventoryTable(survey).text)
      }
      return code
    } catch {
      Console.complain("error: \(error)")
      return 3
    }
  }

  /// A recorded machine was found at another time.
  private static func context(
    _ values: FlagSet.Values, _ options: Options, _ config: PluginConfig
  ) -> NodeSurvey.Context {
    let hasPools = !(config.pools + config.sharedPools + config.poolsElsewhere).isEmpty
    return NodeSurvey.Context(
      nodeName: options.nodeName, time: values.isGiven("machine") ? "" : ClockText.now, version: Version.number,
      configFiles: hasPools ? options.configFiles : [])
  }

  /// The configuration; empty when none was named and none exists. The code is 1 when it cannot be used.
  private static func configuration(_ values: FlagSet.Values, _ options: Options) -> (PluginConfig, code: Int32) {
    if !values.isGiven("config-file"), options.configFiles.allSatisfy({ access($0, F_OK) != 0 }) {
      return (PluginConfig(), 0)
    }
    let (config, problems) = decode(InputConfiguration(reading: options.configFiles), values, options)
    complain(problems)
    return config.map { ($0, 0) } ?? (PluginConfig(), 1)
  }
}
