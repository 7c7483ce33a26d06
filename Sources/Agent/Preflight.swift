import Glibc
import Linux

/// What the process itself can't do without, tried out before anything depends on it.
public enum Preflight {
  /// Why this node can't run the daemon at all; nil: it can. gRPC's core would abort later and say less.
  public static var fault: String? {
    ThisProcess.waitingError.map { "no descriptor to wait for events with: \($0)" }
  }

  /// One heap for all threads, as long as there is only one thread: a daemon whose work wanders between threads would
  /// otherwise grow by a heap for each.
  public static func shareHeap() { ThisProcess.shareHeap() }
}
