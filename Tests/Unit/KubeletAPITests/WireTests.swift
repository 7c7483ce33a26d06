import Foundation
import KubeletAPI
import TestSupport
import Testing

/// Bytes made by another encoder, and by real kubelets.
@Suite struct WireTests {
  @Test(arguments: Sample.all + Sample.recorded)
  func isWrittenAsTheOtherEncoderWritesIt(_ sample: Sample) throws {
    let bytes = try WireFixture(sample.name).bytes
    #expect(sample.encoded == bytes)
  }

  @Test(arguments: Sample.all + Sample.recorded + Sample.others)
  func isRead(_ sample: Sample) throws {
    let bytes = try WireFixture(sample.name).bytes
    #expect(try sample.isDecoded(bytes))
  }

  @Test func everyFixtureIsASample() throws {
    let directory = Repository.root.appending(path: "Tests/Fixtures/Wire")
    let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    let names = Set(files.filter { $0.hasSuffix(".hex") }.map { String($0.dropLast(4)) })
    #expect(names == Set((Sample.all + Sample.recorded + Sample.others).map(\.name)))
  }

  @Test func aLargeListIsReadBack() throws {
    let devices = (0..<4096).map { number in
      PluginDevice(id: "0000:\(number / 256):\(number % 256).0", isHealthy: number % 3 != 0, numaNodes: [number % 8])
    }
    let bytes = ListAndWatchResponse(devices: devices).encoded()
    #expect(try ListAndWatchResponse(decoding: bytes).devices == devices)
  }
}
