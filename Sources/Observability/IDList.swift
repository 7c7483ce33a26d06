/// Device ids as a log line shows them.
public enum IDList {
  /// A lost PF takes all of its VFs along: one line for them, with the first few.
  public static func some(of ids: [String]) -> String {
    let first = ids.sorted().prefix(8).joined(separator: ",")
    return ids.count > 8 ? "\(first) and \(ids.count - 8) more" : first
  }
}
