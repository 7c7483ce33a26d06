import CLinux
import Glibc

/// What the process itself can't do without, tried out before anything depends on it.
public enum Preflight {
  /// Why this node can't run the daemon at all; nil: it can. gRPC's core would abort later and say less.
  public static var fault: String? {
    let error = clinux_waiting_error()
    guard error != 0 else { return nil }
    return "no descriptor to wait for events with: \(String(cString: strerror(error)))"
  }

  /// One heap for all threads, as long as there is only one thread: a daemon whose work wanders between threads would
  /// otherwise grow by a heap for each.
  public static func shareHeap() { clinux_share_heap() }
}
