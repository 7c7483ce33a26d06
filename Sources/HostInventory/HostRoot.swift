import Glibc

/// The directory at which the host's root is mounted, and the only place where paths of sysfs and `/dev` are spelled.
///
/// It is `/` in production, and another directory when the host's root is mounted in a container or a recorded machine
/// is unpacked. Problems and answers name paths as the host spells them, without the root.
public struct HostRoot: Sendable, Equatable {
  /// The directory, without a slash at its end unless it is `/`.
  public let path: String
  /// Notes which files do not answer.
  public let reads: HostReads
  /// Watches how long the reading thread waits for a file; nil when it may wait without a limit.
  let thread: ReadingThread?
  private let reading: HostReading?

  /// Names the directory; slashes at its end are removed, and the empty path is `/`.
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

  /// The same root for a thread of this reading.
  func watched(by reading: HostReading) -> HostRoot { HostRoot(self, reading) }

  /// The same root for one more thread of the reading.
  var onAnotherThread: HostRoot { HostRoot(self, reading) }

  /// Runs `body` on threads on which nothing else depends. A file that does not answer is an error after
  /// `HostReads.limit`.
  public func reading<Value: Sendable>(_ body: @escaping @Sendable (HostRoot) -> Value) async -> Value {
    await reads.run(self, body)
  }

  public static func == (a: HostRoot, b: HostRoot) -> Bool { a.path == b.path }

  /// Returns the path at which this process finds `hostPath`, an absolute path as the host spells it.
  public func resolve(_ hostPath: String) -> String {
    path == "/" ? hostPath : path + hostPath
  }

  /// Whether a file of any kind exists at the path; false for a dangling link.
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
