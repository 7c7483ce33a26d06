/// Whether `fact` becomes true before the deadline; asks again every few milliseconds.
public func eventually(
  within deadline: Duration = .seconds(10), _ fact: @Sendable () async -> Bool
) async -> Bool {
  let clock = ContinuousClock()
  let end = clock.now + deadline
  while clock.now < end {
    if await fact() { return true }
    try? await clock.sleep(for: .milliseconds(5))
  }
  return await fact()
}
