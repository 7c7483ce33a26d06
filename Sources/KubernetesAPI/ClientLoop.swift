import CAPIClient

/// The one thread of the API helper: connections, timers and the daemon's socket belong to it.
public final class ClientLoop {
  let loop: OpaquePointer

  /// Nil when the system has no descriptors or memory left.
  public init?() {
    guard let loop = capi_loop_new() else { return nil }
    self.loop = loop
  }

  deinit { capi_loop_free(loop) }

  /// Runs until `stop`, SIGTERM or SIGINT.
  public func run() { capi_loop_run(loop) }

  /// Ends `run` after the callback that is running.
  public func stop() { capi_loop_stop(loop) }
}
