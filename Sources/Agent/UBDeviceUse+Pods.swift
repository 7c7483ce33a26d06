public import HostInventory
import KubeletAPI
public import KubeletState
import Observability
import ResourcePools

extension UBDeviceUse {
  /// Lists every UB device of `pools`, once for each container of `pods` that has it. `described` is what containers
  /// were told about devices that may not be visible now.
  static func all(
    in pools: [ResourcePool], pods: [PodResources], described: [String: DescribedUBDevice]
  ) -> [UBDeviceUse] {
    var uses: [UBDeviceUse] = []
    for pool in pools {
      for unit in pool.units where unit.members.contains(where: { $0.device.unifiedBus != nil }) {
        let facts = unit.members.first?.device.unifiedBus?.completed(by: described[unit.id])
        let use = UBDeviceUse(
          resource: "\(pool.name)", device: unit.id, kernelNames: facts?.kernelDevices ?? [], eids: facts?.eids ?? [])
        let holders = use.held(by: pods)
        uses += holders.isEmpty ? [use] : holders
      }
    }
    return uses
  }

  private func held(by pods: [PodResources]) -> [UBDeviceUse] {
    pods.flatMap { pod in
      pod.containers.filter { container in
        container.devices.contains { $0.resourceName == resource && $0.ids.contains(device) }
      }.map { container in
        var use = self
        (use.namespace, use.pod, use.container) = (pod.namespace, pod.name, container.name)
        return use
      }
    }
  }
}

extension UBDevice {
  /// The device with facts from its container's variables, where the host does not show them.
  func completed(by described: DescribedUBDevice?) -> UBDevice {
    var device = self
    if device.kernelDevices.isEmpty { device.kernelDevices = described?.kernelNames ?? [] }
    if device.eids.isEmpty { device.eids = described?.eids ?? [] }
    return device
  }
}

extension Inventory {
  /// The inventory with UB devices completed by what their containers were told. A device in a pod's network namespace does
  /// not show its endpoint ids on the host.
  public func completed(by described: [String: DescribedUBDevice]) -> Inventory {
    guard !described.isEmpty else { return self }
    let devices = devices.map { device -> Device in
      guard let facts = device.unifiedBus, let known = described[device.id] else { return device }
      var device = device
      device.unifiedBus = facts.completed(by: known)
      return device
    }
    return Inventory(devices: devices, nodes: nodes)
  }
}
