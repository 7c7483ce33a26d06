import CAPIClient

/// The event loop of the API helper's one thread: connections, timers and the daemon's socket use it.
public final class ClientLoop {
  let loop: OpaquePointer

  /// Creates the loop; nil when the system has no descriptors or memory left.
  public init?() {
    guard let loop = capi_loop_new() else { return nil }
    self.loop = loop
  }

  deinit { capi_loop_free(loop) }

  /// Runs callbacks until `stop`, SIGTERM or SIGINT.
  public func run() { capi_loop_run(loop) }

  /// Ends `run` when the current callback has returned.
  public func stop() { capi_loop_stop(loop) }
}
