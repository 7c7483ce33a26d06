import Testing

@testable import HostInventory

/// Texts of the kernel, one form at a time.
@Suite struct ParsingTests {
  private func parse<T>(_ text: String, _ form: (UnsafeRawBufferPointer) -> T?) -> T? {
    Array(text.utf8).withUnsafeBytes { form($0) }
  }

  @Test(
    arguments: [
      ("0\n", 0), ("64\n", 64), (" 7 ", 7), ("-1\n", -1), ("", nil), ("\n", nil), ("-", nil), ("junk", nil),
      ("1x", nil),
      ("0x10", nil), ("+1", nil), ("1 2", nil), ("9999999999999999999", nil), ("--1", nil),
    ] as [(String, Int?)])
  func integers(_ text: String, _ value: Int?) {
    #expect(parse(text, SysfsFile.integer) == value)
  }

  @Test(
    arguments: [
      ("0x1003\n", 0x1003), ("0xFF", 0xff), ("1003", nil), ("0x", nil), ("0xg", nil), ("0x123456789", nil),
      ("0x+1", nil),
    ] as [(String, UInt32?)])
  func hexadecimals(_ text: String, _ value: UInt32?) {
    #expect(parse(text, SysfsFile.hex) == value)
  }

  @Test func textIsTrimmedAndUTF8() {
    #expect(parse(" p0\n", SysfsFile.text) == "p0")
    #expect(parse("\n", SysfsFile.text) == "")
    #expect([0xff, 0xfe].withUnsafeBytes(SysfsFile.text) == nil)
  }

  @Test func identityOfAFunction() {
    let identity = parse("pci:v00008086d00001889sv00001AF4sd00001100bc02sc00i00\n", FunctionIdentity.init)
    #expect(identity?.vendor == 0x8086)
    #expect(identity?.product == 0x1889)
    #expect(identity?.classCode == 0x020000)
    #expect(parse("pci:v000015B3d0000101Bsv00sd00bc02sc07i00", FunctionIdentity.init) == nil)
  }

  @Test(arguments: [
    "", "pci:junk", "pci:v00008086d00001889sv00001AF4sd00001100bc02sc00i0",
    "pci:v00008086d00001889sv00001AF4sd00001100bc02sc00i000", "PCI:v00008086d00001889sv00001AF4sd00001100bc02sc00i00",
    "pci:v00018086d00001889sv00001AF4sd00001100bc02sc00i00", "pci:v0000808gd00001889sv00001AF4sd00001100bc02sc00i00",
    "pci:v00008086x00001889sv00001AF4sd00001100bc02sc00i00", "pci:v00008086d00001889sv00001AF4sd00001100bd02sc00i00",
  ])
  func identityIsRefused(_ text: String) {
    #expect(parse(text, FunctionIdentity.init) == nil)
  }

  @Test(arguments: [
    ("pci:v00008086d00001889sv00000000sd00000000bc02sc00i00", true),
    ("pci:v000015B3d0000101Csv00000000sd00000000bc02sc07i00", true),
    ("pci:v00008086d00000D5Csv00000000sd00000000bc12sc00i01", true),
    ("pci:v00001EFFd00001120sv00000000sd00000000bc04sc80i00", true),
    ("pci:v00008086d000037C8sv00000000sd00000000bc0Bsc40i00", false),
    ("pci:v000010DEd00001C82sv00000000sd00000000bc03sc00i00", false),
    ("pci:v00008086d00002030sv00000000sd00000000bc06sc04i00", false),
  ])
  func networkControllersAcceleratorsAndNPUsAreOffered(_ text: String, _ isOffered: Bool) {
    #expect(parse(text, FunctionIdentity.init)?.isOffered == isOffered)
  }

  @Test(arguments: [
    ("mlx5_core.sf.4", true, "sf"), ("mlx5_core.eth.0", true, "eth"), ("driver_name.type.123", true, "type"),
    ("a.b.c.1", true, ""), ("0000:12:34.0", false, ""), ("driver_name.type.id", false, ""),
    ("driver_name.type.-4", false, ""), ("driver.type.", false, ""), ("a..1", false, ""), (".b.1", false, ""),
    ("a b.c.1", false, ""), ("sf.4", false, ""),
  ])
  func auxiliaryNames(_ name: String, _ isOne: Bool, _ type: String) {
    #expect(Array(name.utf8).withUnsafeBytes { AuxiliaryDevice.hasName($0) } == isOne)
    #expect(!isOne || AuxiliaryDevice.type(of: name) == type)
  }

  @Test(arguments: [
    ("poolinfo - 0.1\nrbln0 0x0\n", RebellionsNPU.node("rbln0")), ("x\nrbln17", .node("rbln17")),
    ("x\nrbln1\t2", .node("rbln1")),
    ("x", .unknown(reason: "its pools file has one line, expected rblnN in the second")),
    ("", .unknown(reason: "its pools file has one line, expected rblnN in the second")),
    ("x\n", .unknown(reason: "line 2 of its pools file begins with '', expected rblnN")),
    ("x\nrbln", .unknown(reason: "line 2 of its pools file begins with 'rbln', expected rblnN")),
    ("x\nrbln01", .unknown(reason: "line 2 of its pools file begins with 'rbln01', expected rblnN")),
    ("x\n../sda 1", .unknown(reason: "line 2 of its pools file begins with '../sda', expected rblnN")),
  ])
  func poolsOfAnNPU(_ text: String, _ npu: RebellionsNPU) {
    #expect(RebellionsNPU.parse(text) == npu)
  }

  @Test func anNPUWithoutPools() {
    #expect(RebellionsNPU.parse(nil) == .unknown(reason: "its pools file is missing"))
  }

  @Test(arguments: [(1, "ether"), (32, "infiniband"), (772, "loopback"), (65534, "none"), (5000, "unknown5000")])
  func linkTypes(_ number: Int, _ name: String) {
    #expect(NetInterface.linkType(hardwareType: number) == name)
  }

  @Test func theUplinkIsTheFirstWithASwitchAndNoOtherPortName() {
    func interface(_ name: String, _ switchID: String?, _ port: String?) -> NetInterface {
      var interface = NetInterface(name: name)
      interface.switchID = switchID
      interface.portName = port
      return interface
    }
    let representor = interface("ens8f1_0", "5e", "pf0vf0")
    let uplink = interface("ens8f1", "5e", "p1")
    #expect(PhysicalFunctionReading.uplink([interface("a", nil, "p0"), representor, uplink]) == "ens8f1")
    #expect(PhysicalFunctionReading.uplink([interface("b", "5e", nil), uplink]) == "b")
    #expect(PhysicalFunctionReading.uplink([representor, interface("c", "5e", "p")]) == nil)
    #expect(PhysicalFunctionReading.uplink([interface("d", "5e", "p1a")]) == nil)
  }
}
