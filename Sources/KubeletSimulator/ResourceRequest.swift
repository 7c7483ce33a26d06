/// A number of devices of one resource: `intel.com/sriov=2`.
public struct ResourceRequest: Sendable, Equatable {
  public var resource: String
  public var count: Int

  public init(resource: String, count: Int) {
    self.resource = resource
    self.count = count
  }

  /// Throws `notARequest` unless `text` is `RESOURCE=N` with N from 1.
  public init(parsing text: String) throws(SimulatorError) {
    guard let equals = text.lastIndex(of: "="), equals != text.startIndex,
      let count = Int(text[text.index(after: equals)...]), count > 0
    else { throw .notARequest(text) }
    self.init(resource: String(text[..<equals]), count: count)
  }
}
