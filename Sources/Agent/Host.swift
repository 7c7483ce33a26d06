import Glibc
import HostInventory
import Linux

/// The host of `-host-root`: this one, one that is mounted somewhere, or a recorded one.
struct Host: Sendable {
  let root: HostRoot
  /// The kernel facts of the machine file; nil for a live host.
  let recorded: KernelFacts?
  /// The machine file's first line, or the kernel of this host.
  let title: String
  /// Where a machine file was unpacked; to be removed at the end.
  private let unpacked: String?

  /// Used instead of `/var/run`; nil for the host's own.
  private let runDirectory: String?

  /// A regular file is a machine file: it is unpacked into a temporary directory.
  init(_ options: Options) throws(NodeFault) {
    let path = options.hostRoot
    runDirectory = options.runDirectory
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw NodeFault("\(options.hostRootOrigin) \(path): \(Errno(errno))")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      root = HostRoot(path)
      recorded = nil
      title = Self.kernelRelease
      unpacked = nil
      return
    }
    let directory: String
    do throws(FileError) { directory = try ScratchDirectory("devicepool-machine").path } catch {
      throw NodeFault("\(error)")
    }
    do {
      let machine = try MachineFile(parsing: try SmallFile.read(path))
      try machine.unpack(into: directory)
      root = HostRoot(directory)
      recorded = machine.kernel
      title = machine.title
      unpacked = directory
    } catch {
      DirectoryTree(directory).remove()
      throw NodeFault("\(path): \(error)")
    }
  }

  func discard() {
    if let unpacked { DirectoryTree(unpacked).remove() }
  }

  var deviceInfoDirectory: String { "\(run)/k8s.cni.cncf.io/devinfo/dp" }
  var cdiDirectory: String { "\(run)/cdi" }
  /// Where programs of this host keep locks that they share.
  var lockDirectory: String { run }

  /// On the host itself as documentation and consumers spell it. Below another root `/var/run` is usually a link to
  /// `/run`, and would lead back here.
  private var run: String {
    runDirectory ?? (root.path == "/" ? "/var/run" : "\(root.path)/run")
  }

  private static var kernelRelease: String {
    var name = utsname()
    uname(&name)
    let release = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let machine = withUnsafeBytes(of: &name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return "Linux \(release) \(machine)"
  }
}
