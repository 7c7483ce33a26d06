import Glibc
import Linux

/// What the kernel says of this process.
enum ProcessFigures {
  /// Corresponds to the second number of `/proc/self/statm`, in pages.
  static var residentBytes: Int? {
    guard let text = try? SmallFile.read("/proc/self/statm") else { return nil }
    let fields = text.split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  static var openDescriptors: Int? {
    // The directory's own descriptor is one of them.
    (try? DirectoryNames.read("/proc/self/fd")).map { $0.count - 1 }
  }
}
