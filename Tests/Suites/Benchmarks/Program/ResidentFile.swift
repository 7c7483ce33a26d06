import Glibc

/// Keeps a program in memory, as it is on a node that runs it: what was not used for a while may have to be read from the
/// disk again.
final class ResidentFile {
  private let start: UnsafeMutableRawPointer
  private let size: Int

  init(_ path: String) throws(BenchmarkError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("open \(path)") }
    defer { close(descriptor) }
    size = Files.size(path)
    guard let start = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED else {
      throw .system("mmap \(path)")
    }
    self.start = start
    guard mlock(start, size) == 0 else { throw .system("mlock \(path)") }
  }

  deinit { munmap(start, size) }
}
