import JSONText
import ResourcePools

/// The JSON Schema that the reference of keys amounts to.
///
/// Keys are spelled as the reference has them, since a schema has no way to ignore case; a key that the decoder would
/// warn of is refused, so that an editor marks it. Null stands for absence, as it does for the decoder.
enum ConfigSchema {
  static var text: String { document.prettyText(keys: .given) }

  private static var document: JSONValue {
    var fields = object(.file)
    fields.insert(
      contentsOf: [
        .init("$schema", "http://json-schema.org/draft-07/schema#"),
        .init("title", "devicepool configuration"),
      ], at: 0)
    fields.append(.init("anyOf", [["required": ["resourceList"]], ["required": ["configList"]]]))
    fields.append(.init("definitions", .object([.init("\(ConfigKey.Scope.selectors)", .object(object(.selectors)))])))
    return .object(fields)
  }

  private static func object(
    _ scope: ConfigKey.Scope, _ type: JSONValue.Field = .init("type", "object")
  ) -> [JSONValue.Field] {
    let keys = ConfigReference.keys(of: scope)
    var fields: [JSONValue.Field] = [
      type, .init("additionalProperties", false),
      .init("properties", .object(keys.map { .init($0.name, property($0, in: scope)) })),
    ]
    switch scope {
    case .resourcePool: fields += poolRules
    case .sharedPool:
      fields.append(.init("allOf", [present("resourceName")]))
      fields.append(.init("anyOf", [present("selectors"), present("devices")]))
    default: break
    }
    return fields
  }

  private static func present(_ keys: String...) -> JSONValue {
    [
      "required": .strings(keys), "properties": .object(keys.map { .init($0, ["not": ["type": "null"]]) }),
    ]
  }

  /// What a pool must have depends on its type.
  private static var poolRules: [JSONValue.Field] {
    func isType(_ name: String) -> JSONValue {
      .object([
        .init("required", ["deviceType"]),
        .init("properties", .object([.init("deviceType", ["const": .string(name)])])),
      ])
    }
    let aux = present("auxTypes")
    let everyObjectAux: JSONValue = [
      "properties": ["selectors": ["if": ["type": "array"], "then": ["items": aux], "else": aux]]
    ]
    return [
      .init(
        "allOf",
        [
          ["if": isType("ubNetDevice"), "else": present("resourceName", "selectors")],
          ["if": isType("auxNetDevice"), "then": everyObjectAux],
        ])
    ]
  }

  private static func property(_ key: ConfigKey, in scope: ConfigKey.Scope) -> JSONValue {
    var fields: [JSONValue.Field] = [.init("description", .string(description(of: key)))]
    switch key.type {
    case .text:
      fields.append(orNull("string"))
      if key.name == "resourceName" {
        fields.append(.init("pattern", scope == .sharedPool ? "^[a-zA-Z0-9_]+$" : "^[a-zA-Z0-9_-]+$"))
      }
    case .texts: fields += [orNull("array"), .init("items", .object([orNull("string")]))]
    case .flag: fields.append(orNull("boolean"))
    case .integer(let range):
      fields += [
        orNull("integer"), .init("minimum", .int(range.lowerBound)), .init("maximum", .int(range.upperBound)),
      ]
    case .choice(let words): fields.append(.init("enum", .array(words.map { .string($0) } + [.null])))
    case .choices(let words):
      fields += [orNull("array"), .init("items", ["enum": .strings(words)])]
    case .object(let scope): fields += object(scope, orNull("object"))
    case .objects(let scope): fields += [orNull("array"), .init("items", .object(object(scope)))]
    case .objectOrObjects(let scope):
      let one: JSONValue = ["$ref": .string("#/definitions/\(scope)")]
      fields.append(.init("anyOf", [one, ["type": "array", "minItems": 1, "items": one], ["type": "null"]]))
    case .additionalInfo:
      let words = JSONValue.object([orNull("object"), .init("additionalProperties", .object([orNull("string")]))])
      fields += [orNull("object"), .init("additionalProperties", words)]
    case .ignored: break
    }
    return .object(fields)
  }

  private static func orNull(_ type: String) -> JSONValue.Field { .init("type", .strings([type, "null"])) }

  private static func description(of key: ConfigKey) -> String {
    var parts = [key.meaning]
    if let absent = key.absent, !absent.isEmpty { parts.append("Absent: \(absent).") }
    if !key.deviceTypes.isEmpty { parts.append("For \(key.deviceTypes.joined(separator: ", ")) pools.") }
    return parts.joined(separator: " ")
  }
}
