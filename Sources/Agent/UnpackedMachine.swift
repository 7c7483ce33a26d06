import Glibc
import HostInventory
import Linux

/// A machine file as a tree of files in a temporary directory, in memory where there is room.
public struct UnpackedMachine: Sendable {
  /// The facts that are not files.
  let kernel: KernelFacts
  /// The machine file's first line.
  let title: String
  let file: String
  private let directory: ScratchDirectory

  var path: String { directory.path }

  /// Bytes: some 100,000 functions.
  private static let limit = 64 << 20

  /// Unpacks the machine file of `options`, for several users of these options. Nil when the host's root is no file.
  public init?(_ options: Options) throws(NodeFault) {
    var status = stat()
    guard stat(options.hostRoot, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    try self.init(of: options.hostRoot)
  }

  init(of file: String) throws(NodeFault) {
    self.file = file
    do {
      let machine = try MachineFile(parsing: try SmallFile.read(file, limit: Self.limit))
      kernel = machine.kernel
      title = machine.title
      directory = try Self.unpacked(machine)
    } catch {
      throw NodeFault("\(file): \(error)")
    }
  }

  private static func unpacked(_ machine: MachineFile) throws -> ScratchDirectory {
    let name = "devicepool-machine"
    // A container's memory for files is small, so the disk is next.
    if let directory = ScratchDirectory(inMemory: name) {
      if (try? machine.unpack(into: directory.path, sharing: .equalFiles)) != nil { return directory }
      directory.remove()
    }
    let directory = try ScratchDirectory(name)
    do {
      try machine.unpack(into: directory.path, sharing: .equalFiles)
    } catch {
      directory.remove()
      throw error
    }
    return directory
  }

  /// Removes the directory with its files.
  public func remove() { directory.remove() }
}
