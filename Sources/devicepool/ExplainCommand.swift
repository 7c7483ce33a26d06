import Agent
import HostInventory
import JSONText
import ResourcePools

extension Subcommand {
  /// `explain DEVICE`: for each pool, what took the device or keeps it out.
  static let explain = Subcommand(
    name: "explain", summary: "for each pool, what takes a device or keeps it out", operands: .others("DEVICE…"),
    flags: FlagSet(planning + [kubeletDirectory, OutputFormat.flag(.text, .json, help: "text or json")]),
    details: """
      A DEVICE is a PCI address (0000:3b:02.0 or 3b:02.0), the name of an interface or RDMA device (ens1f0v0, mlx5_0), a
      VF by its PF and number (ens1f0#0), or the name of a subfunction or UB device. One block a device, one line a pool
      and selector object: every stage that drops it, the value seen, the values wanted that count for it, and what can be
      done; or who claimed it first. A device that a pool has and that is Unhealthy has the reason beside it. Pods are
      those of kubelet's pod-resources socket, where that is there.

      -o json, keys stable:
        devices[]  asked, id, facts, pools[] {pool, path, outcome, selector, claimedBy, reason, unhealthy,
                   stages[] {selector, stage, seen, wanted[], advice}}
        unknown[]  asked, reason: words that name no device of this host
      outcome: member, held, claimed, foreign, rejected, dropped or elsewhere

      exit codes: 0 done, 1 the configuration can't be used or the host has no such device, 2 wrong usage,
      3 the host or the machine file can't be read, or the output can't be written
      example: devicepool explain -machine node7.tree -config-file new.json 0000:3b:02.0
      """
  ) { values in
    guard !values.rest.isEmpty else {
      Console.complain("devicepool explain: name a device, such as 0000:3b:02.0, 3b:02.0, ens1f0v0 or ens1f0#0")
      return 2
    }
    let (pods, claims, _) = await podsOfNode(values, options(values))
    return await rehearse(values, pods: pods, claims: claims) { rehearsal, _ in
      var devices: [JSONValue] = []
      var unknown: [JSONValue] = []
      for word in values.rest {
        switch DeviceSearch(rehearsal.inventory).find(word) {
        case .found(let id):
          guard let explanation = rehearsal.partition.explanation(of: id) else { continue }
          let report = ExplanationReport(explanation, asked: word)
          devices.append(report.json)
          if OutputFormat(values) == .text {
            Console.print(report.text)
            for warning in rehearsal.partition.warnings where warning.devices.contains(id) {
              Console.print("  warning: \(warning)")
            }
          }
        case .notFound(let reason):
          unknown.append(.object([.init("asked", .string(word)), .init("reason", .string(reason))]))
          Console.complain("error: \(reason)")
        }
      }
      if OutputFormat(values) == .json {
        let document: [JSONValue.Field] = [.init("devices", .array(devices)), .init("unknown", .array(unknown))]
        Console.print(JSONValue.object(document).prettyText(keys: .given))
      }
      return unknown.isEmpty ? 0 : 1
    }
  }
}
