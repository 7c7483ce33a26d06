import Glibc
import Linux

/// An open network namespace. While it is open, the namespace exists and no other one gets its identity.
public struct NetworkNamespace: ~Copyable, Sendable {
  let descriptor: Int32
  /// The identity of the namespace, for comparisons.
  public let identity: Identity

  /// Device and inode of the namespace's file in nsfs, by which `ip netns identify` and `lsns` compare namespaces.
  public struct Identity: Sendable, Hashable {
    /// `st_dev` of nsfs.
    public let device: UInt64
    /// `st_ino`, e.g. the number in `net:[4026531840]`.
    public let inode: UInt64
  }

  /// Opens the namespace that a file refers to: `/proc/<pid>/ns/net`, or a bind mount such as `/var/run/netns/cni-…`.
  ///
  /// - Throws: `failed` when it can't be opened; `notANetworkNamespace` when it is a plain file, whose bind mount is
  ///   not visible here, or another kind of namespace.
  public init(path: String) throws(NetlinkError) {
    // Not to hang on a FIFO, nor to get a terminal, if the path turns out to be one.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    let error = errno
    guard descriptor >= 0 else { throw .failed(call: "open the network namespace \(path)", Errno(error)) }
    do throws(NetlinkError) {
      identity = try Self.identify(descriptor, path)
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  /// Opens the network namespace of a process. `proc` is the mount point of the host's procfs.
  public init(process: Int32, proc: String) throws(NetlinkError) {
    try self.init(path: "\(proc)/\(process)/ns/net")
  }

  deinit { close(descriptor) }

  private static func identify(_ descriptor: Int32, _ path: String) throws(NetlinkError) -> Identity {
    let kind: Descriptor.Namespace
    do throws(Errno) { kind = try Descriptor.namespace(of: descriptor) } catch {
      let found = error.number == ENOTTY ? "a file that is no namespace" : "\(error)"
      throw .notANetworkNamespace(path: path, found: found)
    }
    if case .other(let flag) = kind {
      throw .notANetworkNamespace(path: path, found: "a namespace of kind 0x\(String(flag, radix: 16))")
    }
    var status = stat()
    let code = fstat(descriptor, &status)
    let statError = errno
    guard code == 0 else { throw .failed(call: "fstat \(path)", Errno(statError)) }
    return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }
}
