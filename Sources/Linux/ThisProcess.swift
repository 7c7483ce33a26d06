import CLinux

/// What the process itself may do, and the memory it has.
public enum ThisProcess {
  /// Whether the calling thread has CAP_NET_ADMIN in effect; nil when the kernel does not say.
  public static var hasNetAdmin: Bool? {
    let answer = clinux_has_net_admin()
    return answer < 0 ? nil : answer != 0
  }

  /// Tries what it takes to wait for events: an epoll instance, an event counter and a dozen descriptors more.
  ///
  /// - Returns: Why that is not possible; nil when it is.
  public static var waitingError: Errno? {
    let number = clinux_waiting_error()
    return number == 0 ? nil : Errno(number)
  }

  /// One heap for all threads; call it before there is a second thread.
  public static func shareHeap() { clinux_share_heap() }

  /// Gives freed pages back to the kernel.
  public static func returnMemory() { clinux_return_memory() }
}
