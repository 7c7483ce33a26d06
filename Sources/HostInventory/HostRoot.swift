import Glibc

/// Where this host's sys and dev are found, and the only place where their paths are spelled.
///
/// `/` in production; another directory when the host's root is mounted in a container, or when a recorded machine was
/// unpacked there. Nothing handed out carries the root: problems and answers name paths as the host spells them.
public struct HostRoot: Sendable, Equatable {
  public let path: String
  /// The files that do not answer.
  public let reads: HostReads
  /// Watches how long the reading thread waits for a file; nil when it may wait without a limit.
  let thread: ReadingThread?
  private let reading: HostReading?

  /// Trailing slashes are dropped; the empty path is `/`.
  public init(_ path: String) {
    var trimmed = Substring(path)
    while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
    self.path = trimmed.isEmpty ? "/" : String(trimmed)
    reads = HostReads()
    reading = nil
    thread = nil
  }

  private init(_ root: HostRoot, _ reading: HostReading?) {
    path = root.path
    reads = root.reads
    self.reading = reading
    thread = reading?.thread()
  }

  /// The same for a thread of this reading.
  func watched(by reading: HostReading) -> HostRoot { HostRoot(self, reading) }

  /// The same for one more thread of the reading.
  var onAnotherThread: HostRoot { HostRoot(self, reading) }

  /// Runs `body` on threads that nothing else depends on. A file that does not answer is an error after
  /// `HostReads.limit`.
  public func reading<Value: Sendable>(_ body: @escaping @Sendable (HostRoot) -> Value) async -> Value {
    await reads.run(self, body)
  }

  public static func == (a: HostRoot, b: HostRoot) -> Bool { a.path == b.path }

  /// Where `hostPath`, an absolute path as the host spells it, is found by this process.
  public func resolve(_ hostPath: String) -> String {
    path == "/" ? hostPath : path + hostPath
  }

  /// Whether something is there, whatever it is; a dangling link is not.
  public func exists(_ hostPath: String) -> Bool {
    access(resolve(hostPath), F_OK) == 0
  }
}

/// Directories of the host that the inventory starts from; all else is read relative to them.
enum HostPath {
  static let pciBus = "/sys/bus/pci"
  static let pciDevices = "/sys/bus/pci/devices"
  static let auxiliaryDevices = "/sys/bus/auxiliary/devices"
  static let vdpaDevices = "/sys/bus/vdpa/devices"
  static let ubcore = "/sys/class/ubcore"
  static let uburma = "/sys/class/uburma"
  static let rebellions = "/sys/class/rebellions"
  static let infinibandVerbs = "/sys/class/infiniband_verbs"
  static let infinibandMAD = "/sys/class/infiniband_mad"
  static let infinibandCM = "/sys/class/infiniband_cm"
  static let devices = "/dev"
  static let processes = "/proc"
}
