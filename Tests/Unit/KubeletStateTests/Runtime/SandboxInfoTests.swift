import KubeletState
import TestSupport
import Testing

@Suite("Sandbox info")
struct SandboxInfoTests {
  static let cni = "/var/run/netns/cni-5d1b2c55-4d0e-7a30-6f61-0f2a9f0f1c3e"
  static let crio = "/var/run/netns/6f2f4a5e-2a6d-4b0a-9a86-0a2e1f8f2f6d"

  static let expected: [(String, SandboxInfo)] = [
    ("containerd-1.6", SandboxInfo(pid: 41231, network: .path(cni), metadataPath: nil)),
    ("containerd-1.7", SandboxInfo(pid: 41231, network: .path(cni), metadataPath: cni)),
    ("containerd-2.0", SandboxInfo(pid: 41231, network: .path(cni), metadataPath: cni)),
    ("containerd-2.0-shim-without-process", SandboxInfo(pid: nil, network: .untold, metadataPath: cni)),
    ("containerd-1.7-host-network", SandboxInfo(pid: 41231, network: .host, metadataPath: nil)),
    ("crio", SandboxInfo(pid: 52007, network: .path(crio), metadataPath: nil)),
    ("crio-without-process", SandboxInfo(pid: nil, network: .path(crio), metadataPath: nil)),
  ]

  static func info(_ text: String) throws(KubeletStateError) -> SandboxInfo {
    try SandboxInfo(info: ["info": text], sandbox: "s")
  }

  @Test("each runtime's words are understood", arguments: expected)
  func runtimes(name: String, expected: SandboxInfo) throws {
    #expect(try Self.info(Fixture.text("ContainerRuntime/\(name).json")) == expected)
  }

  @Test("a text that is cut short is refused, at every byte", arguments: expected.map(\.0))
  func truncated(name: String) throws {
    let text = try Fixture.text("ContainerRuntime/\(name).json")
    let bytes = Array(text.utf8.dropLast())  // the last newline is not missed
    for count in 1..<bytes.count {
      #expect(throws: KubeletStateError.self, "cut at \(count)") {
        try Self.info(String(decoding: bytes.prefix(count), as: UTF8.self))
      }
    }
  }

  @Test("cri-dockerd and iSulad tell nothing, which is no error")
  func untold() throws {
    #expect(try SandboxInfo(info: [:], sandbox: "s") == .untold)
    #expect(try SandboxInfo(info: ["info": ""], sandbox: "s") == .untold)
    #expect(try SandboxInfo(info: ["other": "{"], sandbox: "s") == .untold)
    #expect(try Self.info("{}") == .untold)
  }

  @Test(
    "a pid that no process has is untold",
    arguments: ["0", "-1", "1.5", "2147483648", "99999999999999999999", "\"7\"", "null", "[7]"])
  func strangePID(pid: String) throws {
    #expect(try Self.info(#"{"pid":\#(pid)}"#) == .untold)
  }

  @Test("a namespace without a path was made by the runtime; one with a strange path counts as such")
  func strangePath() throws {
    for path in ["", #","path":"""#, #","path":"net""#, #","path":7"#, #","path":"/a\u0000b""#] {
      let text = #"{"runtimeSpec":{"linux":{"namespaces":[{"type":"network"\#(path)}]}}}"#
      #expect(try Self.info(text).network == .own)
    }
  }

  @Test(
    "members of another type than expected are untold",
    arguments: [
      #"{"runtimeSpec":7}"#, #"{"runtimeSpec":{"linux":null}}"#, #"{"runtimeSpec":{"linux":{"namespaces":null}}}"#,
      #"{"sandboxMetadata":[]}"#, #"{"sandboxMetadata":{"Metadata":{"NetNSPath":7}}}"#,
    ])
  func strangeMembers(text: String) throws {
    #expect(try Self.info(text) == .untold)
  }

  @Test("a text that is no object is refused and names the sandbox", arguments: ["[]", "7", "null", "pid=7"])
  func noObject(text: String) {
    let error = #expect(throws: KubeletStateError.self) { try Self.info(text) }
    #expect(error?.description.hasPrefix("sandbox s: ") == true)
  }
}
