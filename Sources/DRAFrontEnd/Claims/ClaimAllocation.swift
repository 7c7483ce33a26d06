public import JSONText

/// The devices of this driver that the scheduler allocated to a claim, as the API helper reads them from its status.
public struct ClaimAllocation: Sendable, Equatable {
  public let results: [Result]
  public let settings: [Setting]

  /// One device for one request.
  public struct Result: Sendable, Equatable {
    /// Without a subrequest.
    public let request: String
    public let pool: String
    public let device: String
    /// The share of a device that several claims have; empty for the whole device.
    public let share: String
    /// With admin access the device may be in use, and the claim does not hold it.
    public let isAdmin: Bool
    /// Keys of taints that the request tolerates; nil stands for all.
    public let tolerated: [String?]
  }

  /// Parameters of a DeviceClass or a claim. Those of classes come first, and later ones win.
  public struct Setting: Sendable, Equatable {
    /// The requests that it applies to; empty for all.
    public let requests: [String]
    public let parameters: JSONValue
  }

  /// Why the helper's answer cannot be read.
  public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
  }

  /// The helper's `results` and `config`, which are the API's.
  public init(_ claim: JSONValue) throws(Failure) {
    var results: [Result] = []
    for item in claim["results"]?.array ?? [] {
      guard let request = item["request"]?.string, let pool = item["pool"]?.string,
        let device = item["device"]?.string, !Self.base(request).isEmpty, !pool.isEmpty, !device.isEmpty
      else { throw Failure(description: "a result of the allocation lacks request, pool or device") }
      results.append(
        Result(
          request: Self.base(request), pool: pool, device: device, share: item["shareID"]?.string ?? "",
          isAdmin: item["adminAccess"] == true, tolerated: (item["tolerations"]?.array ?? []).map { $0["key"]?.string })
      )
    }
    guard !results.isEmpty else { throw Failure(description: "the allocation has no device of this driver") }
    self.results = results
    settings = (claim["config"]?.array ?? []).compactMap { item in
      guard let parameters = item["opaque"]?["parameters"] else { return nil }
      return Setting(requests: (item["requests"]?.array ?? []).compactMap(\.string), parameters: parameters)
    }
  }

  /// Requests in the order in which they come, each once.
  public var requests: [String] {
    results.reduce(into: []) { if !$0.contains($1.request) { $0.append($1.request) } }
  }

  /// `r` of `r/sub`: what kubelet knows.
  private static func base(_ request: String) -> String {
    String(request.prefix { $0 != "/" })
  }
}
