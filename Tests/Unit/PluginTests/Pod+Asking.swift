import KubeletSimulator

extension Pod {
  /// A pod whose only container asks for devices of one resource.
  init(_ uid: String, asking resource: String, count: Int = 1) {
    let request = ResourceRequest(resource: resource, count: count)
    self.init(uid: uid, name: uid, containers: [.init(name: "c", requests: [request])])
  }
}
