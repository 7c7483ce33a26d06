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
  /// A machine file that was unpacked for this host alone; to be removed at the end.
  private let own: UnpackedMachine?

  /// Used instead of `/var/run`; nil for the host's own.
  private let runDirectory: String?

  /// A regular file is a machine file: it is unpacked into a temporary directory, unless `options` bring that.
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
      own = nil
      return
    }
    let machine: UnpackedMachine
    if let unpacked = options.machine, unpacked.file == path {
      machine = unpacked
      own = nil
    } else {
      machine = try UnpackedMachine(of: path)
      own = machine
    }
    root = HostRoot(machine.path)
    recorded = machine.kernel
    title = machine.title
  }

  func discard() { own?.remove() }

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
