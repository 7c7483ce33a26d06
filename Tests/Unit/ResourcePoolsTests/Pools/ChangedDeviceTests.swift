import HostInventory
import ResourcePools
import Testing

/// What has changed between the list and the request.
@Suite struct ChangedDeviceTests {
  @Test func aReboundDriverIsSeen() throws {
    let pool = Pools.partition(Machines.mixed, try Pools.config([["devices": ["154c"]]])).pools[0]
    let rebound = Machines.mixed.changed { device in
      var device = device
      if device.id == "0000:01:02.0" {
        device.driver = "vfio-pci"
        device.iommuGroup = IOMMUGroup(number: 11, isNoIOMMU: false)
      }
      return device
    }
    #expect(
      try pool.allocate("0000:01:02.0", on: rebound).nodes.map(\.hostPath) == ["/dev/vfio/vfio", "/dev/vfio/11"])
  }

  @Test func aDriverThatThePoolDoesNotSelectIsRefused() throws {
    let pool = Pools.partition(Machines.mixed, try Pools.config([["drivers": ["iavf"]]])).pools[0]
    let rebound = Machines.mixed.changed { device in
      var device = device
      device.driver = "vfio-pci"
      return device
    }
    let error = #expect(throws: AllocationError.self) { try pool.allocate("0000:01:02.0", on: rebound) }
    #expect(
      error?.description
        == "0000:01:02.0: it is no longer what the pool selects: drivers: saw vfio-pci, want iavf")
    let unbound = Machines.mixed.changed { device in
      var device = device
      device.driver = nil
      return device
    }
    #expect(throws: AllocationError.missing(device: "0000:01:02.0", what: "no driver is bound to it any more")) {
      try pool.allocate("0000:01:02.0", on: unbound)
    }
  }

  @Test func aDeviceThatHasGoneIsRefused() throws {
    let pool = Pools.partition(Machines.mixed, try Pools.config([["drivers": ["iavf"]]])).pools[0]
    let without = Machines.mixed.changed { $0.id == "0000:01:02.0" ? nil : $0 }
    #expect(throws: AllocationError.missing(device: "0000:01:02.0", what: "it is no longer on this host")) {
      try pool.allocate("0000:01:02.0", on: without)
    }
  }
}
