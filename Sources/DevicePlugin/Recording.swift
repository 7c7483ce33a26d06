import Glibc
public import HostInventory

/// A host as a machine file: what pools are made from, and nothing personal.
public enum Recording {
  public static func record(
    _ options: Options, title: String?
  ) async throws -> (text: String, problems: [InventoryProblem]) {
    let host = try Host(options)
    defer { host.discard() }
    let reader = try HostReader(host)
    var (facts, unanswered) = await reader.everyFact()
    if reader.netlink != nil {
      let (devices, problems) = await UBEngineWatch.everything(on: host.root)
      facts.unifiedBus = devices
      unanswered += problems
    }
    let (machine, problems) = MachineFile.record(from: host.root, kernel: facts, title: title ?? kernelRelease)
    return (machine.text, unanswered + problems)
  }

  private static var kernelRelease: String {
    var name = utsname()
    uname(&name)
    let release = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let machine = withUnsafeBytes(of: &name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return "Linux \(release) \(machine)"
  }
}
