import GRPC
import KubeletAPI

// Both ways of registering, and what follows: the stream of lists.
extension KubeletSimulator {
  /// kubelet's own service, for plugins that register directly.
  var registrationMethods: [String: RPCMethod] {
    [
      KubeletMethod.register: .answering { [weak self] (request: RegisterRequest) throws(RPCStatus) -> Empty in
        guard let self else { throw RPCStatus(code: .unavailable, message: "kubelet stops") }
        return try await register(request)
      }
    ]
  }

  /// Dials the endpoint back before it answers, as kubelet does; so a plugin must serve before it registers.
  private func register(_ request: RegisterRequest) async throws(RPCStatus) -> Empty {
    let file = request.endpoint.split(separator: "/").last.map(String.init) ?? ""
    let socket = "\(directory.devicePlugins)/\(file)"
    do throws(RPCStatus) {
      if request.version != DevicePluginVersion.current {
        throw RPCStatus(
          code: .unknown,
          message: "API version \"\(request.version)\" is not supported: expected \"\(DevicePluginVersion.current)\"")
      }
      _ = try await connect(request.resourceName, at: socket)
      return Empty()
    } catch {
      report(.refused(socket: socket, reason: error.message))
      throw error
    }
  }

  /// Takes a plugin, or throws why not.
  func connect(_ resource: String, at socket: String) async throws(RPCStatus) -> PluginEndpoint {
    if let objection = objection(to: resource) { throw RPCStatus(code: .unknown, message: objection) }
    let endpoint = PluginEndpoint(resource: resource, socket: socket, queue: queue)
    let options: DevicePluginOptions
    do throws(RPCStatus) {
      options = try await endpoint.options(dialLimit: settings.dialLimit, limit: settings.callLimit)
    } catch {
      throw RPCStatus(code: .unknown, message: "the endpoint \(socket) could not be dialled: \(error)")
    }
    change { $0.connect(endpoint, options: options) }
    report(.registered(resource: resource, socket: socket))
    let stream = endpoint.listAndWatch()
    tasks.run { [self] in await follow(stream, of: endpoint) }
    return endpoint
  }

  /// nil when kubelet would take a plugin for the resource.
  func objection(to resource: String) -> String? {
    if let refusal = withState({ $0.refusals[resource] }) { return refusal }
    return ExtendedResourceName.objection(to: resource).map { "the resource name \"\(resource)\" is invalid: \($0)" }
  }

  private func follow(_ stream: RPCStream, of endpoint: PluginEndpoint) async {
    var isFirst = true
    var status: RPCStatus?
    do throws(RPCStatus) {
      while let message = try await stream.next() {
        receive(try message.decoded(), of: endpoint, isFirst: isFirst)
        isFirst = false
      }
    } catch {
      status = error
      endpoint.cancel()
    }
    report(.streamEnded(resource: endpoint.resource, status: status))
    change { state in
      let current = state.resources[endpoint.resource]?.endpoint
      switch settings.streamEnd {
      case .ofThePlugin: if current === endpoint { state.stop(endpoint.resource) }
      case .ofTheResource:
        state.stop(endpoint.resource)
        current?.cancel()
      }
    }
  }

  private func receive(_ list: ListAndWatchResponse, of endpoint: PluginEndpoint, isFirst: Bool) {
    change { state in
      let isCurrent = state.resources[endpoint.resource]?.endpoint === endpoint
      guard isCurrent || settings.streamEnd == .ofTheResource else { return }
      state.receive(list.devices, of: endpoint, isFirst: isFirst)
    }
    let healthy = list.devices.count { $0.isHealthy }
    report(.listed(resource: endpoint.resource, devices: list.devices.count, healthy: healthy))
    do throws(SimulatorError) {
      try writeCheckpoint()
    } catch {
      report(.problem(error))
    }
  }
}

// What happens to a plugin only now and then, on demand.
extension KubeletSimulator {
  /// Ends the resource's stream from kubelet's side. Its devices stay unhealthy until a plugin registers again.
  public func dropStream(_ resource: String) {
    withState { $0.resources[resource]?.endpoint }?.cancel()
  }

  /// Ends the stream and removes the resource, as kubelet does five minutes after a plugin has gone.
  public func forget(_ resource: String) {
    change { $0.resources.removeValue(forKey: resource)?.endpoint }?.cancel()
  }

  /// Refuses every registration of the resource from now on, with `reason`; nil accepts them again.
  public func refuseRegistration(of resource: String, because reason: String?) {
    withState { $0.refusals[resource] = reason }
  }
}
