import JSONText

/// As much of JSON Schema draft 7 as the configuration's schema uses; a keyword that is not known here fails the check.
struct SchemaCheck {
  let root: JSONNode

  /// Why the value does not fit the schema, by place; empty: it fits.
  func faults(of value: JSONNode) -> [String] { faults(of: value, by: root) }

  private func faults(of value: JSONNode, by schema: JSONNode, at place: String = "") -> [String] {
    (schema.members ?? []).flatMap { keyword in
      faults(of: value, by: keyword, in: schema, at: place).map { "\(place): \($0)" }
    }
  }

  private func faults(
    of value: JSONNode, by keyword: JSONMember, in schema: JSONNode, at place: String
  ) -> [String] {
    func fits(_ schema: JSONNode) -> Bool { faults(of: value, by: schema).isEmpty }
    let argument = keyword.value
    switch keyword.key {
    case "$schema", "title", "description", "then", "else", "definitions": return []
    case "$ref":
      let name = argument.string.map { String($0.split(separator: "/").last ?? "") } ?? ""
      return root["definitions"]?[name].map { faults(of: value, by: $0, at: place) } ?? ["no definition \(name)"]
    case "type": return hasType(value, argument) ? [] : ["found \(value.kind)"]
    case "enum":
      let isOne = argument.array?.contains { $0.isNull ? value.isNull : $0.string == value.string } == true
      return isOne ? [] : ["no choice"]
    case "const": return argument.string == value.string ? [] : ["not \(argument.summary)"]
    case "pattern": return value.string.map { matchesName($0, argument) } ?? true ? [] : ["no such name"]
    case "minimum": return value.int.map { $0 >= (argument.int ?? 0) } ?? true ? [] : ["too small"]
    case "maximum": return value.int.map { $0 <= (argument.int ?? 0) } ?? true ? [] : ["too big"]
    case "minItems": return value.array.map { $0.count >= (argument.int ?? 0) } ?? true ? [] : ["too few"]
    case "required":
      guard value.members != nil else { return [] }
      return (argument.array ?? []).compactMap(\.string).filter { value[$0] == nil }.map { "no \($0)" }
    case "properties":
      return (value.members ?? []).flatMap { member in
        argument[member.key].map { faults(of: member.value, by: $0, at: "\(place).\(member.key)") } ?? []
      }
    case "additionalProperties":
      let others = (value.members ?? []).filter { schema["properties"]?[$0.key] == nil }
      if argument.bool == false { return others.map { "unknown \($0.key)" } }
      return others.flatMap { faults(of: $0.value, by: argument, at: "\(place).\($0.key)") }
    case "items":
      return (value.array ?? []).enumerated().flatMap { faults(of: $1, by: argument, at: "\(place)[\($0)]") }
    case "allOf": return (argument.array ?? []).flatMap { faults(of: value, by: $0, at: place) }
    case "anyOf": return argument.array?.contains(where: fits) == true ? [] : ["fits none"]
    case "not": return fits(argument) ? ["found \(value.kind)"] : []
    case "if":
      let branch = schema[fits(argument) ? "then" : "else"]
      return branch.map { faults(of: value, by: $0, at: place) } ?? []
    default: return ["keyword \(keyword.key) is not known to this check"]
    }
  }

  private func hasType(_ value: JSONNode, _ wanted: JSONNode) -> Bool {
    if let several = wanted.array { return several.contains { hasType(value, $0) } }
    switch wanted.string {
    case "object": return value.members != nil
    case "array": return value.array != nil
    case "string": return value.string != nil
    case "boolean": return value.bool != nil
    case "integer": return value.int != nil
    case "null": return value.isNull
    default: return false
    }
  }

  /// Both patterns of the schema are sets of characters.
  private func matchesName(_ name: String, _ pattern: JSONNode) -> Bool {
    let hyphen = pattern.string == "^[a-zA-Z0-9_-]+$"
    return !name.isEmpty
      && name.unicodeScalars.allSatisfy {
        $0 == "_" || ($0 == "-" && hyphen)
          || ($0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil))
      }
  }
}
