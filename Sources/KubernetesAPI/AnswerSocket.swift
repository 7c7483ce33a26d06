import CAPIClient

/// A unix stream socket that answers each connection with one line and closes it. The answer comes from the loop, so it
/// shows that the loop works.
public final class AnswerSocket {
  /// The line.
  public var answer = "" {
    didSet { capi_answers_set(answers, answer) }
  }

  private let answers: OpaquePointer

  /// Listens at `path`, in the place of a socket that an earlier process left; nil with `errno` when that fails.
  public init?(_ loop: ClientLoop, path: String) {
    guard let answers = capi_answers_listen(loop.loop, path) else { return nil }
    self.answers = answers
  }

  deinit { capi_answers_free(answers) }
}
