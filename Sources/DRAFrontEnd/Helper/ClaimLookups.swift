import HelperProtocol
import JSONText

/// Lookups of claims that the helper has not answered yet.
struct ClaimLookups {
  typealias Answer = Result<JSONValue, ClaimPlan.Refusal>

  private var last = 0
  private var waiting: [Int: CheckedContinuation<Answer, Never>] = [:]

  /// - Returns: The number of the question.
  mutating func ask(_ continuation: CheckedContinuation<Answer, Never>) -> Int {
    last += 1
    waiting[last] = continuation
    return last
  }

  mutating func answer(_ id: Int, _ answer: HelperMessage.ClaimAnswer) {
    switch answer {
    case .found(let claim): waiting.removeValue(forKey: id)?.resume(returning: .success(claim))
    case .failed(let reason): fail(id, reason)
    }
  }

  /// Does nothing when the lookup is answered already.
  mutating func fail(_ id: Int, _ reason: String) {
    waiting.removeValue(forKey: id)?.resume(returning: .failure(ClaimPlan.Refusal(reason)))
  }

  mutating func failAll(_ reason: String) {
    for id in Array(waiting.keys) { fail(id, reason) }
  }
}
