/// A request for devices of one resource, e.g. `intel.com/sriov=2`.
public struct ResourceRequest: Sendable, Equatable {
  /// The extended resource, e.g. `intel.com/sriov`.
  public var resource: String
  /// The number of devices.
  public var count: Int

  /// Creates a request.
  public init(resource: String, count: Int) {
    self.resource = resource
    self.count = count
  }

  /// Reads `RESOURCE=N`.
  ///
  /// - Throws: `notARequest` unless N is a number from 1.
  public init(parsing text: String) throws(SimulatorError) {
    guard let equals = text.lastIndex(of: "="), equals != text.startIndex,
      let count = Int(text[text.index(after: equals)...]), count > 0
    else { throw .notARequest(text) }
    self.init(resource: String(text[..<equals]), count: count)
  }
}
