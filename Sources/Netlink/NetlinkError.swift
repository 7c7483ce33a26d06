import Glibc
public import Linux

/// What can fail between this process and the kernel's netlink interfaces.
public enum NetlinkError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A call on the socket failed: it can't be opened, written or read.
  case failed(call: String, Errno)
  /// The kernel answered with an error; `detail` is its explanation (NLMSGERR_ATTR_MSG), if any.
  case refused(request: String, Errno, detail: String?)
  /// A message is shorter than its header or attributes say, or lacks an attribute that it must have.
  case malformed(message: String, reason: String)
  /// No answer came within the limit.
  case timedOut(request: String, Duration)
  /// The kernel's table changed during each of several dumps (NLM_F_DUMP_INTR).
  case unsteady(request: String, attempts: Int)
  /// A name does not fit into a message.
  case unspeakable(request: String, value: String, expected: String)
  /// The file at `path` is not a network namespace; `found` says what it is.
  case notANetworkNamespace(path: String, found: String)

  public var description: String {
    switch self {
    case .failed(let call, let error):
      "\(call): \(error)"
    case .refused(let request, let error, let detail):
      "\(request): the kernel answered \(error)\(detail.map { ": \($0)" } ?? "")"
    case .malformed(let message, let reason):
      "\(message): malformed message: \(reason)"
    case .timedOut(let request, let limit):
      "\(request): no answer within \(limit)"
    case .unsteady(let request, let attempts):
      "\(request): the kernel's table changed during each of \(attempts) dumps"
    case .unspeakable(let request, let value, let expected):
      "\(request): the name '\(value)' can't be sent: expected \(expected), found \(value.utf8.count) bytes"
    case .notANetworkNamespace(let path, let found):
      "\(path): expected a network namespace, found \(found)"
    }
  }

  /// Whether the kernel answered EPERM: the process lacks a capability that the request needs.
  public var isRefusedPermission: Bool { answer == EPERM }

  /// Whether this kernel was built without the feature that the request is about.
  var isUnsupported: Bool { answer == EAFNOSUPPORT || answer == EOPNOTSUPP || answer == EPROTONOSUPPORT }

  /// The errno that the kernel answered with; nil for every other kind of error.
  var answer: Int32? {
    if case .refused(_, let error, _) = self { error.number } else { nil }
  }
}
