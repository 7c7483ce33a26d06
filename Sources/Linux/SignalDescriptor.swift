import CLinux

/// Receives signals through a descriptor, by signalfd(2).
public struct SignalDescriptor: Sendable {
  /// The descriptor to watch; it is readable while a signal is pending.
  public let descriptor: Descriptor

  /// Blocks the signals on the calling thread and on those that it starts from now on: call it before there is another.
  public init(_ numbers: [Int32]) throws(Errno) {
    guard let descriptor = Descriptor(clinux_hear_signals(numbers, Int32(numbers.count))) else { throw Errno.current }
    self.descriptor = descriptor
  }

  /// Takes the next pending signal.
  ///
  /// - Returns: The signal's number; nil when none is pending.
  public func next() -> Int32? {
    let number = clinux_next_signal(descriptor.number)
    return number == 0 ? nil : number
  }

  /// Whether the process ignores a signal, as one that was started by nohup(1) ignores SIGHUP.
  public static func isIgnored(_ number: Int32) -> Bool { clinux_is_ignored(number) != 0 }
}
