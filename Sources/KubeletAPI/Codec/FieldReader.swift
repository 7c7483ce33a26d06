import CKubeletAPI
import Glibc

/// Copies the fields of one record into Swift values, and refuses text that is not valid.
struct FieldReader<R: Record> {
  typealias List<Element> = UnsafeMutablePointer<UnsafeMutablePointer<Element>?>?

  /// Throws for bytes that are not UTF-8 or hold a NUL; `field` is the name in the .proto file.
  func text(_ data: ProtobufCBinaryData, _ field: StaticString) throws(CodecError) -> String {
    guard let bytes = data.data, data.len > 0 else { return "" }
    guard memchr(bytes, 0, data.len) == nil else { throw .embeddedNUL(message: R.name, field: "\(field)") }
    guard let text = String(validating: UnsafeBufferPointer(start: bytes, count: data.len), as: UTF8.self) else {
      throw .invalidUTF8(message: R.name, field: "\(field)")
    }
    return text
  }

  func texts(
    _ count: Int, _ list: UnsafeMutablePointer<ProtobufCBinaryData>?, _ field: StaticString
  ) throws(CodecError) -> [String] {
    var texts: [String] = []
    texts.reserveCapacity(count)
    for data in UnsafeBufferPointer(start: list, count: list == nil ? 0 : count) { texts.append(try text(data, field)) }
    return texts
  }

  func message<M: Recorded>(_ record: UnsafeMutablePointer<M.Struct>?) throws(CodecError) -> M? {
    guard let record else { return nil }
    return try M(record.pointee, FieldReader<M.Struct>())
  }

  func messages<M: Recorded>(_ count: Int, _ list: List<M.Struct>) throws(CodecError) -> [M] {
    try records(count, list) { (record, fields) throws(CodecError) in try M(record, fields) }
  }

  func records<Element: Record, Value>(
    _ count: Int, _ list: List<Element>, _ read: (Element, FieldReader<Element>) throws(CodecError) -> Value
  ) throws(CodecError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(count)
    for record in UnsafeBufferPointer(start: list, count: list == nil ? 0 : count) {
      guard let record else { continue }
      values.append(try read(record.pointee, FieldReader<Element>()))
    }
    return values
  }

  /// The last of several entries with one key counts, as protobuf says.
  func map<Entry: StringEntryRecord>(
    _ count: Int, _ list: List<Entry>, _ field: StaticString
  ) throws(CodecError) -> [String: String] {
    var map: [String: String] = [:]
    for record in UnsafeBufferPointer(start: list, count: list == nil ? 0 : count) {
      guard let record else { continue }
      map[try text(record.pointee.key, field)] = try text(record.pointee.value, field)
    }
    return map
  }
}
