import CKubeletAPI

/// A struct that protoc-c generated: starts with its `ProtobufCMessage`, and owns nothing.
protocol Record {
  /// All zero, not yet a message.
  init()
  /// The generated function that makes it an empty message.
  static func clear(_ record: UnsafeMutablePointer<Self>)
}

extension Record {
  /// The message's type as protobuf-c describes it; constant data of the program.
  static var descriptor: UnsafePointer<ProtobufCMessageDescriptor>? {
    var record = Self()
    clear(&record)
    return withUnsafeBytes(of: &record) { $0.load(as: ProtobufCMessage.self).descriptor }
  }

  /// The name in the .proto file, without the package.
  static var name: String {
    descriptor.map { String(cString: $0.pointee.short_name) } ?? "\(Self.self)"
  }
}

/// A Swift value that is one record on the wire.
protocol Recorded {
  associatedtype Struct: Record

  /// Fills an empty record; what it points to lives in the arena.
  func fill(_ record: inout Struct, in arena: Arena)
  /// Copies everything out of the record.
  init(_ record: Struct, _ fields: FieldReader<Struct>) throws(CodecError)
}

/// One entry of a map, which the .proto files spell as a message.
protocol StringEntryRecord: Record {
  var key: ProtobufCBinaryData { get set }
  var value: ProtobufCBinaryData { get set }
}
