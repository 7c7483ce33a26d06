import Foundation
public import HostInventory

/// A machine file unpacked into a temporary directory, which goes away with this object.
public final class MachineTree: Sendable {
  public let root: HostRoot
  /// What the machine file's `fact` lines say.
  public let kernel: KernelFacts
  private let directory: URL

  /// A machine of Tests/Fixtures/Machines, by its file's name without `.tree`.
  public convenience init(named name: String) throws {
    try self.init(text: Self.text(named: name))
  }

  public init(text: String) throws {
    let machine = try MachineFile(parsing: text)
    // In memory where the host has it: a machine is thousands of tiny files, as sysfs itself.
    let memory = "/dev/shm"
    let parent =
      FileManager.default.isWritableFile(atPath: memory)
      ? URL(fileURLWithPath: memory) : FileManager.default.temporaryDirectory
    directory = parent.appendingPathComponent("devicepool-machine-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try machine.unpack(into: directory.path)
    root = HostRoot(directory.path)
    kernel = machine.kernel
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  public func read() -> (Inventory, [InventoryProblem]) { Inventory.read(from: root, kernel: kernel) }

  /// Where `path`, relative to the machine's root, is now.
  public func place(_ path: String) -> String { directory.appendingPathComponent(path).path }

  /// `Tests/Fixtures/Machines`.
  static var machines: URL { Repository.root.appending(path: "Tests/Fixtures/Machines") }

  public static func text(named name: String) throws -> String {
    try String(contentsOf: machines.appendingPathComponent("\(name).tree"), encoding: .utf8)
  }

  /// Names of all machines, sorted.
  public static var names: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: machines.path)
        .filter { $0.hasSuffix(".tree") }.map { String($0.dropLast(5)) }.sorted()
    }
  }
}
