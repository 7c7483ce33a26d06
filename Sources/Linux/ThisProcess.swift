import CLinux

/// What the process itself may do, and the memory it has.
public enum ThisProcess {
  /// Whether the calling thread has CAP_NET_ADMIN in effect; nil when the kernel does not say.
  public static var hasNetAdmin: Bool? {
    let answer = clinux_has_net_admin()
    return answer < 0 ? nil : answer != 0
  }

  /// Checks that the process can wait for events: it opens an epoll instance, an event counter and a dozen more
  /// descriptors.
  ///
  /// - Returns: The error that prevents it; nil when all could be opened.
  public static var waitingError: Errno? {
    let number = clinux_waiting_error()
    return number == 0 ? nil : Errno(number)
  }

  /// What system calls are needed for.
  public enum Purpose: Sendable {
    /// Reading a host.
    case command
    /// Serving its devices.
    case daemon
  }

  /// Tries each system call that is needed, so that nothing changes.
  ///
  /// - Returns: One that the process may not make, by a seccomp profile or by its kernel, and the error of the call. Nil when
  /// all are allowed.
  public static func deniedCall(for purpose: Purpose) -> (name: String, error: Errno)? {
    var number: Int32 = 0
    let wanted = purpose == .daemon ? clinux_purpose_daemon : clinux_purpose_command
    guard let name = clinux_denied_call(wanted, &number) else { return nil }
    return (String(cString: name), Errno(number))
  }

  /// Makes all threads allocate from one heap; call it before there is a second thread. glibc otherwise gives each
  /// thread a heap of its own, and memory that moves between threads grows them.
  public static func shareHeap() { clinux_share_heap() }

  /// Returns freed pages to the kernel, by malloc_trim(3).
  public static func returnMemory() { clinux_return_memory() }
}
