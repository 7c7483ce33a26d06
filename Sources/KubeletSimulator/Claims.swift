public import GRPC
public import KubeletAPI

// Dynamic Resource Allocation, as kubelet's DRA manager does it.
extension KubeletSimulator {
  /// Names of the drivers that are registered, sorted.
  public var drivers: [String] { withState { $0.drivers.keys.sorted() } }

  /// Whether the driver is registered before `limit` has passed.
  public func hasDriver(_ name: String, within limit: Duration) async -> Bool {
    await view(within: limit) { [weak self] _ in self?.drivers.contains(name) == true } != nil
  }

  /// What kubelet does before a pod's sandbox is made: asks for the claims that it does not know to be prepared. It forgets
  /// them when it restarts, and asks again.
  ///
  /// - Returns: The claims' devices, in the order of `claims`.
  public func prepare(_ claims: [ClaimReference], by driver: String) async throws(SimulatorError) -> [PreparedClaim] {
    let endpoint = try driverEndpoint(driver)
    let unknown = claims.filter { claim in withState { $0.preparedClaims[claim.uid] } == nil }
    if !unknown.isEmpty {
      let method = DRAMethod.prepare(endpoint.version)
      let answer: PreparedClaims = try await endpoint.call(
        method, ClaimList(claims: unknown), limit: settings.prepareLimit)
      for claim in answer.claims where claim.error.isEmpty { change { $0.preparedClaims[claim.uid] = claim } }
      for claim in unknown {
        guard let prepared = answer.claims.first(where: { $0.uid == claim.uid }) else {
          throw .badAnswer(resource: driver, method: method, reason: "it lacks claim \(claim.uid)")
        }
        guard prepared.error.isEmpty else { throw .claim("\(claim.namespace)/\(claim.name)", reason: prepared.error) }
      }
    }
    return claims.compactMap { claim in withState { $0.preparedClaims[claim.uid] } }
  }

  /// What kubelet does when the last pod with these claims has gone; whether it knows them or not.
  public func unprepare(_ claims: [ClaimReference], by driver: String) async throws(SimulatorError) {
    let endpoint = try driverEndpoint(driver)
    let answer: UnpreparedClaims = try await endpoint.call(
      DRAMethod.unprepare(endpoint.version), ClaimList(claims: claims), limit: settings.prepareLimit)
    for claim in claims {
      let result = answer.claims.first { $0.uid == claim.uid }
      if let error = result?.error, !error.isEmpty { throw .claim("\(claim.namespace)/\(claim.name)", reason: error) }
      change { $0.preparedClaims[claim.uid] = nil }
    }
  }

  /// The driver's stream of its devices' health.
  public func health(
    of driver: String, _ version: DRAMethod.HealthVersion = .v1
  ) throws(SimulatorError) -> HealthReports {
    HealthReports(try driverEndpoint(driver).watchHealth(version))
  }

  /// The lists of one stream, one by one.
  public final class HealthReports: Sendable {
    private let stream: RPCStream

    init(_ stream: RPCStream) { self.stream = stream }

    /// The next list; nil when the driver has ended the stream.
    public func next() async throws(RPCStatus) -> DeviceHealthList? { try await stream.next()?.decoded() }
  }

  private func driverEndpoint(_ name: String) throws(SimulatorError) -> DriverEndpoint {
    guard let endpoint = withState({ $0.drivers[name] }) else { throw .unknownDriver(name) }
    return endpoint
  }

  /// Takes a driver, or throws why not.
  func takeDriver(_ info: PluginInfo, at socket: String) throws(RPCStatus) -> DriverEndpoint {
    let known = info.supportedVersions.compactMap { version in
      DRAMethod.Version.allCases.first { "\($0.rawValue).DRAPlugin" == version }
    }
    guard let version = known.first(where: { settings.draVersions.contains($0) }) else {
      throw RPCStatus(
        code: .unknown, message: "none of the versions \(info.supportedVersions) of driver \(info.name) is supported")
    }
    let endpoint = DriverEndpoint(name: info.name, socket: socket, version: version, queue: queue)
    change { $0.drivers[info.name] = endpoint }
    report(.registered(resource: info.name, socket: socket))
    return endpoint
  }

  func forget(_ driver: DriverEndpoint) {
    change { if $0.drivers[driver.name] === driver { $0.drivers[driver.name] = nil } }
  }
}
