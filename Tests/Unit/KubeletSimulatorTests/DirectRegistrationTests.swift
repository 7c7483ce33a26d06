import Foundation
import GRPC
import KubeletAPI
import KubeletSimulator
import TestSupport
import Testing

@Suite struct DirectRegistrationTests {
  @Test func listsBecomeAllocatableAndReplaceEachOther() async throws {
    try await Node.with { node in
      let plugin = try await node.registered()
      #expect(node.kubelet.view.allocatable == ["example.com/vf": 3])
      plugin.list([PluginDevice(id: "dev1", isHealthy: false), PluginDevice(id: "dev9", isHealthy: true)])
      let view = try await node.view { $0["example.com/vf"]?.listsReceived == 2 }
      let resource = try #require(view["example.com/vf"])
      #expect(resource.allocatable == 1)
      #expect(resource.capacity == 2)
      #expect(resource.registrations == 1)
      #expect(resource.streamsOpened == 1)
      #expect(resource.socket == plugin.socket)
    }
  }

  @Test func aStreamThatEndsTakesTheDevicesAwayUntilThePluginRegistersAgain() async throws {
    try await Node.with { node in
      let plugin = try await node.registered()
      plugin.endStreams()
      let view = try await node.view { $0["example.com/vf"]?.allocatable == 0 }
      #expect(view["example.com/vf"]?.capacity == 3)
      #expect(view["example.com/vf"]?.socket == nil)
      await #expect(throws: SimulatorError.stopped(resource: "example.com/vf")) {
        try await node.kubelet.allocate("example.com/vf", ids: ["dev0"])
      }
      try await plugin.register(at: node.directory.registrationSocket)
      let again = try await node.view { $0["example.com/vf"]?.allocatable == 3 }
      #expect(again["example.com/vf"]?.registrations == 2)
      #expect(again["example.com/vf"]?.streamsOpened == 2)
    }
  }

  @Test func wrongVersionsAndNamesAreRefused() async throws {
    try await Node.with { node in
      let plugin = node.plugin()
      try plugin.serve()
      await #expect(throws: RPCStatus.self) {
        try await plugin.register(at: node.directory.registrationSocket, version: "v1alpha1")
      }
      for name in ["vf", "a/b/c", "Example.com/vf", "exa_mple.com/vf", "example.com/vf_", "kubernetes.io/x"] {
        let badlyNamed = node.plugin(name, name: "bad.sock")
        await #expect(throws: RPCStatus.self, "\(name)") {
          try await badlyNamed.register(at: node.directory.registrationSocket)
        }
      }
      #expect(node.kubelet.view.resources.isEmpty)
    }
  }

  @Test func anEndpointThatNobodyServesIsRefused() async throws {
    try await Node.with({ $0.dialLimit = .milliseconds(100) }) { node in
      let plugin = node.plugin()
      await #expect(throws: RPCStatus.self) { try await plugin.register(at: node.directory.registrationSocket) }
      #expect(node.kubelet.view.resources.isEmpty)
    }
  }

  @Test func refusalsHoldUntilTheyAreTakenBack() async throws {
    try await Node.with { node in
      let plugin = node.plugin()
      try plugin.serve()
      node.kubelet.refuseRegistration(of: plugin.resource, because: "not today")
      await #expect(throws: RPCStatus(code: .unknown, message: "not today")) {
        try await plugin.register(at: node.directory.registrationSocket)
      }
      node.kubelet.refuseRegistration(of: plugin.resource, because: nil)
      try await plugin.register(at: node.directory.registrationSocket)
      try await node.view { $0["example.com/vf"]?.allocatable == 3 }
    }
  }

  @Test func theNewestRegistrationServesAndTheOldStreamsEndDoesNoHarm() async throws {
    try await Node.with { node in
      let old = try await node.registered(name: "old.sock")
      let new = try await node.registered(name: "new.sock", devices: .healthy(5))
      old.endStreams()
      #expect(await eventually { old.openStreams == 0 })
      _ = try await node.kubelet.allocate("example.com/vf", ids: ["dev4"])
      #expect(new.allocated == [["dev4"]])
      #expect(node.kubelet.view.allocatable == ["example.com/vf": 5])
    }
  }

  @Test func upTo136TheOldStreamsEndTakesTheNewPluginAway() async throws {
    try await Node.with({ $0.streamEnd = .ofTheResource }) { node in
      let old = try await node.registered(name: "old.sock")
      let new = try await node.registered(name: "new.sock", devices: .healthy(5))
      old.endStreams()
      try await node.view { $0["example.com/vf"]?.allocatable == 0 }
      #expect(await eventually { new.openStreams == 0 })
    }
  }

  @Test func aDroppedStreamIsSeenByThePlugin() async throws {
    try await Node.with { node in
      let plugin = try await node.registered()
      node.kubelet.dropStream("example.com/vf")
      try await node.view { $0["example.com/vf"]?.allocatable == 0 }
      #expect(await eventually { plugin.openStreams == 0 })
      node.kubelet.forget("example.com/vf")
      #expect(node.kubelet.view.resources.isEmpty)
    }
  }

  @Test func restartDeletesTheSocketsAndForgetsTheDevices() async throws {
    try await Node.with { node in
      let plugin = try await node.registered()
      let note = node.directory.devicePlugins + "/note"
      try Data().write(to: URL(fileURLWithPath: note))
      try await node.kubelet.restart()
      #expect(!FileManager.default.fileExists(atPath: plugin.socket))
      #expect(FileManager.default.fileExists(atPath: note))
      #expect(FileManager.default.fileExists(atPath: node.directory.registrationSocket))
      #expect(await eventually { plugin.openStreams == 0 })
      #expect(node.kubelet.view["example.com/vf"]?.capacity == 0)
      await plugin.stop()
      try plugin.serve()
      try await plugin.register(at: node.directory.registrationSocket)
      try await node.view { $0["example.com/vf"]?.allocatable == 3 }
    }
  }
}
