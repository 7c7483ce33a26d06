import GRPC
import KubeletAPI
import KubeletSimulator
import TestSupport
import Testing

@Suite struct PluginRegistryTests {
  @Test func aSocketThatComesIsRegisteredAndOneThatGoesIsForgotten() async throws {
    try await Node.with { node in
      let plugin = node.plugin(in: \.pluginsRegistry)
      try plugin.serve()
      try await node.view { $0["example.com/vf"]?.allocatable == 3 }
      #expect(await eventually { plugin.statuses == [RegistrationStatus(isRegistered: true)] })
      await plugin.stop()
      try await node.view { $0["example.com/vf"]?.allocatable == 0 }
      try plugin.serve()
      let view = try await node.view { $0["example.com/vf"]?.allocatable == 3 }
      #expect(view["example.com/vf"]?.registrations == 2)
    }
  }

  @Test func socketsThatAreThereAlreadyAreRegisteredAgainAfterARestart() async throws {
    try await Node.with { node in
      let plugin = node.plugin(in: \.pluginsRegistry)
      try plugin.serve()
      try await node.view { $0["example.com/vf"]?.allocatable == 3 }
      try await node.kubelet.restart()
      let view = try await node.view { $0["example.com/vf"]?.allocatable == 3 }
      #expect(view["example.com/vf"]?.registrations == 2)
    }
  }

  @Test func namesWithADotAreIgnoredAndSubdirectoriesAreNot() async throws {
    try await Node.with { node in
      let hidden = node.plugin("example.com/hidden", in: \.pluginsRegistry, name: ".hidden.sock")
      try hidden.serve()
      let nested = node.plugin("example.com/nested", in: \.pluginsRegistry, name: "deeper/nested.sock")
      try makeDirectories(node.directory.pluginsRegistry + "/deeper")
      try nested.serve()
      let view = try await node.view { $0["example.com/nested"]?.allocatable == 3 }
      #expect(view["example.com/hidden"] == nil)
      #expect(hidden.statuses.isEmpty)
    }
  }

  @Test func anEmptyEndpointIsTheSocketItself() async throws {
    try await Node.with { node in
      let plugin = node.plugin(
        in: \.pluginsRegistry, info: PluginInfo(name: "example.com/vf", endpoint: "", supportedVersions: ["v1beta1"]))
      try plugin.serve()
      let view = try await node.view { $0["example.com/vf"]?.allocatable == 3 }
      #expect(view["example.com/vf"]?.socket == plugin.socket)
    }
  }

  @Test(arguments: [
    PluginInfo(type: "CSIPlugin", name: "example.com/vf", endpoint: "", supportedVersions: ["v1beta1"]),
    PluginInfo(name: "example.com/vf", endpoint: "", supportedVersions: ["v1", "v1alpha1"]),
    PluginInfo(name: "no-prefix", endpoint: "", supportedVersions: ["v1beta1"]),
  ])
  func aPluginThatIsNoneIsToldSo(_ info: PluginInfo) async throws {
    try await Node.with { node in
      let plugin = node.plugin(in: \.pluginsRegistry, info: info)
      try plugin.serve()
      #expect(await eventually { !plugin.statuses.isEmpty })
      #expect(plugin.statuses.first?.isRegistered == false)
      #expect(plugin.statuses.first?.error.isEmpty == false)
      #expect(node.kubelet.view.resources.isEmpty)
    }
  }

  @Test func aRefusedPluginIsTriedAgain() async throws {
    try await Node.with { node in
      node.kubelet.refuseRegistration(of: "example.com/vf", because: "not today")
      let plugin = node.plugin(in: \.pluginsRegistry)
      try plugin.serve()
      #expect(await eventually { plugin.statuses.count >= 2 })
      #expect(plugin.statuses.allSatisfy { $0 == RegistrationStatus(isRegistered: false, error: "not today") })
      node.kubelet.refuseRegistration(of: "example.com/vf", because: nil)
      try await node.view { $0["example.com/vf"]?.allocatable == 3 }
      #expect(await eventually { plugin.statuses.last == RegistrationStatus(isRegistered: true) })
    }
  }
}
