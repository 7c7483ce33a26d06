import Synchronization

/// Events on their way from the netlink thread to one reader.
///
/// What has not been read yet is handed over together, so a burst becomes one batch; when the reader is so far behind
/// that it would cost memory, the events turn into one `resync`.
final class EventMailbox<Event: Sendable>: Sendable {
  private struct State {
    var pending: [Event] = []
    var reader: CheckedContinuation<[Event]?, Never>?
    var isClosed = false
  }

  private let state = Mutex(State())
  private let resync: Event
  private let capacity: Int

  init(resync: Event, capacity: Int = 4096) {
    self.resync = resync
    self.capacity = capacity
  }

  func deliver(_ events: [Event]) {
    let handover = state.withLock { state -> (CheckedContinuation<[Event]?, Never>, [Event])? in
      guard !state.isClosed, !events.isEmpty else { return nil }
      state.pending += events
      if state.pending.count > capacity { state.pending = [resync] }
      guard let reader = state.reader else { return nil }
      defer {
        state.reader = nil
        state.pending = []
      }
      return (reader, state.pending)
    }
    if let (reader, events) = handover { reader.resume(returning: events) }
  }

  /// What is pending can still be read; then comes nil.
  func close() {
    let reader = state.withLock { state in
      state.isClosed = true
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume(returning: nil)
  }

  /// Nil when the mailbox is closed and empty, or when another reader comes.
  func next() async -> [Event]? {
    await withCheckedContinuation { continuation in
      let displaced = state.withLock { state -> (CheckedContinuation<[Event]?, Never>, [Event]?)? in
        if !state.pending.isEmpty {
          defer { state.pending = [] }
          return (continuation, state.pending)
        }
        if state.isClosed { return (continuation, nil) }
        defer { state.reader = continuation }
        return state.reader.map { ($0, nil) }
      }
      if let (reader, events) = displaced { reader.resume(returning: events) }
    }
  }
}
