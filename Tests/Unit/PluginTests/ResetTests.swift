import Foundation
import KubeletAPI
import KubeletSimulator
import Linux
import TestSupport
import Testing

@testable import Agent
@testable import DevicePluginFrontEnd
@testable import Effects

@Suite("Reset before reuse", .timeLimit(.minutes(2)))
struct ResetTests {
  private static let device = "sys/devices/pci0000:b8/0000:b8:00.0"

  private func plugin(_ more: String, resets: Bool = true) async throws -> RunningPlugin {
    let machine = try MachineTree(named: "rebellions-atom")
    if resets { try "".write(toFile: machine.place("\(Self.device)/reset"), atomically: false, encoding: .utf8) }
    let plugin = try RunningPlugin(
      .watcher,
      config: """
        {"resourceList": [{"resourceName": "passthrough", "resourcePrefix": "rebellions.ai",
          "deviceType": "accelerator", "selectors": {"vendors": ["1eff"], "drivers": ["vfio-pci"]}\(more)}]}
        """, machine: machine)
    try #require(await plugin.sees(PluginTests.passthrough) != nil)
    return plugin
  }

  private func written(_ plugin: RunningPlugin) -> String? {
    try? String(contentsOfFile: plugin.machine.place("\(Self.device)/reset"), encoding: .utf8)
  }

  @Test func aFreeFunctionIsResetBeforeItIsHandedOut() async throws {
    let plugin = try await plugin(#","resetOnAllocate": true"#)
    #expect(written(plugin) == "")
    _ = try await plugin.kubelet.admit(Pod("a", asking: PluginTests.passthrough))
    #expect(written(plugin) == "1")
    #expect(await plugin.stop() == 0)
  }

  @Test func offByDefault() async throws {
    let plugin = try await plugin("")
    _ = try await plugin.kubelet.admit(Pod("a", asking: PluginTests.passthrough))
    #expect(written(plugin) == "")
    #expect(await plugin.stop() == 0)
  }

  @Test func notWhileAPodHasIt() async throws {
    let plugin = try await plugin(#","resetOnAllocate": true"#)
    _ = try await plugin.kubelet.admit(Pod("a", asking: PluginTests.passthrough))
    try "".write(toFile: plugin.machine.place("\(Self.device)/reset"), atomically: false, encoding: .utf8)
    _ = try await plugin.kubelet.allocate(PluginTests.passthrough, ids: ["0000:b8:00.0"])
    #expect(written(plugin) == "")
    #expect(plugin.log.count("not reset: the device is in use", "a pod has it", "0000:b8:00.0") == 1)
    try plugin.kubelet.delete(podUID: "a")
    _ = try await plugin.kubelet.admit(Pod("b", asking: PluginTests.passthrough))
    #expect(written(plugin) == "1")
    #expect(await plugin.stop() == 0)
  }

  /// kubelet, whose podresources are not mounted, calls it free: the kernel knows better.
  @Test(arguments: [(opened: "1", written: ""), ("0", "1")])
  func notWhileSomebodyHasItOpen(_ opened: String, _ expected: String) async throws {
    let plugin = try await plugin(#","resetOnAllocate": true"#)
    unlink(plugin.options.kubelet.podResourcesSocket)
    try opened.write(toFile: plugin.machine.place("\(Self.device)/enable"), atomically: false, encoding: .utf8)
    _ = try await plugin.kubelet.admit(Pod("a", asking: PluginTests.passthrough))
    #expect(written(plugin) == expected)
    let told = plugin.log.count("not reset: the device is in use", "open by vfio", "0000:b8:00.0")
    #expect(told == (opened == "1" ? 1 : 0))
    #expect(await plugin.stop() == 0)
  }

  @Test func notWhereContainersShareIt() async throws {
    let plugin = try RunningPlugin(
      .watcher,
      config: """
        {"resourceList": [{"resourceName": "shared", "deviceType": "accelerator", "selectors": {},
          "resetOnAllocate": true, "replicas": 2}]}
        """)
    #expect(await plugin.stop() == 1)
    #expect(plugin.log.count("error", "resourceList[0].replicas", "would reset the device of another") == 1)
  }

  /// A pipe that nobody reads is opened as such a function is reset: until somebody reads it.
  @Test func aFunctionThatDoesNotComeBackHoldsUpNoOther() async throws {
    let machine = try MachineTree(named: "rebellions-atom")
    let reset = FunctionReset(root: machine.root, limit: .milliseconds(200))
    let stuck = machine.place("\(Self.device)/reset")
    #expect(mkfifo(stuck, 0o600) == 0)
    let other = machine.place("sys/bus/pci/devices/0000:b7:00.1/reset")
    try "".write(toFile: other, atomically: false, encoding: .utf8)
    for number in [ETIMEDOUT, EBUSY] {
      let error = await #expect(throws: FileError.self) { try await reset.perform(on: "0000:b8:00.0") }
      #expect(error?.number == number, "\(String(describing: error))")
    }
    try await reset.perform(on: "0000:b7:00.1")
    #expect(try String(contentsOfFile: other, encoding: .utf8) == "1")
    let reader = open(stuck, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    #expect(await eventually { (try? await reset.perform(on: "0000:b8:00.0")) != nil }, "it has come back")
  }

  /// kubelet that hangs up cancels the call: the reset is done all the same, and no failure.
  @Test func aResetWhoseCallIsCancelledIsDone() async throws {
    let machine = try MachineTree(named: "rebellions-atom")
    let reset = FunctionReset(root: machine.root)
    let file = machine.place("\(Self.device)/reset")
    try "".write(toFile: file, atomically: false, encoding: .utf8)
    let call = Task {
      while !Task.isCancelled { await Task.yield() }
      try await reset.perform(on: "0000:b8:00.0")
    }
    call.cancel()
    try await call.value
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "1")
  }

  @Test func aFunctionThatCannotBeResetIsNotHandedOut() async throws {
    let plugin = try await plugin(#","resetOnAllocate": true"#, resets: false)
    let error = await #expect(throws: SimulatorError.self) {
      try await plugin.kubelet.admit(Pod("a", asking: PluginTests.passthrough))
    }
    #expect(
      error?.description.contains("/sys/bus/pci/devices/0000:b8:00.0/reset") == true, "\(String(describing: error))")
    #expect(plugin.kubelet.view[PluginTests.passthrough]?.allocated.isEmpty == true)
    #expect(await plugin.stop() == 0)
  }
}
