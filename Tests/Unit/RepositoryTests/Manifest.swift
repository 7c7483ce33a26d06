import Foundation
import TestSupport
import Testing

@testable import ConfigMapText

/// One of `deployments/manifests`, as Kubernetes reads it.
struct Manifest {
  let path: String
  private let documents: [YAMLNode]

  init(_ persona: String) throws {
    path = "deployments/manifests/\(persona).yaml"
    documents = try YAMLReader(Array(try Repository.text(path).utf8)).documents()
  }

  func document(_ kind: String) throws -> YAMLNode {
    try #require(documents.first { $0["kind"]?.text == kind }, "\(path) has no \(kind)")
  }

  /// What the DaemonSet says of its pods.
  var pod: YAMLNode {
    get throws { try #require(try document("DaemonSet")["spec"]?["template"]?["spec"]) }
  }

  var container: YAMLNode {
    get throws { try #require(try pod["containers"]?.items.first) }
  }

  /// With the environment's values put in, as kubelet does.
  var arguments: [String] {
    get throws {
      try #require(try container["args"]).items.compactMap(\.text).map {
        $0.replacingOccurrences(of: "$(LISTEN_ADDRESS)", with: "127.0.0.1")
      }
    }
  }

  /// Variables with a value of their own.
  var environment: [String: String] {
    get throws {
      let variables = try #require(try container["env"]).items.compactMap { variable in
        variable["name"]?.text.flatMap { name in variable["value"]?.text.map { (name, $0) } }
      }
      return Dictionary(variables, uniquingKeysWith: { $1 })
    }
  }

  struct Mount {
    let container: String
    /// A directory of the host; nil when the volume is not one.
    let host: String?
    /// What kubelet checks of the host's directory: `Directory`, `DirectoryOrCreate`.
    let hostType: String?
    let configMap: String?
    let isReadOnly: Bool
  }

  var mounts: [Mount] {
    get throws {
      let volumes = try #require(try pod["volumes"]).items
      return try #require(try container["volumeMounts"]).items.map { mount in
        let volume = volumes.first { $0["name"]?.text == mount["name"]?.text }
        return Mount(
          container: mount["mountPath"]?.text ?? "", host: volume?["hostPath"]?["path"]?.text,
          hostType: volume?["hostPath"]?["type"]?.text,
          configMap: volume?["configMap"]?["name"]?.text, isReadOnly: mount["readOnly"]?.text == "true")
      }
    }
  }
}

extension YAMLNode {
  var items: [YAMLNode] { if case .sequence(let items) = self { items } else { [] } }
  var texts: [String] { items.compactMap(\.text) }
}
