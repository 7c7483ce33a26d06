import JSONText

extension CDISpec {
  /// Parses a spec that this program wrote; nil for any other text.
  public init?(parsing text: String, fileName: String) {
    guard let root = try? JSONNode.parse(Array(text.utf8)), let kind = root["kind"]?.string,
      let nodes = root["devices"]?.array
    else { return nil }
    self.init(kind: kind, fileName: fileName, devices: nodes.compactMap(Device.init))
  }
}

extension CDISpec.Device {
  fileprivate init?(_ node: JSONNode) {
    guard let name = node["name"]?.string, let edits = node["containerEdits"] else { return nil }
    self.init(
      name: name, nodes: (edits["deviceNodes"]?.array ?? []).compactMap(DeviceNode.init),
      mounts: (edits["mounts"]?.array ?? []).compactMap(Mount.init))
  }
}

extension DeviceNode {
  fileprivate init?(_ node: JSONNode) {
    guard let path = node["path"]?.string, let hostPath = node["hostPath"]?.string,
      let permissions = node["permissions"]?.string
    else { return nil }
    self.init(hostPath, inContainer: path, permissions: permissions)
  }
}

extension Mount {
  fileprivate init?(_ node: JSONNode) {
    guard let hostPath = node["hostPath"]?.string, let path = node["containerPath"]?.string,
      let options = node["options"]?.array
    else { return nil }
    self.init(hostPath: hostPath, containerPath: path, isReadOnly: options.contains { $0.string == "ro" })
  }
}
