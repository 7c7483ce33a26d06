import Foundation
import TestSupport
import Testing

/// Every subcommand takes a configuration in every form that people have it in.
@Suite("Forms of input") struct InputFormTests {
  private static let machine = "Tests/Fixtures/Cases/one-stage-at-a-time/machine.tree"
  private static let device = "0000:0d:11.0"
  private static let config = """
    {"resourceList":[{"resourceName":"vfs","resourcePrefix":"form.io","selectors":{"vendors":["8086"],"drivers":["iavf"]}}]}
    """

  private static let commands: [[String]] = [
    ["validate", "-machine", machine], ["plan", "-machine", machine, "-config-file"],
    ["explain", "-machine", machine, device, "-config-file"], ["inventory", "-machine", machine, "-config-file"],
    ["simulate", "-machine", machine, "-config-file"], ["slices", "-all", "-machine", machine, "-config-file"],
    ["deviceclass", "-all", "-config-file"],
  ]

  /// Those that take no configuration.
  private static let others: Set<String> = ["run", "record", "completion", "version", "help"]

  @Test func everySubcommandIsInTheTable() throws {
    let taken = Set(Self.commands.map { $0[0] })
    #expect(Set(try CommandLineTests.subcommands()) == taken.union(Self.others))
  }

  private static let forms: [(name: String, text: String)] = [
    ("json", config),
    ("configmap", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  config.json: '\(config)'\n"),
    (
      "documents",
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: grafana}
      data:
        dashboard.json: '{"panels":[],"title":"nodes"}'
        empty.json: '{}'
      ---
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: d}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: a}
      data:
        config.json: '\(config)'
      """
    ),
    (
      "json-list",
      #"{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"#
        + "\"config.json\":\"" + config.replacingOccurrences(of: "\"", with: "\\\"") + "\"}}]}"
    ),
    (
      "policy",
      """
      apiVersion: mellanox.com/v1alpha1
      kind: NicClusterPolicy
      metadata: {name: nic-cluster-policy}
      spec:
        sriovDevicePlugin:
          image: x
          config: |
            \(config)
      """
    ),
    ("values", "image: {tag: v1}\nsriov:\n  config: |\n    \(config)\n"),
  ]

  private static let ways = ["file", "stdin", "pipe", "late pipe"]

  private static var tries: [(Int, Int, String)] {
    commands.indices.flatMap { command in
      forms.indices.flatMap { form in
        // One form by every way, and every form by one: the two do not meet.
        ways.filter { $0 == "file" || form == 1 }.map { (command, form, $0) }
      }
    }
  }

  @Test(arguments: tries) func isTaken(command: Int, form: Int, way: String) throws {
    let directory = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let file = directory.appendingPathComponent("input").path
    try Self.forms[form].text.write(toFile: file, atomically: true, encoding: .utf8)
    let words = Self.commands[command].map { "'\($0)'" }.joined(separator: " ")
    let script =
      switch way {
      case "file": "\"$0\" \(words) \(file)"
      case "stdin": "\"$0\" \(words) - < \(file)"
      case "pipe": "cat \(file) | \"$0\" \(words) -"
      default: "\"$0\" \(words) <(sleep 0.3; cat \(file))"
      }
    let (code, output) = try Program.run(
      URL(fileURLWithPath: "/bin/bash"), ["-c", script, Program.own.path], in: Repository.root)
    #expect(code == 0, "\(Self.forms[form].name) by \(way): \(output)")
    let shown = Self.commands[command][0] == "validate" ? ": 1 pool, 0 warnings" : "form.io/vfs"
    #expect(output.contains(shown), "\(Self.forms[form].name) by \(way): \(output)")
  }

  private func cases(_ file: String) -> String { "Tests/Fixtures/Cases/input-forms/\(file)" }

  @Test func theOperatorsConfigMapHasNoError() throws {
    let (code, output) = try Program.run(["validate", cases("operator-configmap.yaml")])
    #expect(code == 0, "\(output)")
    #expect(output.contains("(device-plugin-config/worker-node-1): 2 pools"))
    #expect(output.contains("(device-plugin-config/worker-node-2): 0 pools, 0 warnings"))
    #expect(output.contains("(device-plugin-config/worker-node-3): 0 pools, 1 warning"))
    #expect(!output.contains("error"))
  }

  /// The key that is the node's name counts.
  @Test func theOperatorsConfigMapIsChosenFromByNode() throws {
    let words = ["plan", "-machine", Self.machine, "-config-file", cases("operator-configmap.yaml")]
    #expect(try Program.run(words + ["-node-name", "worker-node-1"]).output.contains("intel.com/rdma_resource1"))
    #expect(try Program.run(words + ["-node-name", "worker-node-2"]).output == "no pool is for this node\n")
    #expect(try Program.run(words + ["-config-key", "worker-node-1"]).output.contains("intel.com/rdma_resource "))
    let (code, output) = try Program.run(words)
    #expect(code == 1)
    #expect(output.contains("-config-key or -node-name chooses of device-plugin-config/worker-node-1"), "\(output)")
    let absent = try Program.run(words + ["-node-name", "worker-node-9"])
    #expect(absent.code == 1)
    #expect(absent.output.contains("and none for worker-node-9: found device-plugin-config/"), "\(absent.output)")
    let missing = try Program.run(words + ["-config-key", "worker-node-9"])
    #expect(missing.code == 1)
    #expect(missing.output.contains("has no configuration worker-node-9"), "\(missing.output)")
  }

  /// Both plugins' configurations are one here.
  @Test func aPolicyWithBothPlugins() throws {
    let validated = try Program.run(["validate", cases("nicclusterpolicy.yaml")])
    #expect(validated.code == 0)
    #expect(validated.output.contains("(nic-cluster-policy/spec.rdmaSharedDevicePlugin.config): 1 pool"))
    #expect(validated.output.contains("(nic-cluster-policy/spec.sriovDevicePlugin.config): 1 pool"))
    let planned = try Program.run(["plan", "-machine", Self.machine, "-config-file", cases("nicclusterpolicy.yaml")])
    #expect(planned.code == 0)
    #expect(planned.output.contains("rdma/rdma_shared_device_a") && planned.output.contains("nvidia.com/hostdev"))
  }

  @Test(
    arguments: [
      ("kind: Pod\n", "found no ConfigMap and no configuration"),
      ("resourceList:\n  - resourceName: a\n", "found a configuration in YAML, expected JSON"),
      ("# comment\n{\"resourceList\": []}\n", "found a configuration in YAML, expected JSON"),
      (
        "kind: ConfigMap\nmetadata: {name: g}\ndata:\n  d.json: '{\"panels\":[]}'\n",
        "found no configuration in ConfigMap g, expected JSON with a resourceList or configList"
      ),
      ("{\"resourceList\": [],\n}\n", "1:20: no JSON: found a trailing comma, expected no comma after the last entry"),
      ("", "the file is empty"),
    ])
  func whatIsNone(text: String, reason: String) throws {
    let script = "printf %s \"$1\" | \"$0\" validate -"
    let (code, output) = try Program.run(
      URL(fileURLWithPath: "/bin/bash"), ["-c", script, Program.own.path, text], in: Repository.root)
    #expect(code == 1)
    #expect(output.hasPrefix("error: stdin"), "\(output)")
    #expect(output.contains(reason), "\(output)")
  }
}
