import Agent
import DevicePluginFrontEnd
import GRPC
import Glibc
import JSONText
import KubeletAPI
import KubeletSimulator
import ResourcePools

extension Subcommand {
  /// `simulate`: the daemon, a kubelet stand-in and real sockets, in a temporary directory.
  static let simulate = Subcommand(
    name: "simulate", summary: "rehearses a configuration over real sockets, with a kubelet stand-in", operands: .none,
    flags: FlagSet(
      planningOfFolders + [
        .init("request", .list, help: "RESOURCE=N: one container's request; repeatable. None: one of each resource"),
        .init("reboot", .text, completion: .files, help: "a machine file: the node as it is after a reboot"),
        .init("registration", .text, standard: "watcher", choices: ["direct", "watcher"], help: "direct or watcher"),
        .init("use-cdi", .boolean, standard: "false", help: "hand devices out by CDI name"),
        .init("v", .integer, standard: "-1", help: "what the daemon says: 0 and up for its lines"),
        OutputFormat.flag(.text, .json, help: "text or json"),
      ]),
    details: """
      Starts the daemon and a stand-in for kubelet in a temporary directory, waits until every pool that has devices is
      registered, and prints what the node offers and what a container of each request would get. It waits for 30 s, and
      for a second more for each 200 devices. Of pools with serve dra the slices are taken, and each request is a claim
      that is allocated, prepared and injected by CDI. With a folder in -machine, each node in it is rehearsed and gets a
      line; requests have to be met on all of them.

      With -reboot, daemon and kubelet then start again on another machine file, and each container starts with the
      answer that it was given before, as kubelet keeps it over a reboot. A container whose device has other nodes now
      is refused.

      -o json, keys stable:
        allocatable   {resource: units}
        containers[]  resource, count, environment {}, devices[] {containerPath, hostPath, permissions},
                      mounts[] {containerPath, hostPath, readOnly}, annotations {}, cdiDevices[]
        restarts[]    resource, error: why the container does not start after the reboot; with -reboot only
        error         why the exit code is not 0
      With a folder in -machine: {"nodes": [{"node": …, and the above}]}

      exit codes: 0 every request was met, 1 the configuration can't be used, a pool was not registered, a request
      could not be met, a container does not start again, or a pool has no device on any node of a folder, 2 wrong
      usage, 3 the host or a machine file can't be read, or the output can't be written
      example: devicepool simulate -machine node7.tree -config-file new.json -request intel.com/dpdk=2
               devicepool simulate -machine recorded-nodes -config-file new.json
               devicepool simulate -machine before.tree -reboot after.tree -config-file new.json
      """
  ) { values in
    do throws(SimulationFailure) {
      let requests = try requests(values)
      return await inFolder(values) { folder, input in
        if values.isGiven("reboot") {
          Console.complain("devicepool simulate: -reboot needs one machine file in -machine, not a folder")
          return 2
        }
        return await rehearse(folder, input, values, requests)
      } orElse: {
        await rehearse(values, pods: []) { rehearsal, input in
          let options = tuned(rehearsal.options, values)
          let outcome = await Progress.during("waiting for every pool to be registered") {
            await Simulation(
              options: options, configurations: input.texts(choice(values, options)), expected: rehearsal.partition,
              requests: requests, reboot: values.text("reboot")
            ).run()
          }
          if OutputFormat(values) == .json {
            Console.print(JSONValue.object(outcome.fields).prettyText(keys: .given))
          } else {
            Console.print(lines: outcome.texts)
          }
          if let error = outcome.error { Console.complain("error: \(error)") }
          return outcome.code
        }
      }
    } catch {
      Console.complain("devicepool simulate: \(error)")
      return 2
    }
  }

  /// A line a node, or a document of them all.
  private static func rehearse(
    _ folder: MachineFolder, _ input: InputConfiguration, _ values: FlagSet.Values, _ requests: [ResourceRequest]
  ) async -> Int32 {
    var nodes: [JSONValue] = []
    let isJSON = OutputFormat(values) == .json
    let code = await folder.each(options(values), prints: !isJSON) { node, name in
      await rehearsed(node, input, values, pods: []) { rehearsal in
        let outcome = await Simulation(
          options: tuned(rehearsal.options, values), configurations: input.texts(choice(values, node)),
          expected: rehearsal.partition, requests: requests
        ).run()
        nodes.append(.object([.init("node", .string(name))] + outcome.fields))
        return MachineFolder.Verdict(code: outcome.code, text: outcome.line, units: rehearsal.unitCounts)
      }
    }
    if isJSON { Console.print(JSONValue.object([.init("nodes", .array(nodes))]).prettyText(keys: .given)) }
    return code
  }

  private static func tuned(_ options: Options, _ values: FlagSet.Values) -> Options {
    var options = options
    options.registration = values.text("registration") == "direct" ? .direct : .watcher
    options.cdi = values.flag("use-cdi") ? .both : .off
    // The report says what the daemon would warn of.
    options.verbosity = values.integer("v") ?? -2
    return options
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
