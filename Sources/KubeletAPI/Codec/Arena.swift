import CKubeletAPI

/// The memory of one message being encoded: handed out piece by piece, freed in one go.
final class Arena {
  private static let alignment = 16
  private var chunks: [UnsafeMutableRawPointer] = []
  private var next: UnsafeMutableRawPointer?
  private var remaining = 0
  private var chunkSize = 2048

  deinit {
    for chunk in chunks { chunk.deallocate() }
  }

  /// Chunks double, so that 4096 devices take a dozen of them.
  private func allocate(_ size: Int) -> UnsafeMutableRawPointer {
    let rounded = (size + Self.alignment - 1) & ~(Self.alignment - 1)
    if let next, rounded <= remaining {
      self.next = next + rounded
      remaining -= rounded
      return next
    }
    chunkSize = max(chunkSize * 2, rounded)
    let chunk = UnsafeMutableRawPointer.allocate(byteCount: chunkSize, alignment: Self.alignment)
    chunks.append(chunk)
    next = chunk + rounded
    remaining = chunkSize - rounded
    return chunk
  }

  /// Uninitialised memory, for C structs only: it is never deinitialised.
  private func room<T>(for count: Int, of type: T.Type) -> UnsafeMutablePointer<T> {
    allocate(count * MemoryLayout<T>.stride).bindMemory(to: type, capacity: count)
  }

  func text(_ text: String) -> ProtobufCBinaryData {
    var text = text
    return text.withUTF8 { utf8 in
      guard let source = utf8.baseAddress, !utf8.isEmpty else { return ProtobufCBinaryData(len: 0, data: nil) }
      let bytes = room(for: utf8.count, of: UInt8.self)
      bytes.initialize(from: source, count: utf8.count)
      return ProtobufCBinaryData(len: utf8.count, data: bytes)
    }
  }

  func texts(_ texts: [String]) -> (Int, UnsafeMutablePointer<ProtobufCBinaryData>?) {
    guard !texts.isEmpty else { return (0, nil) }
    let list = room(for: texts.count, of: ProtobufCBinaryData.self)
    for (index, text) in texts.enumerated() { (list + index).initialize(to: self.text(text)) }
    return (texts.count, list)
  }

  /// One record, filled by `fill`.
  func record<R: Record>(_ fill: (inout R) -> Void) -> UnsafeMutablePointer<R> {
    let record = room(for: 1, of: R.self)
    R.clear(record)
    fill(&record.pointee)
    return record
  }

  /// A repeated field: one record per value.
  func records<Value, R: Record>(
    _ values: [Value], _ fill: (Value, inout R) -> Void
  ) -> (Int, UnsafeMutablePointer<UnsafeMutablePointer<R>?>?) {
    guard !values.isEmpty else { return (0, nil) }
    let records = room(for: values.count, of: R.self)
    let pointers = room(for: values.count, of: UnsafeMutablePointer<R>?.self)
    for (index, value) in values.enumerated() {
      R.clear(records + index)
      fill(value, &records[index])
      (pointers + index).initialize(to: records + index)
    }
    return (values.count, pointers)
  }

  func message<M: Recorded>(_ message: M?) -> UnsafeMutablePointer<M.Struct>? {
    message.map { message in record { message.fill(&$0, in: self) } }
  }

  func messages<M: Recorded>(
    _ messages: [M]
  ) -> (Int, UnsafeMutablePointer<UnsafeMutablePointer<M.Struct>?>?) {
    records(messages) { $0.fill(&$1, in: self) }
  }

  /// In the order of the keys' bytes, so that equal maps give equal messages.
  func map<R: StringEntryRecord>(
    _ map: [String: String]
  ) -> (Int, UnsafeMutablePointer<UnsafeMutablePointer<R>?>?) {
    records(map.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) { (entry, record: inout R) in
      record.key = text(entry.key)
      record.value = text(entry.value)
    }
  }
}
