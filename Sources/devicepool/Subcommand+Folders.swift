import Agent
import KubeletAPI
import ResourcePools

/// Code shared by subcommands that read a folder of recorded nodes.
extension Subcommand {
  /// With a folder in -machine, `report` is asked once the configuration was found to be usable.
  static func inFolder(
    _ values: FlagSet.Values, _ report: (MachineFolder, InputConfiguration) async -> Int32,
    orElse other: () async -> Int32
  ) async -> Int32 {
    await withFolder(values) { folder in
      guard let folder else { return await other() }
      let input = InputConfiguration(reading: files(values))
      // A manifest with a key for each node is looked at node by node.
      guard values.isGiven("node-name") || input.isSameOnEveryNode else { return await report(folder, input) }
      let options = options(values)
      let node = options.nodeName.isEmpty ? ConfigDefaults.Node.any : .named(options.nodeName)
      let (config, problems) = decode(input, values, options, node: node)
      complain(problems)
      return config == nil ? 1 : await report(folder, input)
    }
  }

  /// One node of a folder; problems of the configuration were reported before, for the whole folder.
  static func rehearsed(
    _ node: Options, _ input: InputConfiguration, _ values: FlagSet.Values, pods: [PodResources]? = nil,
    _ report: (Rehearsal) async -> MachineFolder.Verdict
  ) async -> MachineFolder.Verdict {
    let (config, problems) = decode(input, values, node)
    guard let config else {
      let reason = problems.first { $0.severity == .error }.map { ": \($0.text)" } ?? ""
      return MachineFolder.Verdict(code: 1, text: "the configuration can't be used\(reason)")
    }
    var node = node
    do {
      node.machine = try UnpackedMachine(node)
      defer { node.machine?.remove() }
      return await report(try await Rehearsal.run(config, options: node, pods: pods))
    } catch {
      return MachineFolder.Verdict(code: 3, text: "\(error)")
    }
  }

  /// Calls `use` with the folder that -machine names, or with nil when it does not name one.
  static func withFolder(_ values: FlagSet.Values, _ use: (MachineFolder?) async -> Int32) async -> Int32 {
    let folder: MachineFolder?
    do throws(MachineFolder.Failure) {
      folder = try MachineFolder(values.text("machine"))
    } catch {
      Console.complain("error: \(error)")
      return 3
    }
    return await use(folder)
  }
}
