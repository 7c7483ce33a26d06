import GRPC
import KubeletAPI

/// The stand-in's state. It is a value; a change needs the simulator's lock.
struct NodeState: Sendable {
  struct Resource: Sendable {
    var devices: [String: PluginDevice] = [:]
    /// The endpoint of the last registration; its stream may have ended.
    var endpoint: PluginEndpoint?
    var isStopped = true
    var options = DevicePluginOptions()
    var registrations = 0
    var streamsOpened = 0
    var listsReceived = 0

    var healthy: Set<String> { Set(devices.values.lazy.filter(\.isHealthy).map(\.id)) }
  }

  var resources: [String: Resource] = [:]
  var pods: [String: AdmittedPod] = [:]
  /// Devices that are promised to a pod in admission, by resource.
  var promised: [String: Set<String>] = [:]
  /// Why registrations are refused, by resource.
  var refusals: [String: String] = [:]
  /// Drivers of Dynamic Resource Allocation, by name.
  var drivers: [String: DriverEndpoint] = [:]
  /// By uid. Kubelet keeps that a claim is prepared in memory alone.
  var preparedClaims: [String: PreparedClaim] = [:]
  var random: SeededRandom

  func inUse(_ resource: String) -> Set<String> {
    pods.values.reduce(into: promised[resource] ?? []) { ids, pod in
      for container in pod.containers { ids.formUnion(container.grants[resource]?.ids ?? []) }
    }
  }

  var view: NodeView {
    NodeView(
      resources: Dictionary(
        uniqueKeysWithValues: resources.map { name, resource in
          let view = ResourceView(
            name: name, devices: resource.devices.values.sorted { $0.id < $1.id }, allocated: inUse(name),
            socket: resource.isStopped ? nil : resource.endpoint?.socket, options: resource.options,
            registrations: resource.registrations, streamsOpened: resource.streamsOpened,
            listsReceived: resource.listsReceived)
          return (name, view)
        }))
  }

  /// The newest registration wins, by whatever path it came.
  mutating func connect(_ endpoint: PluginEndpoint, options: DevicePluginOptions) {
    resources[endpoint.resource, default: Resource()].connect(endpoint, options: options)
  }

  /// Each list replaces the one before.
  mutating func receive(_ devices: [PluginDevice], of endpoint: PluginEndpoint, isFirst: Bool) {
    guard var resource = resources[endpoint.resource] else { return }
    resource.devices = Dictionary(devices.map { ($0.id, $0) }) { $1 }
    resource.listsReceived += 1
    if isFirst { resource.streamsOpened += 1 }
    resources[endpoint.resource] = resource
  }

  /// Keeps the devices and calls them unhealthy, so that capacity stays and allocatable is 0.
  mutating func stop(_ name: String) {
    guard var resource = resources[name] else { return }
    resource.isStopped = true
    resource.devices = resource.devices.mapValues { PluginDevice(id: $0.id, isHealthy: false, numaNodes: $0.numaNodes) }
    resources[name] = resource
  }

  /// A kubelet that has just started knows resource names from its checkpoint and has no device lists yet.
  mutating func startAgain() {
    promised = [:]
    drivers = [:]
    preparedClaims = [:]
    resources = resources.mapValues { resource in
      var resource = resource
      resource.devices = [:]
      resource.endpoint = nil
      resource.isStopped = true
      return resource
    }
  }
}

extension NodeState.Resource {
  fileprivate mutating func connect(_ endpoint: PluginEndpoint, options: DevicePluginOptions) {
    self.endpoint = endpoint
    self.options = options
    isStopped = false
    registrations += 1
  }
}
