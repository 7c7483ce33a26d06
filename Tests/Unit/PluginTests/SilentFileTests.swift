import DevicePluginFrontEnd
import Foundation
import HostInventory
import KubeletAPI
import KubeletSimulator
import TestSupport
import Testing

@testable import Agent

/// A read that does not return costs the device that it is about. A FIFO takes the place of the file.
@Suite("Files that do not answer", .timeLimit(.minutes(2))) struct SilentFileTests {
  private static let device = "0000:b7:00.1"
  private static let directory = "sys/devices/pci0000:b7/\(device)"

  /// A file of the machine that does not answer until it is told to.
  private struct Silence {
    let path: String
    let content: Data

    init(_ file: String, of machine: MachineTree) throws {
      path = machine.place("\(SilentFileTests.directory)/\(file)")
      content = try Data(contentsOf: URL(fileURLWithPath: path))
      try FileManager.default.removeItem(atPath: path)
      _ = try SpecialFile.pipe.make(at: path)
    }

    /// The read that waits gets its answer, and the file is there for the next one.
    func end() throws {
      let pipe = open(path, O_RDWR | O_CLOEXEC)
      defer { close(pipe) }
      try FileManager.default.removeItem(atPath: path)
      try content.write(to: URL(fileURLWithPath: path))
      _ = content.withUnsafeBytes { write(pipe, $0.baseAddress, $0.count) }
      // The reader takes its bytes before the pipe closes.
      usleep(200_000)
    }
  }

  @Test(arguments: ["numa_node", "pools", "modalias"])
  func atTheStartTheDeviceIsLeftOutAndComesBack(_ file: String) async throws {
    let machine = try MachineTree(named: "rebellions-atom")
    let silence = try Silence(file, of: machine)
    let plugin = try RunningPlugin(.direct, machine: machine)
    let view = try #require(await plugin.sees(PluginTests.atom) { $0.capacity == 2 })
    #expect(!view.devices.contains { $0.id == Self.device })
    #expect(await plugin.sees(PluginTests.passthrough) { $0.allocatable == 1 } != nil)
    #expect(plugin.log.count("could not be read", "/\(Self.device)/\(file)", "no answer for 2 s") == 1)
    _ = try await plugin.kubelet.admit(Pod("a", asking: PluginTests.atom, count: 2))
    try silence.end()
    #expect(await plugin.sees(PluginTests.atom) { $0.allocatable == 3 } != nil)
    #expect(plugin.log.count("answers again", "/\(Self.device)/\(file)") == 1)
    #expect(await plugin.stop() == 0)
  }

  @Test func laterItIsUnhealthyAndIsNotHandedOut() async throws {
    let plugin = try RunningPlugin(.direct)
    #expect(await plugin.sees(PluginTests.atom) { $0.allocatable == 3 } != nil)
    let silence = try Silence("pools", of: plugin.machine)
    // kubelet asks before any scan has seen it.
    let refusal = await #expect(throws: (any Error).self) {
      _ = try await plugin.kubelet.admit(Pod("all", asking: PluginTests.atom, count: 3))
    }
    let text = "\(try #require(refusal))"
    #expect(text.contains("/\(Self.device)/pools: no answer for 2 s"), "\(text)")
    #expect(text.contains("; the device can't be handed out until it answers"), "\(text)")
    plugin.tell(.reload)
    let view = try #require(await plugin.sees(PluginTests.atom) { $0.allocatable == 2 })
    #expect(view.devices.first { !$0.isHealthy }?.id == Self.device)
    for pod in ["b", "c"] { _ = try await plugin.kubelet.admit(Pod(pod, asking: PluginTests.atom)) }
    #expect(plugin.log.count("device is unhealthy", Self.device, "no answer for 2 s") == 1)
    try silence.end()
    #expect(await plugin.sees(PluginTests.atom) { $0.allocatable == 3 } != nil)
    #expect(await plugin.stop() == 0)
  }

  /// Threads that wait would add up, and a scan would wait for each.
  @Test func aSilentFileIsAskedOnce() async throws {
    let machine = try MachineTree(named: "rebellions-atom")
    let silence = try Silence("numa_node", of: machine)
    let read: @Sendable (HostRoot) -> Int = { Inventory.read(from: $0, kernel: machine.kernel).0.devices.count }
    let began = ContinuousClock.now
    let first = await machine.root.reading(read)
    #expect(ContinuousClock.now - began >= HostReads.limit)
    let again = ContinuousClock.now
    for _ in 0..<20 { #expect(await machine.root.reading(read) == first) }
    #expect(ContinuousClock.now - again < HostReads.limit)
    #expect(machine.root.reads.silences.map(\.path) == ["/sys/bus/pci/devices/\(Self.device)/numa_node"])
    try silence.end()
    #expect(await eventually { machine.root.reads.silences.isEmpty })
  }
}
