extension Task where Failure == Never {
  /// Waits for the end of the task, for `limit` at most; the task continues in any case.
  ///
  /// - Returns: Whether the task ended in time; false too when the caller is cancelled.
  public func isOver(within limit: Duration) async -> Bool {
    let (ends, first) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingOldest(1))
    let timer = Task<Void, Never> {
      try? await Task<Never, Never>.sleep(for: limit)
      first.yield(false)
    }
    defer { timer.cancel() }
    Task<Void, Never> {
      _ = await value
      first.yield(true)
    }
    // A cancelled task would not wait for the stream.
    return await Task<Bool, Never> {
      for await isOver in ends { return isOver }
      return false
    }.value
  }
}
