import HostInventory
import JSONText

/// Reads `additionalInfo`. Its values are secrets, so no message contains one.
struct AdditionalInfoReader {
  let path: ConfigPath

  /// - Returns: Nil when the key is missing or its last value is null. A repeated key adds its devices to the earlier
  ///   ones.
  func read(_ object: ConfigObject, log: inout ProblemLog) -> [String: [String: String]]? {
    var info: [String: [String: String]]?
    for node in object.allNodes("additionalInfo") {
      if node.isNull {
        info = nil
      } else if let members = node.members {
        info = info ?? [:]
        for member in members { info?[member.key] = read(member, log: &log) }
      } else {
        log.error(path, at: node.position, "found \(node.kind), expected an object of objects of strings")
      }
    }
    return info
  }

  private func read(_ device: JSONMember, log: inout ProblemLog) -> [String: String] {
    let path = path.member(device.key)
    if device.key != "*", PCIAddress(device.key) == nil {
      log.warning(path, at: device.position, "matches no device: expected '*' or an address such as 0000:3b:02.0")
    }
    if device.value.isNull { return [:] }
    guard let members = device.value.members else {
      log.error(path, at: device.value.position, "found \(device.value.kind), expected an object of strings")
      return [:]
    }
    var words: [String: String] = [:]
    for member in members {
      if member.value.string == nil, !member.value.isNull {
        log.error(
          path.member(member.key), at: member.value.position, "found \(member.value.kind), expected a string")
      }
      words[member.key] = member.value.string ?? ""
    }
    return words
  }
}
