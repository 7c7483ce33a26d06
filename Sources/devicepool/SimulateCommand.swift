import Agent
import DevicePluginFrontEnd
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
      planningOfFolders + [
        .init("request", .list, help: "RESOURCE=N: one container's request; repeatable. None: one of each resource"),
        .init("registration", .text, standard: "watcher", help: "direct or watcher"),
        .init("use-cdi", .boolean, standard: "false", help: "hand devices out by CDI name"),
        .init("v", .integer, standard: "-1", help: "what the daemon says: 0 and up for its lines"),
      ]),
    details: """
      Starts the daemon and a stand-in for kubelet in a temporary directory, waits until every pool that has devices is
      registered, and prints what the node offers and what a container of each request would get. With a folder in
      -machine, each node in it is rehearsed and gets a line; requests have to be met on all of them.

      exit codes: 0 every request was met, 1 the configuration can't be used, a pool was not registered, a request
      could not be met, or a pool has no device on any node of a folder, 2 wrong usage, 3 the host or a machine file
      can't be read
      example: devicepool simulate -machine node7.tree -config-file new.json -request intel.com/dpdk=2
               devicepool simulate -machine recorded-nodes -config-file new.json
      """
  ) { values in
    do throws(SimulationFailure) {
      let requests = try requests(values)
      let registration = values.text("registration") ?? "watcher"
      guard ["direct", "watcher"].contains(registration) else {
        throw SimulationFailure("-registration \(registration): expected direct or watcher")
      }
      func tuned(_ options: Options) -> Options {
        var options = options
        options.registration = registration == "direct" ? .direct : .watcher
        options.cdi = values.flag("use-cdi") ? .both : .off
        options.verbosity = values.integer("v") ?? -1
        return options
      }
      return await inFolder(values) { folder, options in
        await folder.each(options) { node, _ in
          await rehearsed(node) { rehearsal in
            let outcome = await Simulation(
              options: tuned(node), expected: rehearsal.partition, requests: requests
            ).run()
            return MachineFolder.Verdict(code: outcome.code, text: outcome.line, units: rehearsal.unitCounts)
          }
        }
      } orElse: {
        await rehearse(values) { rehearsal in
          let outcome = await Progress.during("waiting for every pool to be registered") {
            await Simulation(options: tuned(options(values)), expected: rehearsal.partition, requests: requests).run()
          }
          for text in outcome.texts { Console.print(text) }
          if let error = outcome.error { Console.complain("error: \(error)") }
          return outcome.code
        }
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
