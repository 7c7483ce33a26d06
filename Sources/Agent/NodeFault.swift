import Glibc
import Linux

/// A node error, which ends the program with exit code 3.
public struct NodeFault: Error, CustomStringConvertible {
  public let description: String

  /// `description` says what is wrong and what to do.
  public init(_ description: String) { self.description = description }

  static func check(directory: String) throws(NodeFault) {
    guard access(directory, W_OK | X_OK) == 0 else {
      throw NodeFault("\(directory): \(Errno(errno)): kubelet's socket directory must be writable")
    }
  }
}
