import JSONText
import KubeletAPI
import KubeletSimulator

/// What a rehearsal prints.
enum SimulationReport {
  static func node(_ view: NodeView) -> String {
    let width = (view.resources.keys.map(\.count).max() ?? 0) + 2
    let lines = view.resources.values.sorted { $0.name < $1.name }.map { resource in
      let sick = resource.capacity - resource.allocatable
      return "  \(resource.name)\(String(repeating: " ", count: width - resource.name.count))\(resource.allocatable)"
        + (sick == 0 ? "" : " (and \(sick) unhealthy)")
    }
    return (["allocatable:"] + (lines.isEmpty ? ["  nothing"] : lines)).joined(separator: "\n")
  }

  /// What claims can have, in the form of `node`.
  static func claimable(_ capacities: [String: Int]) -> String {
    let width = (capacities.keys.map(\.count).max() ?? 0) + 2
    let lines = capacities.sorted { $0.key < $1.key }.map { name, count in
      "  \(name)\(String(repeating: " ", count: width - name.count))\(count)"
    }
    return (["allocatable to claims:"] + lines).joined(separator: "\n")
  }

  static func container(_ container: ContainerView, for request: ResourceRequest) -> String {
    var lines = ["container with \(request.resource)=\(request.count):"]
    lines += container.environment.sorted { $0.key < $1.key }.map { "  env   \($0.key)=\($0.value)" }
    lines += container.devices.map { node in
      let from = node.hostPath == node.containerPath ? "" : " (host \(node.hostPath))"
      return "  node  \(node.containerPath) \(node.permissions)\(from)"
    }
    lines += container.mounts.map { "  mount \($0.containerPath) \($0.isReadOnly ? "ro" : "rw") (host \($0.hostPath))" }
    lines += container.annotations.sorted { $0.key < $1.key }.map { "  annotation \($0.key)=\($0.value)" }
    lines += container.cdiDevices.map { "  cdi   \($0)" }
    return lines.joined(separator: "\n")
  }

  /// A container that was started again; `error` is nil when it runs.
  static func json(_ restart: (resource: String, error: String?)) -> JSONValue {
    .object(
      [.init("resource", .string(restart.resource))] + (restart.error.map { [.init("error", .string($0))] } ?? []))
  }

  static func json(_ container: ContainerView, for request: ResourceRequest) -> JSONValue {
    func object(_ words: [String: String]) -> JSONValue {
      .object(words.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }
    return [
      "resource": .string(request.resource), "count": .int(request.count),
      "environment": object(container.environment),
      "devices": .array(
        container.devices.map { node in
          [
            "containerPath": .string(node.containerPath), "hostPath": .string(node.hostPath),
            "permissions": .string(node.permissions),
          ]
        }),
      "mounts": .array(
        container.mounts.map { mount in
          [
            "containerPath": .string(mount.containerPath), "hostPath": .string(mount.hostPath),
            "readOnly": .bool(mount.isReadOnly),
          ]
        }),
      "annotations": object(container.annotations), "cdiDevices": .strings(container.cdiDevices),
    ]
  }
}
