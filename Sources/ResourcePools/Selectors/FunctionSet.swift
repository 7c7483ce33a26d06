/// Which functions of a parent device a value of `pfNames` or `rootDevices` asks for: `#0,2-5`, or all of them.
public struct FunctionSet: Sendable, Equatable {
  /// Ascending, disjoint and not adjacent; nil: every function, numbered or not.
  private let ranges: [ClosedRange<Int>]?

  public static let all = FunctionSet(ranges: nil)

  /// The selectors whose values are written so.
  static let keys: Set<String> = ["pfNames", "rootDevices"]

  private init(ranges: [ClosedRange<Int>]?) { self.ranges = ranges }

  public init(_ ranges: [ClosedRange<Int>]) {
    var merged: [ClosedRange<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound - 1 <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    self.ranges = merged
  }

  /// A function whose index is not known is in `all` only.
  public func contains(_ index: Int?) -> Bool {
    guard let ranges else { return true }
    guard let index else { return false }
    return ranges.contains { $0.contains(index) }
  }

  public var isEmpty: Bool { ranges?.isEmpty ?? false }

  public func isSubset(of other: FunctionSet) -> Bool {
    guard let wider = other.ranges else { return true }
    guard let ranges else { return false }
    return ranges.allSatisfy { range in
      wider.contains { $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound }
    }
  }
}

extension FunctionSet {
  /// Takes `name` or `name#functions` apart; functions is a comma list of numbers and of inclusive ranges.
  ///
  /// The grammar is the incumbent's: signs and leading zeros pass (`+1`, `01`), spaces and hexadecimal digits do not,
  /// a range that runs backwards is empty. It skipped what it could not read; here that is an error.
  static func parse(_ value: String, at path: ConfigPath) throws(ConfigProblem) -> (
    name: String, functions: FunctionSet
  ) {
    let parts = value.split(separator: "#", omittingEmptySubsequences: false)
    guard parts.count > 1 else { return (value, .all) }
    guard parts.count == 2 else {
      throw ConfigProblem(.error, path: path, reason: "\(value.quoted) has more than one '#': expected name#0,2-5")
    }
    var ranges: [ClosedRange<Int>] = []
    for item in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
      let bounds = item.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard bounds.count <= 2, let first = bounds[0], let last = bounds[bounds.count - 1] else {
        throw ConfigProblem(
          .error, path: path,
          reason: "\(String(item).quoted) in \(value.quoted) is not a function number or range: expected name#0,2-5")
      }
      if first <= last { ranges.append(first...last) }
    }
    return (String(parts[0]), FunctionSet(ranges))
  }

  /// The functions asked for of each parent; names are compared as `normalized` makes them.
  ///
  /// Only the first value that names a parent counts, as in the incumbent; later ones are noted. Throws one of the
  /// values that can't be read and notes the others.
  static func byParent(
    _ values: [String], at path: ConfigPath, note: (ConfigProblem) -> Void, normalized: (String) -> String
  ) throws(ConfigProblem) -> [String: FunctionSet] {
    var wanted: [String: FunctionSet] = [:]
    var unreadable: [ConfigProblem] = []
    for (index, value) in values.enumerated() {
      do throws(ConfigProblem) {
        let (name, functions) = try parse(value, at: path[index])
        if wanted[normalized(name)] != nil {
          note(
            ConfigProblem(
              .warning, path: path[index],
              reason:
                "\(value.quoted) is not looked at: only the first value for one PF counts; write one, as name#0,2-5"))
        } else if functions.isEmpty {
          note(
            ConfigProblem(
              .warning, path: path[index], reason: "\(value.quoted) matches no device: its ranges are empty"))
        }
        wanted[normalized(name)] = wanted[normalized(name)] ?? functions
      } catch {
        unreadable.append(error)
      }
    }
    for problem in unreadable.dropFirst() { note(problem) }
    if let first = unreadable.first { throw first }
    return wanted
  }
}
