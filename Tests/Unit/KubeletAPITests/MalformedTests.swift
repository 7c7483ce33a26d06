import KubeletAPI
import TestSupport
import Testing

/// Bytes that no honest peer sends: refused with the place, or read as protobuf allows; never a crash.
@Suite struct MalformedTests {
  @Test(arguments: Sample.all + Sample.recorded)
  func aMessageCutShortIsRefusedUnlessItEndsBetweenFields(_ sample: Sample) throws {
    let bytes = sample.encoded
    let ends = fieldEnds(of: bytes)
    for count in bytes.indices {
      let cut = Array(bytes.prefix(count))
      if ends.contains(count) {
        #expect(throws: Never.self) { try sample.recoded(cut) }
      } else {
        #expect(throws: CodecError.self, "cut after \(count) bytes") { try sample.recoded(cut) }
      }
    }
  }

  @Test(arguments: Sample.all)
  func aChangedByteIsRefusedOrReadTheSameWayTwice(_ sample: Sample) throws {
    for index in sample.encoded.indices {
      for value in [0x00, 0x7f, 0x80, 0xff, sample.encoded[index] ^ 1, sample.encoded[index] &+ 8] as [UInt8] {
        var bytes = sample.encoded
        bytes[index] = value
        guard let once = try? sample.recoded(bytes) else { continue }
        #expect(try sample.recoded(once) == once, "byte \(index) is \(value)")
      }
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func noiseIsRefusedOrReadTheSameWayTwice(_ seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    for sample in Sample.all {
      guard let once = try? sample.recoded(bytes) else { continue }
      #expect(try sample.recoded(once) == once, "\(sample.name), seed \(seed)")
    }
  }

  @Test func refusalsNameMessageFieldAndReason() {
    #expect(
      refusal(RegisterRequest.self, [0x1a, 9, 0x61])
        == "RegisterRequest.resource_name: expected 9 more bytes, found 1 at byte 2")
    #expect(
      refusal(AllocateRequest.self, [0x0a, 2, 0x0a, 5])
        == "ContainerAllocateRequest.devices_ids: expected 5 more bytes, found 0 at byte 2")
    #expect(
      refusal(DevicePluginOptions.self, [0x0a, 1, 0])
        == "DevicePluginOptions.pre_start_required: wire type 2 is not that of the field at byte 1")
    #expect(
      refusal(RegisterRequest.self, [0x08, 1])
        == "RegisterRequest.version: wire type 0 is not that of the field at byte 1")
    #expect(refusal(Empty.self, [0x80]) == "Empty: a truncated or over-long tag at byte 0")
    #expect(refusal(Empty.self, [0x00, 0x00]) == "Empty: 0 is not a field number at byte 1")
    #expect(refusal(Empty.self, [0x0b]) == "Empty: wire type 3 is not known at byte 1")
    #expect(
      refusal(DevicePluginOptions.self, [0x08] + Array(repeating: 0x80, count: 10) + [1])
        == "DevicePluginOptions.pre_start_required: a truncated or over-long number at byte 1")
  }

  @Test func textThatIsNotUTF8IsRefused() {
    #expect(refusal(RegisterRequest.self, [0x1a, 1, 0xff]) == notUTF8("RegisterRequest.resource_name"))
    // A surrogate, an over-long slash, a cut character.
    for bytes in [[0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xe6, 0xbc]] as [[UInt8]] {
      let message = [0x0a, UInt8(bytes.count)] + bytes
      #expect(refusal(PreStartContainerRequest.self, message) == notUTF8("PreStartContainerRequest.devices_ids"))
    }
    #expect(refusal(AllocateRequest.self, [0x0a, 3, 0x0a, 1, 0xff]) == notUTF8("ContainerAllocateRequest.devices_ids"))
    #expect(refusal(ListAndWatchResponse.self, [0x0a, 3, 0x0a, 1, 0xff]) == notUTF8("Device.ID"))
    // Both halves of a map's entry.
    #expect(
      refusal(ContainerAllocateResponse.self, [0x0a, 3, 0x0a, 1, 0xff])
        == notUTF8("ContainerAllocateResponse.envs"))
    #expect(
      refusal(ContainerAllocateResponse.self, [0x22, 3, 0x12, 1, 0xff])
        == notUTF8("ContainerAllocateResponse.annotations"))
  }

  @Test func textWithANULIsRefused() {
    #expect(
      refusal(AllocateRequest.self, [0x0a, 5, 0x0a, 3, 0x61, 0, 0x62])
        == "ContainerAllocateRequest.devices_ids: expected text, found a NUL in it")
    #expect(
      refusal(RegistrationStatus.self, [0x12, 1, 0]) == "RegistrationStatus.error: expected text, found a NUL in it")
    #expect(
      refusal(PodSandboxStatusResponse.self, [0x12, 3, 0x0a, 1, 0])
        == "PodSandboxStatusResponse.info: expected text, found a NUL in it")
  }

  @Test func theLastOfSeveralTextsCounts() throws {
    let twice =
      RegisterRequest(endpoint: "a", resourceName: "b").encoded()
      + RegisterRequest(endpoint: "c", resourceName: "d").encoded()
    #expect(try RegisterRequest(decoding: twice) == RegisterRequest(endpoint: "c", resourceName: "d"))
    let entries =
      ContainerAllocateResponse(environment: ["A": "1"]).encoded()
      + ContainerAllocateResponse(environment: ["A": "2"]).encoded()
    #expect(try ContainerAllocateResponse(decoding: entries).environment == ["A": "2"])
  }

  @Test func aSingleMessageThatComesTwiceIsRefused() {
    let options = RegisterRequest(endpoint: "", resourceName: "", options: DevicePluginOptions()).encoded()
    #expect(
      refusal(RegisterRequest.self, options + [0x22, 0])
        == "RegisterRequest.options: expected the field once, found it again at byte 13")
  }

  private func notUTF8(_ place: String) -> String { "\(place): expected UTF-8, found other bytes" }

  private func refusal<Message: WireMessage>(_ type: Message.Type, _ bytes: [UInt8]) -> String? {
    do {
      _ = try Message(decoding: bytes)
      return nil
    } catch {
      return error.description
    }
  }

  /// Where a message may end: after each of its outermost fields, all of which are numbers or counted bytes.
  private func fieldEnds(of bytes: [UInt8]) -> Set<Int> {
    var ends: Set<Int> = [0]
    var position = 0
    func number() -> Int {
      var value = 0
      for shift in stride(from: 0, to: 63, by: 7) where position < bytes.count {
        position += 1
        value |= Int(bytes[position - 1] & 0x7f) << shift
        if bytes[position - 1] < 0x80 { break }
      }
      return value
    }
    while position < bytes.count {
      let tag = number()
      let value = number()
      if tag & 7 == 2 { position += value }
      ends.insert(position)
    }
    return ends
  }
}
