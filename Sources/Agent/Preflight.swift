import Glibc
public import Linux

/// Checks what the process needs from the system before anything depends on it.
public enum Preflight {
  /// Why this node cannot run the program; nil when it can. Ask while there is one thread: libraries abort without what they
  /// need, and the daemon would run without being registered.
  public static func fault(for purpose: ThisProcess.Purpose) -> String? {
    if let (name, error) = ThisProcess.deniedCall(for: purpose) {
      return
        "\(name): \(error): the container's seccomp profile, or the kernel, does not allow this system call: allow it"
    }
    return ThisProcess.waitingError.map { "no descriptor to wait for events with: \($0)" }
  }

  /// Raises the limit of open descriptors to the hard limit. Each pool needs three, and container runtimes start a
  /// process with a soft limit of 1024, which is for programs that use select(2).
  public static func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else {
      return
    }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// Makes all threads use one heap; call it while there is only one thread. Otherwise a daemon whose work moves
  /// between threads would get a heap for each.
  public static func shareHeap() { ThisProcess.shareHeap() }
}
