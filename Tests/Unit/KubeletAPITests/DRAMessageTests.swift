import KubeletAPI
import Testing

/// Field numbers by the API's .proto files, spelled in bytes.
@Suite("Messages of Dynamic Resource Allocation") struct DRAMessageTests {
  @Test func aClaimByItsFieldNumbers() throws {
    // 1: {1: "ns", 2: "u", 3: "c"}
    let bytes: [UInt8] = [0x0a, 0x0a, 0x0a, 0x02, 0x6e, 0x73, 0x12, 0x01, 0x75, 0x1a, 0x01, 0x63]
    let list = ClaimList(claims: [ClaimReference(namespace: "ns", uid: "u", name: "c")])
    #expect(list.encoded() == bytes)
    #expect(try ClaimList(decoding: bytes) == list)
  }

  @Test func aPreparedClaimByItsFieldNumbers() throws {
    let device = PreparedDevice(requests: ["r"], pool: "p", device: "d", cdiNames: ["k=n"], share: "s")
    let claims = PreparedClaims(claims: [
      PreparedClaim(uid: "u", devices: [device]), PreparedClaim(uid: "v", error: "e"),
    ])
    let deviceBytes: [UInt8] = [
      0x0a, 0x01, 0x72, 0x12, 0x01, 0x70, 0x1a, 0x01, 0x64, 0x22, 0x03, 0x6b, 0x3d, 0x6e, 0x2a, 0x01, 0x73,
    ]
    let first: [UInt8] = [0x0a, 0x18, 0x0a, 0x01, 0x75, 0x12, 0x13, 0x0a, 0x11] + deviceBytes
    let second: [UInt8] = [0x0a, 0x08, 0x0a, 0x01, 0x76, 0x12, 0x03, 0x12, 0x01, 0x65]
    #expect(claims.encoded() == first + second)
    #expect(try PreparedClaims(decoding: first + second) == claims)
  }

  @Test func aClaimThatIsGivenBackHasAnEmptyValue() throws {
    let claims = UnpreparedClaims(claims: [UnpreparedClaim(uid: "u"), UnpreparedClaim(uid: "v", error: "e")])
    let bytes: [UInt8] = [
      0x0a, 0x05, 0x0a, 0x01, 0x75, 0x12, 0x00, 0x0a, 0x08, 0x0a, 0x01, 0x76, 0x12, 0x03, 0x0a, 0x01, 0x65,
    ]
    #expect(claims.encoded() == bytes)
    #expect(try UnpreparedClaims(decoding: bytes) == claims)
  }

  @Test func healthByItsFieldNumbers() throws {
    let health = DRADeviceHealth(pool: "p", device: "d", status: .unhealthy, updated: 5, timeout: 6, message: "m")
    let bytes: [UInt8] = [
      0x0a, 0x11, 0x0a, 0x06, 0x0a, 0x01, 0x70, 0x12, 0x01, 0x64, 0x10, 0x02, 0x18, 0x05, 0x20, 0x06, 0x2a, 0x01, 0x6d,
    ]
    #expect(DeviceHealthList(devices: [health]).encoded() == bytes)
    #expect(try DeviceHealthList(decoding: bytes).devices == [health])
  }

  @Test func methodsOfEachVersion() {
    #expect(DRAMethod.prepare(.v1) == "/k8s.io.kubelet.pkg.apis.dra.v1.DRAPlugin/NodePrepareResources")
    #expect(DRAMethod.watchHealth(.v1alpha1) == "/v1alpha1.DRAResourceHealth/NodeWatchResources")
    #expect(DRAMethod.supportedVersions.first == "v1.DRAPlugin")
  }

  @Test func bytesThatAreNoMessageAreRefused() {
    #expect(throws: CodecError.self) { try ClaimList(decoding: [0x0a, 0x05, 0x0a]) }
    #expect(throws: CodecError.self) { try ClaimList(decoding: [0x0a, 0x03, 0x12, 0x01, 0x00]) }
  }
}
