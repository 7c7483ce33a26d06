public import JSONText
public import KubernetesAPI

/// Reads ResourceClaims for the daemon, and of each only the driver's part.
public final class ClaimLookup {
  private let client: APIClient

  /// Kubelet waits 45 seconds for an answer, and the daemon has to do something with it.
  private static let patience = 10

  /// Creates a lookup with a connection of its own.
  public init(_ loop: ClientLoop, _ cluster: Cluster) {
    client = APIClient(loop, cluster, seconds: Self.patience)
  }

  /// The result of a lookup.
  public enum Answer: Sendable, Equatable {
    /// An object with `uid`, `results` and `config` of the driver's part of the allocation.
    case found(JSONValue)
    /// Why the claim can't be used, for people.
    case failed(String)
  }

  /// Reads a claim's allocation by `driver`. A claim of this name with another `uid` is a failure, because names are
  /// reused. `then` runs on the loop.
  public func find(
    namespace: String, name: String, uid: String, driver: String, then: @escaping (Answer) -> Void
  ) {
    let path =
      "/apis/resource.k8s.io/v1/namespaces/\(APIRequest.escaped(namespace))/resourceclaims/\(APIRequest.escaped(name))"
    client.call(APIRequest(.get, path)) { result in
      switch result {
      case .failure(let failure): then(.failed("\(failure)"))
      case .success(let answer) where answer.status == 404:
        then(.failed("claim \(namespace)/\(name) no longer exists"))
      case .success(let answer):
        guard answer.isSuccess, let object = answer.object else {
          return then(.failed("cannot read claim \(namespace)/\(name): \(answer.reason)"))
        }
        then(Self.allocation(in: object, uid: uid, driver: driver))
      }
    }
  }

  static func allocation(in claim: JSONNode, uid: String, driver: String) -> Answer {
    let name = "\(claim["metadata"]?["namespace"]?.string ?? "")/\(claim["metadata"]?["name"]?.string ?? "")"
    let current = claim["metadata"]?["uid"]?.string ?? ""
    guard current == uid else {
      return .failed("claim \(name) was replaced: kubelet asks for uid \(uid), found \(current)")
    }
    guard let devices = claim["status"]?["allocation"]?["devices"] else {
      return .failed("claim \(name) is not allocated")
    }
    let results = (devices["results"]?.array ?? []).filter { $0["driver"]?.string == driver }
    guard !results.isEmpty else { return .failed("claim \(name) has no device of driver \(driver)") }
    let config = (devices["config"]?.array ?? []).filter { $0["opaque"]?["driver"]?.string == driver }
    return .found([
      "uid": .string(uid), "results": .array(results.map(\.jsonValue)), "config": .array(config.map(\.jsonValue)),
    ])
  }
}
