import HostInventory
import Testing

@Suite struct PCIAddressTests {
  @Test(arguments: ["0000:3b:02.0", "ffff:ff:1f.7", "10000:e1:00.0", "7fffffff:00:00.1", "abcd1234:0a:0b.3"])
  func isPrintedAsItIsRead(_ text: String) {
    #expect(PCIAddress(text)?.description == text)
  }

  @Test(arguments: [
    "", "3b:02.0", "000:3b:02.0", "00000:3b:02.0", "0000:3B:02.0", "0000:3b:2.0", "0000:3b:02.8", "0000:3b:20.0",
    "0000:3b:02.0 ", " 0000:3b:02.0", "0000:3b:02.00", "0000-3b-02.0", "+000:3b:02.0", "123456789:3b:02.0",
    "01000:3b:02.0",
    "0000:3b:02,0", "0000:3bé02.0", "::.",
  ])
  func isRefused(_ text: String) {
    #expect(PCIAddress(text) == nil)
  }

  @Test func isOrderedByNumber() {
    let texts = ["0000:02:00.0", "0000:02:00.1", "0000:02:01.0", "0000:10:00.0", "0001:00:00.0", "10000:00:00.0"]
    let addresses = texts.compactMap { PCIAddress($0) }
    #expect(addresses.reversed().sorted().map(\.description) == texts)
  }

  @Test(
    arguments: [
      ("/devices/pci0000:3a/0000:3a:00.0/0000:3b:00.0/net/ens1f0", "0000:3b:00.0"),
      ("/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:02.0/10000:e1:00.0", "10000:e1:00.0"),
      ("/devices/pci0000:3a/0000:3a:00.0/0000:3b:00.0/mlx5_core.sf.4", "0000:3b:00.0"),
      ("/devices/virtual/net/veth0", nil), ("", nil),
    ] as [(String, String?)])
  func isTheInnermostOfAPath(_ path: String, _ text: String?) {
    #expect(PCIAddress(inDevicePath: path)?.description == text)
  }
}
