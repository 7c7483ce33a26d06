import HelperProtocol
import JSONText
import Testing

@Suite("Lines between daemon and helper") struct MessageTests {
  @Test(arguments: [
    DaemonMessage.hello(driver: "devicepool", node: "node1"), .slice(["spec": ["devices": [1, true]]]),
    .publish(revision: 7, slices: 3), .claim(id: 1, namespace: "ns", name: "a \"name\"\n", uid: "u-1"), .ping(id: 5),
  ])
  func theDaemonIsUnderstood(_ message: DaemonMessage) throws {
    #expect(!message.line.contains("\n"))
    #expect(try DaemonMessage(line: Array(message.line.utf8)) == message)
  }

  @Test(arguments: [
    HelperMessage.hello, .published(revision: 3, problem: nil, dropsTaints: true),
    .published(revision: 3, problem: "422: no", dropsTaints: false),
    .claim(id: 4, .failed("gone")), .claim(id: 4, .found(["uid": "u", "results": []])), .pong(id: 5),
  ])
  func theHelperIsUnderstood(_ message: HelperMessage) throws {
    #expect(try HelperMessage(line: Array(message.line.utf8)) == message)
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"hello":{}}"#, #"{"hello":{"version":2}}"#, #"{"a":1,"b":2}"#, #"{"publish":{"revision":1}}"#,
    #"{"claim":{"id":"1"}}"#, #"{"ping":{}}"#, #"{"pong":{"id":"1"}}"#, #"{"other":1}"#, #"{"slice":"#,
  ])
  func otherLinesAreRefused(_ line: String) {
    #expect(throws: LineError.self) { try DaemonMessage(line: Array(line.utf8)) }
    #expect(throws: LineError.self) { try HelperMessage(line: Array(line.utf8)) }
  }

  /// The log of both containers has these texts.
  @Test(arguments: [
    (#"{"hello":{"version":9,"driver":"d","node":"n"}}"#, "speaks version 9, expected 1: use one image for both"),
    (#"{"hello":{"version":1,"driver":"d"}}"#, "node: expected a string"),
    (#"{"publish":{"revision":1}}"#, "slices: expected a whole number"), ("[]", "expected an object with one member"),
    (#"{"a":1,"b":2}"#, "expected an object with one member"), (#"{"slice":"#, "no message: "),
  ])
  func theReasonIsNamed(_ line: String, _ reason: String) {
    let error = #expect(throws: LineError.self) { try DaemonMessage(line: Array(line.utf8)) }
    #expect(error.map { "\($0)" }?.contains(reason) == true, "\(error as Any)")
  }

  @Test func aLineThatIsTooLongIsRefused() {
    let line = [UInt8](repeating: UInt8(ascii: " "), count: HelperProtocol.longestLine + 1)
    #expect(throws: LineError.self) { try DaemonMessage(line: line) }
  }
}
