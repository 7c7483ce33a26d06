import KubeletAPI
import KubeletState

extension KubeletCheckpoint.Entry {
  /// The kernel UB devices that the container was given, in the order in which they are moved: bonding devices follow
  /// the devices they bond. Other nodes of the answer are skipped.
  func devices() throws(UnifiedBusError) -> [DevicePath] {
    let answer: ContainerAllocateResponse
    do {
      answer = try ContainerAllocateResponse(decoding: allocation)
    } catch {
      throw .kubelet(.checkpoint(path: "AllocResp of pod \(podUID), container \(container)", reason: "\(error)"))
    }
    var devices: [DevicePath] = []
    for node in answer.devices where node.hostPath.utf8.starts(with: "/dev/uburma/".utf8) {
      let device = try DevicePath(node.hostPath)
      if !devices.contains(device) { devices.append(device) }
    }
    return devices.filter { !$0.isBonding } + devices.filter(\.isBonding)
  }

  /// What the container was given with `ids`, some of its devices.
  func devices(of ids: Set<String>) throws(UnifiedBusError) -> [DevicePath] {
    let all = try devices()
    if self.ids.isSubset(of: ids) || all.isEmpty { return all }
    let own = ids.intersection(self.ids).sorted()
    let told = try told()
    guard own.allSatisfy({ told[$0] != nil }) else {
      throw .kubelet(
        .checkpoint(
          path: "AllocResp of pod \(podUID), container \(container)",
          reason: "expected it to tell which devices are of \(own.joined(separator: ", ")), found none told"))
    }
    let names = Set(own.flatMap { told[$0]?.kernelNames ?? [] })
    return all.filter { names.contains($0.kernelName) }
  }

  private func told() throws(UnifiedBusError) -> [String: DescribedUBDevice] {
    do throws(KubeletStateError) { return try described() } catch { throw .kubelet(error) }
  }
}

extension DeviceHolder {
  /// What the entries' containers were given with `ids`, each device once.
  ///
  /// Throws when the container has further ids and the answer does not say which device belongs to which id.
  func devices(of ids: Set<String>) throws(UnifiedBusError) -> [DevicePath] {
    var devices: [DevicePath] = []
    for entry in entries {
      for device in try entry.devices(of: ids) where !devices.contains(device) { devices.append(device) }
    }
    return devices.filter { !$0.isBonding } + devices.filter(\.isBonding)
  }
}
