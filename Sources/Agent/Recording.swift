public import HostInventory
import UnifiedBus

/// Records a host as a machine file: the facts from which pools are made, and nothing personal.
public enum Recording {
  /// Reads the host of `options` and returns its machine file.
  public static func record(
    _ options: Options, title: String?
  ) async throws -> (text: String, problems: [InventoryProblem]) {
    let host = try Host(options)
    defer { host.discard() }
    let reader = HostReader(host)
    var (facts, unanswered) = await reader.everyFact()
    if reader.netlink != nil {
      let (devices, problems) = await UBEngineWatch.everything(on: host.root)
      facts.unifiedBus = devices
      unanswered += problems
    }
    let (machine, problems) = MachineFile.record(from: host.root, kernel: facts, title: title ?? host.title)
    return (machine.text, unanswered + problems)
  }
}
