import Glibc

/// Formats the wall-clock time for people.
public enum ClockText {
  /// The current time in UTC, e.g. `2026-11-28 14:03:09 UTC`.
  public static var now: String {
    var seconds = time(nil)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let length = strftime(&text, text.count, "%Y-%m-%d %H:%M:%S UTC", &parts)
    return String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
