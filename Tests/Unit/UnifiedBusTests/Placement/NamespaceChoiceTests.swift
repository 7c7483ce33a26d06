import KubeletState
import Testing

@testable import UnifiedBus

@Suite("Namespace choice")
struct NamespaceChoiceTests {
  private let host = NamespaceIdentity(device: 4, inode: 1)
  private let pod = NamespaceIdentity(device: 4, inode: 100)
  private let other = NamespaceIdentity(device: 4, inode: 200)

  private func status(_ mode: SandboxStatus.NetworkMode, _ network: SandboxInfo.Network = .untold) -> SandboxStatus {
    SandboxStatus(
      id: "s", isReady: true, mode: mode, info: SandboxInfo(pid: 7, network: network, metadataPath: nil))
  }

  private func seen(_ source: NamespaceSource, _ identity: NamespaceIdentity?) -> NamespaceChoice.Sighting {
    .init(
      source: source,
      result: identity.map(Result.success) ?? .failure(.namespace(path: source.description, reason: "not there")))
  }

  @Test("the process comes first, then the runtime's files, each once")
  func sources() {
    let info = { SandboxInfo(pid: $0, network: $1, metadataPath: $2) }
    #expect(
      NamespaceChoice.sources(of: info(7, .path("/n/a"), "/n/b")) == [.process(7), .file("/n/a"), .file("/n/b")])
    #expect(NamespaceChoice.sources(of: info(nil, .path("/n/a"), "/n/a")) == [.file("/n/a")])
    #expect(NamespaceChoice.sources(of: info(nil, .own, nil)).isEmpty)
  }

  @Test("what opens and agrees is used, the first of it")
  func agreement() {
    let sightings = [seen(.process(7), nil), seen(.file("/n/a"), pod), seen(.file("/n/b"), pod)]
    #expect(NamespaceChoice.decide(sightings, status: status(.pod), host: host) == .use(1))
    #expect(NamespaceChoice.decide(sightings, status: status(.pod), host: nil) == .use(1))
  }

  @Test("places that disagree are not chosen from")
  func disagreement() {
    let sightings = [seen(.process(7), other), seen(.file("/n/a"), pod)]
    #expect(
      NamespaceChoice.decide(sightings, status: status(.pod), host: host)
        == .inconsistent("process 7 and /n/a are different network namespaces"))
  }

  @Test("the host's namespace is never taken for a pod's own")
  func hostsNamespace() {
    let choice = NamespaceChoice.decide([seen(.process(7), host)], status: status(.pod), host: host)
    guard case .inconsistent = choice else {
      Issue.record("expected inconsistent, found \(choice)")
      return
    }
  }

  @Test("a host network pod is left alone, whoever says so")
  func hostNetwork() {
    #expect(NamespaceChoice.decide([seen(.process(7), host)], status: status(.node), host: host) == .hostNetwork)
    #expect(NamespaceChoice.decide([], status: status(.untold, .host), host: host) == .hostNetwork)
    #expect(NamespaceChoice.decide([seen(.process(7), host)], status: status(.untold), host: host) == .hostNetwork)
  }

  @Test("nothing that opens: every reason is given")
  func nothing() {
    #expect(
      NamespaceChoice.decide([seen(.process(7), nil), seen(.file("/n/a"), nil)], status: status(.pod), host: host)
        == .none("process 7: not there; /n/a: not there"))
    #expect(
      NamespaceChoice.decide([], status: status(.pod), host: host)
        == .none("the runtime reports neither a process nor a path"))
  }
}
