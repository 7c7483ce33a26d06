/// Formats device ids for a log line.
public enum IDList {
  /// Returns the first eight ids and the number of the others. A lost PF removes all its VFs, and one line reports
  /// them.
  public static func some(of ids: [String]) -> String {
    let first = ids.sorted().prefix(8).joined(separator: ",")
    return ids.count > 8 ? "\(first) and \(ids.count - 8) more" : first
  }
}
