import Testing

@testable import KubeletState
@testable import UnifiedBus

@Suite("Placement plan")
struct PlacementPlanTests {
  private let resource = "unifiedbus.com/ub_net_device"

  private func entry(
    _ pod: String, _ ids: Set<String>, _ nodes: [String], resource: String = "unifiedbus.com/ub_net_device"
  ) -> KubeletCheckpoint.Entry {
    let specs = nodes.flatMap { node in
      let path = Array("/dev/uburma/\(node)".utf8)
      return [0x1A, UInt8(path.count + 2), 0x12, UInt8(path.count)] + path
    }
    return .init(podUID: pod, container: "c", resource: resource, ids: ids, allocation: specs)
  }

  private func sandbox(_ id: String, _ pod: String, ready: Bool = true, attempt: UInt32 = 0) -> Sandbox {
    Sandbox(id: id, podUID: pod, isReady: ready, attempt: attempt, createdAt: 0)
  }

  private func plan(_ entries: [KubeletCheckpoint.Entry], _ sandboxes: [Sandbox]) -> PlacementPlan {
    PlacementPlan(checkpoint: KubeletCheckpoint(entries: entries), resources: [resource], sandboxes: sandboxes)
  }

  @Test("running pods' devices belong to their sandboxes, bonding devices last")
  func items() throws {
    let plan = plan(
      [entry("p", ["urma_1"], ["bonding_dev_1", "udma1"]), entry("q", ["urma_2"], ["udma2"])],
      [sandbox("sp", "p"), sandbox("sq", "q")])
    #expect(plan.items.map(\.sandbox) == ["sp", "sq"])
    #expect(plan.items.map { $0.devices.map(\.kernelName) } == [["udma1", "bonding_dev_1"], ["udma2"]])
    #expect(plan.problems.isEmpty)
  }

  @Test("a pod with several containers is one item with each device once")
  func containers() {
    let plan = plan(
      [
        entry("p", ["urma_1"], ["bonding_dev_1", "udma1"]), entry("p", ["urma_1"], ["bonding_dev_1", "udma1"]),
        entry("p", ["urma_2"], ["udma2"]),
      ],
      [sandbox("s", "p")])
    #expect(plan.items.map(\.ids) == [["urma_1", "urma_2"]])
    #expect(plan.items.first?.devices.map(\.kernelName) == ["udma1", "udma2", "bonding_dev_1"])
  }

  @Test("pods that ended, that have not begun and that hold nothing of ours need nothing")
  func nothing() {
    let plan = plan(
      [
        entry("ended", ["urma_1"], ["udma1"]), entry("waiting", ["urma_2"], ["udma2"]),
        entry("other", ["urma_3"], ["udma3"], resource: "a/b"), entry("empty", ["urma_4"], []),
      ],
      [sandbox("e", "ended", ready: false), sandbox("o", "other"), sandbox("m", "empty"), sandbox("x", "unrelated")])
    #expect(plan.items.isEmpty)
    #expect(plan.problems.isEmpty)
  }

  @Test("a new sandbox of a pod is the one that counts")
  func newSandbox() {
    let plan = plan(
      [entry("p", ["urma_1"], ["udma1"])],
      [sandbox("old", "p", ready: false), sandbox("new", "p", attempt: 1)])
    #expect(plan.items.map(\.sandbox) == ["new"])
  }

  @Test("a stale pod does not keep a device from its new one; two that run keep it where it is")
  func contested() {
    let entries = [entry("old", ["urma_1"], ["udma1"]), entry("new", ["urma_1"], ["udma1", "udma9"])]
    let calm = plan(entries, [sandbox("o", "old", ready: false), sandbox("n", "new")])
    #expect(calm.items.map(\.podUID) == ["new"])
    let contested = plan(entries, [sandbox("o", "old"), sandbox("n", "new")])
    #expect(contested.items.map { $0.devices.map(\.kernelName) } == [["udma9"]])
    #expect(contested.problems == ["/dev/uburma/udma1 is left alone: pods new and old both hold it"])
  }

  @Test("an entry that cannot be read is a problem, and the others are still placed")
  func broken() {
    let plan = plan(
      [entry("p", ["urma_1"], ["../mem"]), entry("q", ["urma_2"], ["udma2"])], [sandbox("s", "p"), sandbox("t", "q")])
    #expect(plan.items.map(\.podUID) == ["q"])
    #expect(plan.problems.count == 1)
  }
}
