import HostInventory
import JSONText
import ResourcePools
import Testing

/// CDI: names in the place of nodes, and the spec files that the names are looked up in.
@Suite struct ContainerDeviceInterfaceTests {
  @Test func namesInTheAnnotationAndTheField() throws {
    let pool = Pools.partition(
      Machines.mixed, try Pools.config([["drivers": ["vfio-pci"]]], name: "vfio", prefix: "acme.io")
    ).pools[0]
    func answer(_ mode: CDIMode) throws -> Allocation {
      try pool.allocate("0000:01:02.2", "0000:01:02.1", on: Machines.mixed, cdi: mode)
    }
    let names = ["acme.io/net-pci=0000:01:02.2", "acme.io/net-pci=0000:01:02.1"]
    let both = try answer(.both)
    #expect(both.nodes.isEmpty && both.mounts.isEmpty)
    #expect(both.annotations == ["cdi.k8s.io/acme.io_net-pci": names.joined(separator: ",")])
    #expect(both.cdiNames == names)
    let field = try answer(.field)
    #expect(field.annotations.isEmpty && field.cdiNames == names)
    let annotations = try answer(.annotations)
    #expect(annotations.annotations == ["cdi.k8s.io/acme.io_net-pci_vfio": names.joined(separator: ",")])
    #expect(annotations.cdiNames.isEmpty)
    #expect(both.environment == field.environment)
    #expect(both.effects == (try answer(.off)).effects)
  }

