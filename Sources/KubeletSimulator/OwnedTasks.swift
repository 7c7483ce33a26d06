import Synchronization

/// Tasks that can be ended together.
final class OwnedTasks: Sendable {
  private struct State {
    var tasks: [Int: Task<Void, Never>] = [:]
    var next = 0
    /// Those that ended before they could be entered.
    var endedEarly: Set<Int> = []
  }

  private let state = Mutex(State())

  @discardableResult
  func run(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    let number = state.withLock { state in
      state.next += 1
      return state.next
    }
    let task = Task { [self] in
      await body()
      state.withLock { state in
        if state.tasks.removeValue(forKey: number) == nil { state.endedEarly.insert(number) }
      }
    }
    state.withLock { state in
      if state.endedEarly.remove(number) == nil { state.tasks[number] = task }
    }
    return task
  }

  /// Returns when all have ended, those too that were started meanwhile.
  func cancelAll() async {
    while true {
      let tasks = state.withLock { Array($0.tasks.values) }
      if tasks.isEmpty { return }
      for task in tasks { task.cancel() }
      for task in tasks { await task.value }
    }
  }
}
