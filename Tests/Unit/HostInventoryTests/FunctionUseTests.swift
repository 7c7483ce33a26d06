import HostInventory
import TestSupport
import Testing

@Suite("Who uses a function, as its files show it") struct FunctionUseTests {
  private static let path = "sys/devices/pci0000:3a/0000:3b:01.0"

  private func sign(driver: String?, _ lines: [String]) throws -> FunctionUse? {
    var text = [
      "machine one function",
      "link sys/bus/pci/devices/0000:3b:01.0 -> ../../../devices/pci0000:3a/0000:3b:01.0",
      "file \(Self.path)/modalias pci:v00008086d00001889sv00008086sd00001889bc02sc00i00",
    ]
    if let driver { text.append("link \(Self.path)/driver -> ../../../bus/pci/drivers/\(driver)") }
    let machine = try MachineTree(text: (text + lines).joined(separator: "\n") + "\n")
    return FunctionUse.sign(of: "0000:3b:01.0", on: machine.root)
  }

  /// The kernel's count of who has enabled the function.
  @Test(arguments: ["vfio-pci", "mlx5_vfio_pci", "hisi-acc-vfio-pci"]) func vfio(_ driver: String) throws {
    #expect(try sign(driver: driver, ["file \(Self.path)/enable 1"]) == .openByVFIO)
    #expect(try sign(driver: driver, ["file \(Self.path)/enable 0"]) == nil)
    #expect(try sign(driver: driver, []) == nil)
  }

  @Test func interfaces() throws {
    #expect(try sign(driver: "iavf", ["file \(Self.path)/enable 1", "dir \(Self.path)/net"]) == .inOtherNamespace)
    #expect(try sign(driver: "iavf", ["file \(Self.path)/enable 1", "dir \(Self.path)/net/ens1f0v0"]) == nil)
  }

  @Test func nothingShows() throws {
    #expect(try sign(driver: "rebellions", ["file \(Self.path)/enable 1"]) == nil)
    #expect(try sign(driver: nil, ["file \(Self.path)/enable 1"]) == nil)
    #expect(FunctionUse.sign(of: "0000:3b:01.0", on: HostRoot("/nowhere")) == nil)
  }
}
