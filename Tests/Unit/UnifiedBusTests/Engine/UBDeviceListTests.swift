import Testing

@testable import UnifiedBus

@Suite("UB device list")
struct UBDeviceListTests {
  private func list(_ devices: (String, EngineDevice.Health)...) throws -> Result<EngineDeviceList, UnifiedBusError> {
    .success(
      EngineDeviceList(
        devices: try devices.map { EngineDevice(name: try DeviceName($0.0), health: $0.1, hardwareID: 0x1_0000_0002) }))
  }

  private let down = Result<EngineDeviceList, UnifiedBusError>.failure(.engineUnreachable(socket: "s", reason: "r"))

  @Test("nothing is listed before the first answer, whatever fails")
  func start() throws {
    var devices = UBDeviceList()
    for _ in 0..<5 { #expect(!devices.receive(down).isChanged) }
    #expect(devices.devices == nil)
    #expect(devices.receive(try list(("urma_1", .active))).isChanged)
    #expect(devices.devices?.map(\.isHealthy) == [true])
  }

  @Test("the last list outlives two failures; the third makes every device unhealthy and keeps it listed")
  func failures() throws {
    var devices = UBDeviceList()
    _ = devices.receive(try list(("urma_1", .active), ("urma_2", .active)))
    for _ in 0..<2 { #expect(!devices.receive(down).isChanged) }
    #expect(devices.devices?.map(\.isHealthy) == [true, true])
    let update = devices.receive(down)
    #expect(update.isChanged)
    #expect(devices.devices?.map(\.name.text) == ["urma_1", "urma_2"])
    #expect(devices.devices?.map(\.health) == [.engineLost, .engineLost])
    #expect(update.warnings.count == 2)
    for _ in 0..<3 {
      let more = devices.receive(down)
      #expect(!more.isChanged && more.warnings.isEmpty)
    }
    let back = devices.receive(try list(("urma_1", .active), ("urma_2", .active)))
    #expect(back.isChanged)
    #expect(back.warnings == ["the UBS engine answers again"])
    #expect(devices.devices?.map(\.isHealthy) == [true, true])
  }

  @Test("failures count in a row only")
  func recovery() throws {
    var devices = UBDeviceList()
    let good = try list(("urma_1", .active))
    for _ in 0..<4 {
      _ = devices.receive(good)
      for _ in 0..<2 { #expect(!devices.receive(down).isChanged) }
    }
    #expect(devices.devices?.map(\.isHealthy) == [true])
  }

  @Test("an empty answer after a list is a failure, not an empty list")
  func emptied() throws {
    var devices = UBDeviceList()
    _ = devices.receive(try list(("urma_1", .active)))
    for _ in 0..<2 { #expect(!devices.receive(try list()).isChanged) }
    #expect(devices.receive(try list()).isChanged)
    #expect(devices.devices?.map(\.health) == [.engineLost])
  }

  @Test("a node without UB devices has an empty list")
  func none() throws {
    var devices = UBDeviceList()
    #expect(devices.receive(try list()).isChanged)
    #expect(devices.devices == [])
  }

  @Test("fewer devices are listed when the engine says so")
  func fewer() throws {
    var devices = UBDeviceList()
    _ = devices.receive(try list(("urma_1", .active), ("urma_2", .active)))
    #expect(devices.receive(try list(("urma_2", .active))).isChanged)
    #expect(devices.devices?.map(\.name.text) == ["urma_2"])
  }

  @Test("a flip of health is a change; the same answer again is none")
  func health() throws {
    var devices = UBDeviceList()
    _ = devices.receive(try list(("urma_1", .active)))
    #expect(devices.receive(try list(("urma_1", .portDown))).isChanged)
    #expect(!devices.receive(try list(("urma_1", .portDown))).isChanged)
    #expect(devices.receive(try list(("urma_1", .active))).isChanged)
  }

  @Test("one warning has every unhealthy device with its hardware id, once")
  func warning() throws {
    var devices = UBDeviceList()
    let bad = try list(("urma_1", .portDown), ("urma_2", .active), ("urma_3", .inactive))
    #expect(
      devices.receive(bad).warnings == [
        "unhealthy UB devices: urma_1 (port down, hwResId 0x100000002), urma_3 (not activated, hwResId 0x100000002)"
      ])
    #expect(devices.receive(bad).warnings.isEmpty)
    #expect(devices.receive(down).warnings.count == 1)
  }
}
