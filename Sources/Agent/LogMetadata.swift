import DevicePluginFrontEnd
import KubeletAPI
import Logging
import Observability
import ResourcePools

extension Options {
  /// The settings in effect, for the line at start.
  func metadata(sockets: String, mode: RegistrationMode) -> Logger.Metadata {
    var metadata: Logger.Metadata = [
      "version": "\(Version.number)", "registration": "\(mode.rawValue)", "sockets": "\(sockets)",
      "kubeletDir": "\(kubelet.path)", "hostRoot": "\(hostRoot)", "resourcePrefix": "\(resourcePrefix)",
      "cdi": "\(cdi.rawValue)", "strictConfig": "\(strictConfig)",
      "listen": "\(listen.map { "\($0.host):\($0.port)" } ?? "off")",
    ]
    if !nodeName.isEmpty { metadata["node"] = "\(nodeName)" }
    return metadata
  }
}

extension Agent.Event {
  /// What the log calls the event.
  var name: String {
    switch self {
    case .kubelet: "kubelet's directory changed"
    case .configuration: "the configuration's directory changed"
    case .changed: "devices or links changed"
    case .nobodyCame: "kubelet does not come"
    case .rescan: "rescan"
    case .settle: "settle links"
    case .uses, .newUses: "look at what pods have"
    case .safetyScan: "safety scan"
    case .missedEvents: "look for missed events"
    case .retryScan: "second look"
    case .returnMemory: "return memory"
    case .reload: "reload"
    case .reloadIfChanged: "reload if changed"
    case .stop: "stop"
    }
  }
}

extension Logger {
  /// Writes what is wrong with a configuration, a line for each problem.
  func report(_ problems: [ConfigProblem]) {
    for problem in problems {
      switch problem.severity {
      case .error: error("the configuration is wrong", metadata: problem.metadata)
      case .warning: warning("the configuration is doubtful", metadata: problem.metadata)
      }
    }
  }
}
