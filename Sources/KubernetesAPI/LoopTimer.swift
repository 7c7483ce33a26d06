import CAPIClient

/// A timer that fires once.
public final class LoopTimer {
  private let loop: ClientLoop
  private var timer: OpaquePointer?
  private let fired: () -> Void

  /// Creates a timer that is not started; `fired` runs on the loop.
  public init(_ loop: ClientLoop, fired: @escaping () -> Void) {
    self.loop = loop
    self.fired = fired
    timer = capi_timer_new(
      loop.loop,
      { context in
        guard let context else { return }
        Unmanaged<LoopTimer>.fromOpaque(context).takeUnretainedValue().fired()
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit { if let timer { capi_timer_free(timer) } }

  /// Starts the timer, or starts it again with another delay.
  public func start(after delay: Duration) {
    let (seconds, attoseconds) = delay.components
    let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
    if let timer { capi_timer_start(timer, max(0, milliseconds)) }
  }

  /// Stops the timer; `fired` is not called.
  public func stop() { if let timer { capi_timer_stop(timer) } }
}
