extension PoolEndpointState.Phase {
  /// Why kubelet does not watch the pool; nil when it does. `trouble` is the last reported problem.
  func obstacle(trouble: String?) -> String? {
    switch self {
    case .serving: nil
    case .idle, .binding: "its socket is being made"
    case .registering: trouble ?? "kubelet is being asked to register it"
    case .awaitingKubelet: trouble ?? "kubelet's plugin watcher has not come to its socket"
    case .awaitingStream: "kubelet has registered it and not opened ListAndWatch"
    case .pausing: trouble ?? "it is about to be registered again"
    case .stopped: "it is about to end"
    }
  }
}

extension PoolEndpointState.Trouble {
  /// The event, for people.
  var text: String {
    switch self {
    case .listen(let reason): "its socket can't be made: \(reason)"
    case .registration(let reason): "kubelet did not register it: \(reason)"
    case .noStream: "kubelet registered it and did not open ListAndWatch"
    case .streamEnded: "kubelet ended ListAndWatch"
    case .nobodyCame: "kubelet's plugin watcher has not come to its socket"
    }
  }
}
