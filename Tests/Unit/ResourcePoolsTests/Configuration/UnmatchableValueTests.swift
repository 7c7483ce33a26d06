import ResourcePools
import Testing

/// Values that no device can match are said when the file is read, with what to write.
@Suite("Values that can never match") struct UnmatchableValueTests {
  @Test(
    arguments: [
      (#"{"drivers":["netdevice"]}"#, "not a driver of a PCI function", "deviceType of the SR-IOV network operator"),
      (#"{"drivers":["NetDevice"]}"#, "not a driver of a PCI function", "mlx5_core"),
      (#"{"drivers":["mlx5_ib"]}"#, "not a driver of a PCI function", "expected mlx5_core"),
      (#"{"drivers":["irdma"]}"#, "not a driver of a PCI function", "ice"),
      (#"{"drivers":["vfio"]}"#, "not a driver of a PCI function", "expected vfio-pci"),
      (#"{"drivers":["vfio_pci"]}"#, "matches no device", "called vfio-pci"),
      (#"{"drivers":["VFIO-PCI"]}"#, "matches no device", "called vfio-pci"),
      (#"{"drivers":["mlx5-core"]}"#, "matches no device", "called mlx5_core"),
      (#"{"drivers":["igb-uio"]}"#, "matches no device", "called igb_uio"),
      (#"{"drivers":["mlx5-vfio-pci"]}"#, "matches no device", "called mlx5_vfio_pci"),
      (#"{"drivers":["virtio-vfio-pci"]}"#, "matches no device", "called virtio_vfio_pci"),
      (#"{"drivers":["uio"]}"#, "not a driver of a PCI function", "expected igb_uio"),
      (#"{"drivers":["dpdk"]}"#, "not a driver of a PCI function", "vfio-pci"),
      (#"{"drivers":["virtio_net"]}"#, "not a driver of a PCI function", "virtio-pci"),
      (#"{"drivers":["vfio-pci,iavf"]}"#, "matches no device", "one name in each string"),
      (#"{"drivers":["mlx5*"]}"#, "matches no device", "without patterns"),
      (#"{"drivers":[""]}"#, "matches no device", "with a driver"),
      (#"{"pfNames":["mlx-*"]}"#, "matches no device", "without patterns"),
      (#"{"pfNames":["ens1f?#0-3"]}"#, "matches no device", "without patterns"),
      (#"{"pfNames":["0000:00:06.0"]}"#, "matches no device", "rootDevices takes addresses"),
      (#"{"pfNames":["3b:00.0#0-3"]}"#, "matches no device", "rootDevices takes addresses"),
      (#"{"pfNames":["ens1f0,ens1f1"]}"#, "matches no device", "one interface name in each string"),
      (#"{"pfNames":["ens1f0 "]}"#, "matches no device", "blank"),
      (#"{"pfNames":["enp175s0f0np0vf12"]}"#, "matches no device", "15 bytes"),
      (#"{"pfNames":[""]}"#, "matches no device", "such as ens1f0"),
      (#"{"pfNames":["ens1f0#3-1"]}"#, "matches no device", "did you mean 1-3"),
      (#"{"rootDevices":["0000:3b:00.0#9-8,7-5"]}"#, "matches no device", "did you mean 8-9,5-7"),
      (#"{"rootDevices":["3b:00.0#0-3"]}"#, "matches no device", "did you mean 0000:3b:00.0#0-3"),
      (#"{"rootDevices":["ens1f0"]}"#, "matches no device", "pfNames takes the name of a PF"),
      (#"{"pciAddresses":["3b:02.0"]}"#, "matches no device", "did you mean 0000:3b:02.0"),
      (#"{"pciAddresses":["0000:3B:02.0"]}"#, "matches no device", "did you mean 0000:3b:02.0"),
      (#"{"pciAddresses":["0000:3b:02.*"]}"#, "matches no device", "without ranges and patterns"),
      (#"{"pciAddresses":["0000:3b:00.0#1"]}"#, "matches no device", "rootDevices"),
      (#"{"pciAddresses":["ens1f0"]}"#, "matches no device", "pfNames"),
      (#"{"linkTypes":["eth"]}"#, "matches no device", "did you mean ether?"),
      (#"{"linkTypes":["Ethernet"]}"#, "matches no device", "did you mean ether?"),
      (#"{"linkTypes":["ETH"]}"#, "matches no device", "did you mean ether?"),
      (#"{"linkTypes":["IB"]}"#, "matches no device", "did you mean infiniband?"),
      (#"{"linkTypes":["InfiniBand"]}"#, "matches no device", "did you mean infiniband?"),
      (#"{"linkTypes":["sriov"]}"#, "matches no device", "expected ether or infiniband"),
      (#"{"vendors":["0x15b3"]}"#, "matches no device", "did you mean 15b3?"),
      (#"{"vendors":["15B3"]}"#, "matches no device", "did you mean 15b3?"),
      (#"{"vendors":["mellanox"]}"#, "matches no device", "mellanox is 15b3"),
      (#"{"vendors":["8086,15b3"]}"#, "matches no device", "one id in each string"),
      (#"{"devices":["8086:154c"]}"#, "matches no device", "one id in each string"),
      (#"{"devices":["mellanox"]}"#, "matches no device", "such as 101e"),
      (#"{"pKeys":["8001"]}"#, "matches no device", "did you mean 0x8001?"),
      (#"{"pKeys":["0x18001"]}"#, "matches no device", "16 bits"),
      (#"{"acpiIndexes":["0x65"]}"#, "matches no device", "decimal number"),
    ])
  func isWarned(_ selectors: String, _ verdict: String, _ advice: String) {
    let decoded = Decoded(selectors: selectors)
    #expect(decoded.config != nil)
    #expect(decoded.warnings.count == 2, "\(decoded.problems)")
    #expect(decoded.warnings.last?.contains(verdict) == true, "\(decoded.warnings)")
    #expect(decoded.warnings.last?.contains(advice) == true, "\(decoded.warnings)")
    #expect(decoded.warnings.first?.hasPrefix("resourceList[0].selectors: selects no device") == true)
    #expect(decoded.problems.allSatisfy { $0.line == 1 && $0.column != nil })
  }

  @Test(
    arguments: [
      #"{"drivers":["mlx5_core","iavf","vfio-pci","igb_uio","uio_pci_generic","ixgbevf","octeontx2-nicvf","virtio-pci"]}"#,
      #"{"drivers":["mlx5_vfio_pci","hisi-acc-vfio-pci","hisi_acc_vfio_pci","efa","erdma","ena","hns3"]}"#,
      #"{"drivers":["ionic","pci-stub","some_new-driver","3w-9xxx"]}"#,
      #"{"pfNames":["ens1f0np0#0,2-5","eno16595","mlx-br0","enp94s0f0.100","ens1f0#4-100"]}"#,
      #"{"linkTypes":["ether","infiniband",""]}"#, #"{"pKeys":["0x1","0xABCD","0x8001","0xffff"]}"#,
      #"{"acpiIndexes":["101",""]}"#, #"{"rootDevices":["0000:3B:00.0","10000:01:00.0#0"]}"#,
      #"{"pciAddresses":["0000:3b:02.0"],"vendors":["15b3"],"devices":["101e"]}"#,
    ])
  func isNotWarned(_ selectors: String) {
    #expect(Decoded(selectors: selectors).problems.isEmpty, "\(Decoded(selectors: selectors).problems)")
  }

  /// The rest of the list counts, and so does the value.
  @Test func aReversedRangeInsideAList() {
    let decoded = Decoded(selectors: #"{"pfNames":["ens1f0#3-1,5"]}"#)
    #expect(decoded.warnings.count == 1)
    #expect(decoded.warnings.first?.contains("did you mean 1-3?") == true)
    #expect(decoded.warnings.first?.contains("matches no device") == false)
  }

  @Test func anRDMADeviceBelowAUserSpaceDriver() {
    let warning = "selectors.isRdma: selects no device together with drivers"
    for drivers in [#"["vfio-pci"]"#, #"["vfio-pci","igb_uio"]"#, #"["mlx5_vfio_pci"]"#] {
      let decoded = Decoded(selectors: #"{"drivers":\#(drivers),"isRdma":true}"#)
      #expect(decoded.warnings.contains { $0.contains(warning) }, "\(decoded.warnings)")
    }
    for selectors in [
      #"{"drivers":["vfio-pci","mlx5_core"],"isRdma":true}"#, #"{"drivers":["vfio-pci"],"isRdma":false}"#,
    ] {
      #expect(Decoded(selectors: selectors).problems.isEmpty, "\(selectors)")
    }
  }

  @Test func interfaceNamesOfSharedPools() {
    for (name, advice) in [
      ("mlx-*", "without patterns"), ("0000:3b:00.0", "PCI address"), ("ens1f0#0-3", "numbers of VFs"),
      ("0c:42:a1:00:00:01", "no '/', ':'"), ("ib0,ib1", "one interface name"),
    ] {
      let decoded = Decoded(
        #"{"configList":[{"resourceName":"a","rdmaHcaMax":5,"selectors":{"ifNames":["\#(name)"]}}]}"#)
      #expect(decoded.warnings.contains { $0.contains("ifNames[0]") && $0.contains(advice) }, "\(decoded.warnings)")
      let old = Decoded(#"{"configList":[{"resourceName":"a","rdmaHcaMax":5,"devices":["\#(name)"]}]}"#)
      #expect(old.warnings.contains { $0.contains("devices[0]") && $0.contains(advice) }, "\(old.warnings)")
    }
  }
}
