import JSONText

/// A line of either side: an object with one member, whose key says what it is.
enum Line {
  static func read(_ bytes: [UInt8]) throws(LineError) -> (kind: String, body: JSONNode) {
    guard bytes.count <= HelperProtocol.longestLine else {
      throw LineError("a line of \(bytes.count) bytes, expected at most \(HelperProtocol.longestLine)")
    }
    let node: JSONNode
    do throws(JSONSyntaxError) { node = try JSONNode.parse(bytes) } catch { throw LineError("no message: \(error)") }
    guard let members = node.members, members.count == 1, let member = members.first else {
      throw LineError("no message: found \(node.summary), expected an object with one member")
    }
    return (member.key, member.value)
  }

  static func checkVersion(_ body: JSONNode) throws(LineError) {
    let version = try number("version", of: body)
    guard version == HelperProtocol.version else {
      throw LineError(
        "the other side speaks version \(version), expected \(HelperProtocol.version): use one image for both containers"
      )
    }
  }

  static func text(_ key: String, of body: JSONNode) throws(LineError) -> String {
    guard let text = body[key]?.string else { throw LineError("\(key): expected a string") }
    return text
  }

  static func number(_ key: String, of body: JSONNode) throws(LineError) -> Int {
    guard let number = body[key]?.int else { throw LineError("\(key): expected a whole number") }
    return number
  }
}
