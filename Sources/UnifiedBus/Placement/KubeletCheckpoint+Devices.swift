import KubeletAPI
import KubeletState

extension KubeletCheckpoint.Entry {
  /// Lists the kernel UB devices of the container's Allocate answer, in the order in which they are moved: bonding
  /// devices follow the devices they bond. Other device nodes are skipped.
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

  /// Lists the kernel devices that belong to `ids`, some of the container's units.
  func devices(of ids: Set<String>) throws(UnifiedBusError) -> [DevicePath] {
    let all = try devices()
    if self.ids.isSubset(of: ids) || all.isEmpty { return all }
    let own = ids.intersection(self.ids).sorted()
    let described = try descriptions()
    guard own.allSatisfy({ described[$0] != nil }) else {
      throw .kubelet(
        .checkpoint(
          path: "AllocResp of pod \(podUID), container \(container)",
          reason: "expected a PCIDEVICE_…_INFO that describes \(own.joined(separator: ", ")), found none"))
    }
    let names = Set(own.flatMap { described[$0]?.kernelNames ?? [] })
    return all.filter { names.contains($0.kernelName) }
  }

  private func descriptions() throws(UnifiedBusError) -> [String: DescribedUBDevice] {
    do throws(KubeletStateError) { return try described() } catch { throw .kubelet(error) }
  }
}

extension DeviceHolder {
  /// Lists the kernel devices that belong to `ids`, each once.
  ///
  /// - Throws: When an entry has other ids too and its answer does not describe which devices belong to which id.
  func devices(of ids: Set<String>) throws(UnifiedBusError) -> [DevicePath] {
    var devices: [DevicePath] = []
    for entry in entries {
      for device in try entry.devices(of: ids) where !devices.contains(device) { devices.append(device) }
    }
    return devices.filter { !$0.isBonding } + devices.filter(\.isBonding)
  }
}