  @Test func aNoIOMMUSpec() throws {
    let pool = Pools.partition(
      Machines.mixed, try Pools.config([["pciAddresses": ["0000:01:02.2"]]], name: "vfio", prefix: "acme.io")
    ).pools[0]
    let spec = try #require(pool.cdiSpec(nodes: Machines.nodes))
    #expect(spec.fileName == "sriov-dp-acme.io-net-pci-vfio.json")
    #expect(
      spec.text == """
        {
          "cdiVersion": "0.5.0",
          "kind": "acme.io/net-pci",
          "containerEdits": {},
          "devices": [
            {
              "name": "0000:01:02.2",
              "containerEdits": {
                "deviceNodes": [
                  {
                    "path": "/dev/vfio/vfio",
                    "hostPath": "/dev/vfio/vfio",
                    "permissions": "rw"
                  },
                  {
                    "path": "/dev/vfio/13",
                    "hostPath": "/dev/vfio/noiommu-13",
                    "permissions": "rw"
                  }
                ]
              }
            }
          ]
        }

        """)
  }

  @Test func kernelFunctionsHaveNothingToInject() throws {
    let kernel = Pools.partition(Machines.mixed, try Pools.config([["drivers": ["iavf"]]])).pools[0]
    #expect(kernel.cdiSpec(nodes: Machines.nodes) == nil)
    let answer = try kernel.allocate("0000:01:02.0", on: Machines.mixed, cdi: .both)
    #expect(answer.annotations.isEmpty && answer.cdiNames.isEmpty)
    #expect(answer.environment["PCIDEVICE_INTEL_COM_A"] == "0000:01:02.0")

    let both = Pools.partition(Machines.mixed, try Pools.config([["drivers": ["iavf", "igb_uio"]]])).pools[0]
    #expect(both.cdiSpec(nodes: Machines.nodes)?.devices.map(\.name) == ["0000:01:02.3"])
    #expect(
      try both.allocate("0000:01:02.0", "0000:01:02.3", on: Machines.mixed, cdi: .both).cdiNames
        == ["intel.com/net-pci=0000:01:02.3"])
  }

  @Test(arguments: [("accelerator", "net-accel"), ("auxNetDevice", "net-sf"), ("netDevice", "net-pci")])
  func kindsByType(type: String, name: String) throws {
    let pool = try Pools.config(type: type)
    #expect(pool.type.cdi.kind(of: pool.name) == "intel.com/\(name)")
    #expect(pool.type.cdi.fileStem(of: pool.name) == "sriov-dp-intel.com-\(name)-a")
  }

  @Test func mountsAreBindMounts() throws {
    let pool = Pools.partition(
      Machines.npus, try Pools.config([["drivers": ["rebellions"]]], type: "accelerator", prefix: "rebellions.ai")
    ).pools[0]
    let text = try #require(pool.cdiSpec(nodes: Machines.npus.nodes)).text
    let mount = try #require(
      try JSONNode.parse(Array(text.utf8))["devices"]?.array?.first?["containerEdits"]?["mounts"]?.array?.first)
    #expect(mount["hostPath"]?.string == "/usr/local/bin/rbln-stat")
    #expect(mount["containerPath"]?.string == "/usr/bin/rbln-stat")
    #expect(mount["options"]?.array?.compactMap(\.string) == ["ro", "nosuid", "nodev", "bind"])
  }

  /// Kubelet keeps the first of two equal annotation keys in one container.
  @Test func twoPoolsInOneContainerDoNotCollide() throws {
    let partition = Pools.partition(
      Machines.mixed, try Pools.config([["pciAddresses": ["0000:01:02.1"]]], name: "a"),
      try Pools.config([["pciAddresses": ["0000:01:02.2"]]], name: "b"))
    func answers(_ mode: CDIMode) throws -> [Allocation] {
      [
        try partition.pools[0].allocate("0000:01:02.1", on: Machines.mixed, cdi: mode),
        try partition.pools[1].allocate("0000:01:02.2", on: Machines.mixed, cdi: mode),
      ]
    }
    let keys = try answers(.annotations).flatMap { $0.annotations.keys }
    #expect(Set(keys).count == 2)
    // Where the field is there too, the key is the incumbent's and the field has all names.
    let both = try answers(.both)
    #expect(Set(both.flatMap { $0.annotations.keys }) == ["cdi.k8s.io/intel.com_net-pci"])
    #expect(both.flatMap(\.cdiNames) == ["intel.com/net-pci=0000:01:02.1", "intel.com/net-pci=0000:01:02.2"])
    #expect(Set(partition.pools.compactMap { $0.cdiSpec(nodes: Machines.nodes)?.fileName }).count == 2)
  }

  @Test func anAnnotationKeyFitsIntoWhatKubernetesAllows() throws {
    let prefix = String(repeating: "long.", count: 14) + "example"
    let pool = Pools.partition(
      Machines.mixed, try Pools.config([["drivers": ["vfio-pci"]]], prefix: prefix)
    ).pools[0]
    let keys = try [CDIMode.both, .annotations].flatMap {
      try pool.allocate("0000:01:02.1", on: Machines.mixed, cdi: $0).annotations.keys
    }
    #expect(Set(keys).count == 2)
    #expect(keys.allSatisfy { $0.hasPrefix("cdi.k8s.io/") && $0.utf8.count <= "cdi.k8s.io/".utf8.count + 63 })
  }

  @Test func theSpecIsRenewedWhenADeviceHasChanged() throws {
    let pool = Pools.partition(Machines.mixed, try Pools.config([["devices": ["154c"]]])).pools[0]
    let moved = Machines.mixed.changed { device in
      var device = device
      if device.id == "0000:01:02.1" { device.iommuGroup = IOMMUGroup(number: 99, isNoIOMMU: false) }
      return device
    }
    let answer = try pool.allocate("0000:01:02.1", on: moved, cdi: .both)
    let specs = answer.effects.compactMap { if case .cdiSpec(let spec) = $0 { spec } else { nil } }
    let nodes = specs.first?.devices.first { $0.name == "0000:01:02.1" }?.nodes.map(\.hostPath)
    #expect(nodes == ["/dev/vfio/vfio", "/dev/vfio/99"])
    #expect(specs.first?.devices.map(\.name) == ["0000:01:02.1", "0000:01:02.2", "0000:01:02.3"])
    let same = try pool.allocate("0000:01:02.1", on: Machines.mixed, cdi: .both)
    #expect(same.effects.count == 1)
  }
}
