import HelperProtocol
public import JSONText
public import KubeletAPI
import Synchronization

// The scheduler's part.
extension ControlPlaneSimulator {
  /// How many claims the published devices of a resource can serve, counted together with those that are served.
  public func capacity(of resource: String) -> Int {
    devices(of: resource).filter { !$0.isTainted }.reduce(0) { $0 + ($1.slots ?? 1) }
  }

  /// Allocates devices to a new claim, one request for each of `requests`: the first devices that fit, as the scheduler does.
  ///
  /// - Parameter parameters: Of the claim's configuration for all requests; nil: it has none.
  public func allocate(
    _ requests: [ResourceRequest], parameters: JSONValue? = nil
  ) throws(SimulatorError) -> ClaimReference {
    let number = state.withLock { state in
      state.lastClaim += 1
      return state.lastClaim
    }
    let uid = "00000000-0000-0000-0000-\(100_000_000_000 + number)"
    var results: [JSONValue] = []
    var taken: Set<String> = []
    for (index, request) in requests.enumerated() {
      let occupied = state.withLock { $0.taken.values.reduce(taken) { $0.union($1) } }
      let free = devices(of: request.resource).filter { !$0.isTainted && !occupied.contains($0.place) }
      guard free.count >= request.count else {
        throw .notEnough(resource: request.resource, wanted: request.count, available: free.count)
      }
      for device in free.prefix(request.count) {
        var result: JSONValue = [
          "request": .string("request-\(index)"), "driver": .string(device.driver), "pool": .string(device.pool),
          "device": .string(device.name),
        ]
        if device.slots != nil { result["shareID"] = .string("\(uid)-\(index)") } else { taken.insert(device.place) }
        results.append(result)
      }
    }
    var config: [JSONValue] = []
    if let parameters { config = [["requests": [], "opaque": ["parameters": parameters]]] }
    let answer: JSONValue = ["uid": .string(uid), "results": .array(results), "config": .array(config)]
    state.withLock { state in
      state.claims[uid] = .found(answer)
      state.taken[uid] = taken
    }
    return ClaimReference(namespace: "default", uid: uid, name: "claim-\(number)")
  }

  /// The claim is deleted, and its devices are free.
  public func delete(_ claim: ClaimReference) {
    state.withLock { state in
      state.claims[claim.uid] = nil
      state.taken[claim.uid] = nil
    }
  }

  private struct ListedDevice {
    let driver: String
    let pool: String
    let name: String
    let slots: Int?
    let isTainted: Bool

    var place: String { "\(pool)/\(name)" }
  }

  private func devices(of resource: String) -> [ListedDevice] {
    (state.withLock { $0.slices } ?? []).flatMap { slice -> [ListedDevice] in
      guard let spec = slice["spec"], let driver = spec["driver"]?.string, let pool = spec["pool"]?["name"]?.string
      else { return [] }
      return (spec["devices"]?.array ?? []).compactMap { device in
        guard device["attributes"]?["k8s.cni.cncf.io/resourceName"]?["string"]?.string == resource,
          let name = device["name"]?.string
        else { return nil }
        let isShared = device["allowMultipleAllocations"] == true
        let slots = isShared ? device["capacity"]?["slots"]?["value"]?.string.flatMap { Int($0) } : nil
        return ListedDevice(
          driver: driver, pool: pool, name: name, slots: slots, isTainted: device["taints"]?.array?.isEmpty == false)
      }
    }
  }
}
