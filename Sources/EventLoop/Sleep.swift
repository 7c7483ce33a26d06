import Synchronization

/// One sleeping task, woken once: by its time or by its cancellation, whichever comes first.
final class Sleep: Sendable {
  private enum State {
    case awake
    case asleep(CheckedContinuation<Void, Never>)
    case over
  }

  private let state = Mutex(State.awake)

  /// Waits for `end`, which may have come already.
  func over() async {
    await withCheckedContinuation { sleeper in
      let isOver = state.withLock { state in
        if case .over = state { return true }
        state = .asleep(sleeper)
        return false
      }
      if isOver { sleeper.resume() }
    }
  }

  func end() {
    let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
      defer { state = .over }
      if case .asleep(let sleeper) = state { return sleeper }
      return nil
    }
    sleeper?.resume()
  }
}
