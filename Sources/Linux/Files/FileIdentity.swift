public import SystemPackage

/// Device and inode of a file; they stay the same when the file is renamed.
public struct FileIdentity: Sendable, Equatable {
  private let device: DeviceID
  private let inode: Inode

  /// Identifies the file at a path, without following a symbolic link.
  public init(path: String) throws(Errno) { self.init(try Stat(path, followTargetSymlink: false)) }

  /// Identifies the file that a path leads to, through symbolic links.
  public init(following path: String) throws(Errno) { self.init(try Stat(path)) }

  /// The same for an open file.
  init(of descriptor: Descriptor) throws(Errno) { self.init(try Stat(descriptor.file)) }

  private init(_ file: Stat) {
    device = file.deviceID
    inode = file.inode
  }
}
