import Glibc
import SystemPackage

/// Device, inode, size and modification time of a file. Two stamps differ when the file was replaced or changed in
/// between.
public struct FileStamp: Sendable, Equatable {
  private let device: DeviceID
  private let inode: Inode
  private let size: Int64
  private let seconds: Int
  private let nanoseconds: Int

  /// Reads the stamp of the file that a path leads to; nil when there is none.
  public init?(_ path: String) {
    guard let file = try? Stat(path) else { return nil }
    device = file.deviceID
    inode = file.inode
    size = file.size
    seconds = file.st_mtim.tv_sec
    nanoseconds = file.st_mtim.tv_nsec
  }
}
