import HostInventory
import Linux
import Logging
import ResourcePools
import TestSupport
import Testing

@testable import Effects

@Suite("Effects that attachments ask for") struct HostEffectTests {
  private struct Unperformed: HostEffect {
    let description = "a wish"
  }

  /// A container never gets its devices without what they need.
  @Test func oneThatNothingPerformsRefusesTheAllocation() async throws {
    let directory = try TemporaryDirectory()
    let effects = AllocationEffects(
      deviceInfoDirectory: directory.path, cdiDirectory: nil, reset: FunctionReset(root: .init("/")),
      rsdGroups: RSDGroups(lockPath: directory["lock"]))
    var allocation = Allocation()
    allocation.effects = [.host(Unperformed())]
    let error = await #expect(throws: FileError.self) {
      try await effects.prepare(
        &allocation, nodes: .init(present: []), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
    #expect(error?.description.contains("no file of Effects performs Unperformed") == true)
  }
}
