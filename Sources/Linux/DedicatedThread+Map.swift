import Synchronization

extension DedicatedThread {
  /// Runs `body` for all elements at the same time: for the first on the calling thread, for each other on a thread of its
  /// own. The calling thread also does what no thread could be created for.
  ///
  /// - Returns: The results in the order of the elements.
  public static func map<Element: Sendable, Result: Sendable>(
    _ elements: [Element], name: String, _ body: @escaping @Sendable (Element) -> Result
  ) -> [Result] {
    let others = elements.dropFirst().map { element in
      let outcome = Outcome<Result>()
      let thread = try? begin(name) {
        let result = body(element)
        outcome.result.withLock { $0 = result }
      }.get()
      return (element, outcome, thread)
    }
    return elements.prefix(1).map(body)
      + others.map { element, outcome, thread in
        thread?.join()
        return outcome.result.withLock { $0 } ?? body(element)
      }
  }

  private final class Outcome<Result: Sendable>: Sendable {
    let result = Mutex<Result?>(nil)
  }
}
