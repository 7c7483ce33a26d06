import Glibc

extension String {
  /// What the C library says of an errno.
  init(systemError number: Int32) {
    var buffer = [CChar](repeating: 0, count: 128)
    // The XSI form, which fills the buffer: Glibc is imported without _GNU_SOURCE.
    guard strerror_r(number, &buffer, buffer.count) == 0 else {
      self = "error \(number)"
      return
    }
    self = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
