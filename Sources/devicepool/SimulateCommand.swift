import DevicePlugin
import Glibc
import KubeletAPI
import KubeletSimulator
import RPC
import ResourcePools

extension Subcommand {
  /// `simulate`: the daemon, a kubelet stand-in and real sockets, in a temporary directory.
  static let simulate = Subcommand(
    name: "simulate", summary: "rehearses a configuration over real sockets, with a kubelet stand-in", operands: "",
    flags: FlagSet(
      planning + [
        .init("request", .list, help: "RESOURCE=N: one container's request; repeatable. None: one of each resource"),
        .init("registration", .text, standard: "watcher", help: "direct or watcher"),
        .init("use-cdi", .boolean, standard: "false", help: "hand devices out by CDI name"),
        .init("v", .integer, standard: "-1", help: "what the daemon says: 0 and up for its lines"),
      ]),
    details: """
      Starts the daemon and a stand-in for kubelet in a temporary directory, waits until every pool that has devices is
      registered, and prints what the node offers and what a container of each request would get.

      exit codes: 0 every request was met, 1 the configuration can't be used, a pool was not registered or a request
      could not be met, 2 wrong usage, 3 the host or the machine file can't be read
      example: devicepool simulate -machine node7.tree -config-file new.json -request intel.com/dpdk=2
      """
  ) { values in
    do throws(SimulationFailure) {
      let requests = try requests(values)
      var options = options(values)
      options.registration = values.text("registration") == "direct" ? .direct : .watcher
      options.cdi = values.flag("use-cdi") ? .both : .off
      options.verbosity = values.integer("v") ?? -1
      return await rehearse(values) { rehearsal in
        await Simulation(options: options, expected: rehearsal.partition, requests: requests).run()
      }
    } catch {
      Console.complain("devicepool simulate: \(error)")
      return 2
    }
  }

  private static func requests(_ values: FlagSet.Values) throws(SimulationFailure) -> [ResourceRequest] {
    var requests: [ResourceRequest] = []
    for text in values.list("request") {
      do {
        requests.append(try ResourceRequest(parsing: text))
      } catch {
        throw SimulationFailure("-request \(text): \(error)")
      }
    }
    return requests
  }
}

struct SimulationFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
