import EventLoop
import Glibc

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
    guard let directory = opendir("/proc/self/fd") else { return nil }
    defer { closedir(directory) }
    var count = 0
    while let entry = readdir(directory) {
      if entry.pointee.d_name.0 != Int8(bitPattern: UInt8(ascii: ".")) { count += 1 }
    }
    // The directory's own descriptor is one of them.
    return count - 1
  }
}
