/// Writes a JSON object on one line, field by field. Log lines are written this way, without a tree of values.
///
/// Fields stand in the order of the calls; each is written as `JSONValue.text` writes it.
public struct JSONLine {
  private var writer: JSONWriter
  private var isEmpty = true

  private init(escaping: JSONEscaping) {
    writer = JSONWriter(indentation: nil, escaping: escaping, keys: .given)
    writer.output.reserveCapacity(256)
  }

  /// Returns the object with the fields that `fields` adds.
  public static func text(escaping: JSONEscaping, _ fields: (inout JSONLine) -> Void) -> String {
    var line = JSONLine(escaping: escaping)
    line.object(fields)
    return String(decoding: line.writer.output, as: UTF8.self)
  }

  /// Adds a field with a string.
  public mutating func field(_ key: String, _ value: String) {
    begin(key)
    writer.write(string: value)
  }

  /// Adds a field with an object; `fields` adds its fields.
  public mutating func field(_ key: String, _ fields: (inout JSONLine) -> Void) {
    begin(key)
    object(fields)
  }

  private mutating func begin(_ key: String) {
    if !isEmpty { writer.output.append(UInt8(ascii: ",")) }
    isEmpty = false
    writer.write(string: key)
    writer.output.append(UInt8(ascii: ":"))
  }

  private mutating func object(_ fields: (inout JSONLine) -> Void) {
    writer.output.append(UInt8(ascii: "{"))
    isEmpty = true
    fields(&self)
    writer.output.append(UInt8(ascii: "}"))
    // The object around it has a field now.
    isEmpty = false
  }
}
