import Linux

/// What can fail while this host, or a recorded machine, is read.
public enum HostInventoryError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A system call failed: the path as the host spells it, the name of the call and the error number.
  case system(path: String, call: String, code: Int32)
  /// A file that must exist does not.
  case missing(path: String, expected: String)
  /// A file has other contents than the kernel promises.
  case malformed(path: String, found: String, expected: String)
  /// The kernel has not answered a read of the file for `HostReads.limit`.
  case unanswered(path: String)
  /// A line of a machine file is wrong; lines count from 1.
  case machineFile(line: Int, reason: String)

  public var description: String {
    switch self {
    case .machineFile(let line, let reason): "line \(line): \(reason)"
    case .system(let path, _, _), .missing(let path, _), .malformed(let path, _, _), .unanswered(let path):
      "\(path): \(reason)"
    }
  }

  /// What is wrong, without the place.
  public var reason: String {
    switch self {
    case .system(_, let call, let code): "\(call): \(Errno(code))"
    case .missing(_, let expected): "expected \(expected), found nothing"
    case .malformed(_, let found, let expected): "expected \(expected), found '\(found)'"
    case .unanswered:
      "no answer for \(HostReads.limit.components.seconds) s: its driver, or the lock that it waits for, hangs"
    case .machineFile(_, let reason): reason
    }
  }

  /// The path as the host spells it; nil for a machine file.
  public var path: String? {
    switch self {
    case .system(let path, _, _), .missing(let path, _), .malformed(let path, _, _), .unanswered(let path): path
    case .machineFile: nil
    }
  }
}
