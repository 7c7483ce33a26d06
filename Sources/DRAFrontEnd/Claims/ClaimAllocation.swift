import JSONText

/// The devices that the scheduler allocated to a claim, of this driver only. The API helper reads them from the claim's
/// status.
struct ClaimAllocation: Sendable, Equatable {
  let results: [Result]
  let settings: [Setting]

  /// One device for one request.
  struct Result: Sendable, Equatable {
    /// The name of the request, without that of a subrequest.
    let request: String
    let pool: String
    let device: String
    /// The share of a device that several claims have; empty for the whole device.
    let share: String
    /// Whether the request has admin access: the device may be in use, and the claim does not hold it.
    let isAdmin: Bool
    /// Keys of taints that the request tolerates; nil stands for all.
    let tolerated: [String?]
  }

  /// Parameters of a DeviceClass or a claim. Those of classes come first; later ones have precedence.
  struct Setting: Sendable, Equatable {
    /// The requests that it applies to; empty for all.
    let requests: [String]
    let parameters: JSONValue
  }

  /// Why the helper's answer cannot be read.
  struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    let description: String
  }

  /// Reads the helper's `results` and `config`, which have the API's form.
  init(_ claim: JSONValue) throws(Failure) {
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

  /// The requests in their order, each once.
  var requests: [String] {
    results.reduce(into: []) { if !$0.contains($1.request) { $0.append($1.request) } }
  }

  /// The request without the subrequest, as kubelet names it: `r` of `r/sub`.
  private static func base(_ request: String) -> String {
    String(request.prefix { $0 != "/" })
  }
}
