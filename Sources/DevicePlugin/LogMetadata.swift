import JSONText
import KubeletAPI
import Logging
import ResourcePools

extension Options {
  /// For the line at start: what the command line and the node make of it.
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

extension PluginConfig {
  /// The configuration in effect, without secrets.
  func metadata(files: [String]) -> Logger.Metadata {
    let pools = JSONValue.array((pools + sharedPools).map(\.summary)).text(escaping: .minimal)
    // `joined` would look through all conformances of the program for the first to ask, a hundredth of a start.
    let files = files.dropFirst().reduce(files.first ?? "") { "\($0),\($1)" }
    var metadata: Logger.Metadata = ["files": "\(files)", "pools": "\(pools)"]
    if !sharedPools.isEmpty { metadata["periodicUpdateInterval"] = "\(periodicUpdateInterval)" }
    if !poolsElsewhere.isEmpty {
      metadata["poolsElsewhere"] = "\(poolsElsewhere.map { "\($0.name)" }.joined(separator: ","))"
    }
    return metadata
  }
}

extension ConfigProblem {
  /// With the place as compilers print it.
  var metadata: Logger.Metadata {
    let place = line.map { "\(file):\($0)" + (column.map { ":\($0)" } ?? "") } ?? file
    var metadata: Logger.Metadata = ["at": "\(place)", "err": "\(reason)"]
    if !path.description.isEmpty { metadata["path"] = "\(path)" }
    return metadata
  }
}

extension Plugin.Event {
  /// Of the kind, for people.
  var name: String {
    switch self {
    case .kubelet: "kubelet's directory changed"
    case .configuration: "the configuration's directory changed"
    case .changed: "devices or links changed"
    case .rescan: "rescan"
    case .settle: "settle links"
    case .safetyScan: "safety scan"
    case .retryScan: "second look"
    case .returnMemory: "return memory"
    case .reload: "reload"
    case .reloadIfChanged: "reload if changed"
    case .stop: "stop"
    }
  }
}
