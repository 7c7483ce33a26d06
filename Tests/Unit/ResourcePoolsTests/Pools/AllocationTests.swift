import HostInventory
import ResourcePools
import Testing

/// What a container gets: environment, INFO, nodes and their order.
@Suite struct AllocationTests {
  @Test func aKernelFunctionIsOnlyAName() throws {
    let pool = Pools.partition(Machines.mixed, try Pools.config([["drivers": ["iavf"]]], name: "kern-el")).pools[0]
    let answer = try pool.allocate("0000:01:02.0", on: Machines.mixed)
    #expect(
      answer.environment == [
        "PCIDEVICE_INTEL_COM_KERN-EL": "0000:01:02.0",
        "PCIDEVICE_INTEL_COM_KERN-EL_INFO": #"{"0000:01:02.0":{"generic":{"deviceID":"0000:01:02.0"}}}"#,
      ])
    #expect(answer.nodes.isEmpty && answer.mounts.isEmpty && answer.annotations.isEmpty && answer.cdiNames.isEmpty)
    let file = try #require(answer.deviceInfo.first)
    #expect(file.fileName == "intel.com-kern-el-0000:01:02.0-device.json")
    #expect(file.text == #"{"type":"pci","version":"1.1.0","pci":{"pci-address":"0000:01:02.0"}}"#)
  }

  @Test func vfioWithVhostNetAndAdditionalInfoInRequestOrder() throws {
    var config = try Pools.config([["drivers": ["vfio-pci"], "needVhostNet": true]], name: "vfio", prefix: "acme.io")
    config.additionalInfo = ["*": ["tok": "a<b>&c", "z": "1"], "0000:01:02.1": ["tok": "spec"]]
    let pool = Pools.partition(Machines.mixed, config).pools[0]
    let answer = try pool.allocate("0000:01:02.2", "0000:01:02.1", on: Machines.mixed)
    #expect(answer.environment["PCIDEVICE_ACME_IO_VFIO"] == "0000:01:02.2,0000:01:02.1")
    #expect(
      answer.environment["PCIDEVICE_ACME_IO_VFIO_INFO"] == """
        {"0000:01:02.1":{"extra":{"tok":"spec","z":"1"},"generic":{"deviceID":"0000:01:02.1"},\
        "vfio":{"dev-mount":"/dev/vfio/12","mount":"/dev/vfio/vfio"},\
        "vhost":{"net-mount":"/dev/vhost-net","tun-mount":"/dev/net/tun"}},\
        "0000:01:02.2":{"extra":{"tok":"a\\u003cb\\u003e\\u0026c","z":"1"},"generic":{"deviceID":"0000:01:02.2"},\
        "vfio":{"dev-mount":"/dev/vfio/13","mount":"/dev/vfio/vfio"},\
        "vhost":{"net-mount":"/dev/vhost-net","tun-mount":"/dev/net/tun"}}}
        """)
    #expect(
      answer.nodes == [
        DeviceNode("/dev/vfio/vfio"), DeviceNode("/dev/vfio/noiommu-13", inContainer: "/dev/vfio/13"),
        DeviceNode("/dev/vhost-net"), DeviceNode("/dev/net/tun"), DeviceNode("/dev/vfio/12"),
      ])
  }

  @Test func vhostNodesAreBothOrNone() throws {
    let pool = Pools.partition(
      Machines.mixed, try Pools.config([["drivers": ["iavf"], "needVhostNet": true]])
    ).pools[0]
    let withoutTun = Machines.mixed.with(HostNodes(present: [.vhostNet]))
    let answer = try pool.allocate("0000:01:02.0", on: withoutTun)
    #expect(answer.nodes.isEmpty)
    #expect(answer.info.contains(#""vhost":{"net-mount":"/dev/vhost-net","tun-mount":"/dev/net/tun"}"#))
    let withoutVhost = Machines.mixed.with(HostNodes(present: [.tun]))
    let none = try pool.allocate("0000:01:02.0", on: withoutVhost)
    #expect(none.nodes.isEmpty && !none.info.contains("vhost"))
  }

  @Test func uioHasItsMountOnTheFirstAllocate() throws {
    let pool = Pools.partition(Machines.mixed, try Pools.config([["drivers": ["igb_uio"]]])).pools[0]
    let answer = try pool.allocate("0000:01:02.3", on: Machines.mixed)
    #expect(answer.nodes == [DeviceNode("/dev/uio0")])
    #expect(answer.info.contains(#""uio":{"mount":"/dev/uio0"}"#))
    for entries in [nil, []] as [[String]?] {
      let machine = Machines.mixed.changed { device in
        var device = device
        device.uio = device.uio == nil ? nil : entries
        return device
      }
      let bare = try pool.allocate("0000:01:02.3", on: machine)
      #expect(bare.nodes.isEmpty && bare.info.contains(#""uio":{}"#))
    }
  }

  @Test func vfioWithoutGroupHasTheContainerNodeAlone() throws {
    let machine = Machines.mixed.changed { device in
      var device = device
      device.iommuGroup = nil
      return device
    }
    let pool = Pools.partition(machine, try Pools.config([["drivers": ["vfio-pci"]]])).pools[0]
    let answer = try pool.allocate("0000:01:02.1", on: machine)
    #expect(answer.nodes == [DeviceNode("/dev/vfio/vfio")])
    #expect(answer.info.contains(#""vfio":{"mount":"/dev/vfio/vfio"}"#))
  }

  @Test func rdmaNodesAndTheirNames() throws {
    let pool = Pools.partition(Machines.mixed, try Pools.config([["isRdma": true]])).pools[0]
    let answer = try pool.allocate("0000:03:00.0", on: Machines.mixed)
    #expect(answer.nodes.map(\.hostPath) == ["issm0", "umad0", "uverbs0", "rdma_cm"].map { "/dev/infiniband/\($0)" })
    #expect(
      answer.info.contains(
        """
        "rdma":{"issm":"/dev/infiniband/issm0","rdma_cm":"/dev/infiniband/rdma_cm","rdma_dev":"mlx5_0",\
        "umad":"/dev/infiniband/umad0","uverbs":"/dev/infiniband/uverbs0"}
        """))
    #expect(
      answer.deviceInfo.map(\.text) == [
        #"{"type":"pci","version":"1.1.0","pci":{"pci-address":"0000:03:00.0","rdma-device":"mlx5_0"}}"#
      ])
  }

  @Test func ofSeveralRDMADevicesInfoHasTheFirstNameAndTheLastPaths() throws {
    let machine = Machines.mixed.changed { device in
      var device = device
      if !device.rdma.isEmpty {
        device.rdma.append(RDMADevice(name: "mlx5_1", characterDevices: ["ucm1", "issm1", "umad1", "uverbs1"]))
      }
      return device
    }
    let pool = Pools.partition(machine, try Pools.config([["isRdma": true]])).pools[0]
    let answer = try pool.allocate("0000:03:00.0", on: machine)
    let names = ["issm0", "umad0", "uverbs0", "rdma_cm", "ucm1", "issm1", "umad1", "uverbs1"]
    #expect(answer.nodes.map(\.hostPath) == names.map { "/dev/infiniband/\($0)" })
    #expect(
      answer.info.contains(
        """
        "rdma":{"issm":"/dev/infiniband/issm1","rdma_cm":"/dev/infiniband/rdma_cm","rdma_dev":"mlx5_0",\
        "umad":"/dev/infiniband/umad1","uverbs":"/dev/infiniband/uverbs1"}
        """))
    #expect(answer.deviceInfo.first?.text.contains(#""rdma-device":"mlx5_0,mlx5_1""#) == true)
  }

  @Test func rdmaThatOnlyDevlinkTellsOfHasNoNodes() throws {
    let machine = Machines.mixed.changed { device in
      var device = device
      device.rdma = []
      device.devlinkEnableRDMA = true
      return device
    }
    let pool = Pools.partition(machine, try Pools.config([["isRdma": true, "vendors": ["15b3"]]])).pools[0]
    let answer = try pool.allocate("0000:03:00.0", on: machine)
    #expect(answer.nodes.isEmpty && answer.info.contains(#""rdma":{}"#))
    #expect(answer.deviceInfo.first?.text.contains("rdma-device") == false)
  }

  @Test func withoutTheSelectorThereIsNoRDMA() throws {
    let pool = Pools.partition(Machines.mixed, try Pools.config([["vendors": ["15b3"]]])).pools[0]
    let answer = try pool.allocate("0000:03:00.0", on: Machines.mixed)
    #expect(answer.nodes.isEmpty && !answer.info.contains("rdma"))
  }

  @Test(arguments: [VDPADevice.Kind.vhost, .virtio]) func vdpa(kind: VDPADevice.Kind) throws {
    var function = Machines.network("0000:24:00.2", 0x15b3, 0x101e, driver: "mlx5_core")
    function.vdpa = [VDPADevice(name: "vdpa0", kind: kind, path: kind == .vhost ? "/dev/vhost-vdpa-1" : nil)]
    let machine = Inventory(devices: [function], nodes: Machines.nodes)
    let pool = Pools.partition(machine, try Pools.config([["vdpaType": .text(kind.rawValue)]])).pools[0]
    let answer = try pool.allocate("0000:24:00.2", on: machine)
    let text = try #require(answer.deviceInfo.first?.text)
    switch kind {
    case .vhost:
      #expect(answer.nodes == [DeviceNode("/dev/vhost-vdpa-1")])
      #expect(answer.info.contains(#""vdpa":{"mount":"/dev/vhost-vdpa-1"}"#))
      #expect(
        text == """
          {"type":"vdpa","version":"1.1.0","vdpa":{"parent-device":"vdpa0","driver":"vhost",\
          "path":"/dev/vhost-vdpa-1","pci-address":"0000:24:00.2"}}
          """)
    case .virtio:
      #expect(answer.nodes.isEmpty && answer.info.contains(#""vdpa":{}"#))
      #expect(
        text == """
          {"type":"vdpa","version":"1.1.0","vdpa":{"parent-device":"vdpa0","driver":"virtio",\
          "pci-address":"0000:24:00.2"}}
          """)
    }
  }

  @Test func anUnknownIDIsAnErrorThatNamesIDAndPool() throws {
    for type in ["netDevice", "accelerator"] {
      let pool = Pools.partition(Machines.mixed, try Pools.config(type: type)).pools[0]
      let known = try #require(pool.units.first?.id)
      let error = #expect(throws: AllocationError.self) { try pool.allocate(known, "bogus", on: Machines.mixed) }
      #expect(error?.description == "bogus is not a device of intel.com/a")
    }
  }

  @Test func noIDsAtAll() throws {
    let pool = Pools.partition(Machines.mixed, try Pools.config()).pools[0]
    let answer = try pool.allocate(on: Machines.mixed)
    #expect(answer.environment == ["PCIDEVICE_INTEL_COM_A": "", "PCIDEVICE_INTEL_COM_A_INFO": "{}"])
    #expect(answer.nodes.isEmpty && answer.effects.isEmpty)
  }

  @Test func theSameIDTwice() throws {
    let pool = Pools.partition(Machines.mixed, try Pools.config([["drivers": ["vfio-pci"]]])).pools[0]
    let answer = try pool.allocate("0000:01:02.1", "0000:01:02.1", on: Machines.mixed)
    #expect(answer.environment["PCIDEVICE_INTEL_COM_A"] == "0000:01:02.1,0000:01:02.1")
    #expect(answer.nodes.map(\.hostPath) == ["/dev/vfio/vfio", "/dev/vfio/12"])
    #expect(answer.deviceInfo.count == 1)
  }

  @Test func additionalInfoOfSubfunctionsIsTheirParents() throws {
    var config = try Pools.config([["auxTypes": ["sf"]]], type: "auxNetDevice")
    config.additionalInfo = ["*": ["a": "1"], "0000:03:00.0": ["b": "2"], "mlx5_core.sf.2": ["c": "3"]]
    let answer = try Pools.partition(Machines.mixed, config).pools[0].allocate("mlx5_core.sf.2", on: Machines.mixed)
    #expect(
      answer.info
        == #"{"mlx5_core.sf.2":{"extra":{"a":"1","b":"2"},"generic":{"deviceID":"mlx5_core.sf.2"}}}"#)
    #expect(answer.effects.isEmpty)
  }

  @Test func emptyAdditionalInfoIsASection() throws {
    var config = try Pools.config([["drivers": ["iavf"]]])
    config.additionalInfo = [:]
    let answer = try Pools.partition(Machines.mixed, config).pools[0].allocate("0000:01:02.0", on: Machines.mixed)
    #expect(answer.info.contains(#""extra":{}"#))
  }

  @Test func acceleratorsHaveNoDeviceInfo() throws {
    let pool = Pools.partition(Machines.mixed, try Pools.config(type: "accelerator")).pools[0]
    let answer = try pool.allocate("0000:04:00.0", on: Machines.mixed)
    #expect(answer.nodes.map(\.hostPath) == ["/dev/vfio/vfio", "/dev/vfio/40"])
    #expect(answer.effects.isEmpty)
  }

  @Test func resetComesBeforeAnythingElse() throws {
    var config = try Pools.config([["drivers": ["iavf"]]])
    config.resetOnAllocate = true
    let answer = try Pools.partition(Machines.mixed, config).pools[0].allocate("0000:01:02.0", on: Machines.mixed)
    #expect(answer.effects.first == .host(ResetFunction(address: "0000:01:02.0")))
    #expect(answer.effects.count == 2)
    config.replicas = 2
    let shared = try Pools.partition(Machines.mixed, config).pools[0].allocate("0000:01:02.0::1", on: Machines.mixed)
    #expect(!shared.effects.contains { $0.resetDevice != nil })
  }
}
