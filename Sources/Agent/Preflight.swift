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

  /// Raises the limit of open descriptors as far as the system lets this process: each pool takes three, and container
  /// runtimes start a process with a soft limit of 1024 that is for programs which use select(2).
  public static func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else {
      return
    }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// One heap for all threads, as long as there is only one thread: a daemon whose work wanders between threads would
  /// otherwise grow by a heap for each.
  public static func shareHeap() { ThisProcess.shareHeap() }
}
