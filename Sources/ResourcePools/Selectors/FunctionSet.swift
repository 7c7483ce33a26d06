/// The functions of a PF that a value of `pfNames` or `rootDevices` selects, e.g. `#0,2-5`, or all of them.
public struct FunctionSet: Sendable, Equatable {
  /// Ascending, disjoint and not adjacent; nil for every function, numbered or not.
  private let ranges: [ClosedRange<Int>]?

  /// Every function, numbered or not.
  public static let all = FunctionSet(ranges: nil)

  /// The selectors whose values are written so.
  static let keys: Set<String> = ["pfNames", "rootDevices"]

  private init(ranges: [ClosedRange<Int>]?) { self.ranges = ranges }

  init(_ ranges: [ClosedRange<Int>]) {
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

  /// Whether the function with this index is selected; one without an index is only in `all`.
  public func contains(_ index: Int?) -> Bool {
    guard let ranges else { return true }
    guard let index else { return false }
    return ranges.contains { $0.contains(index) }
  }

  /// The highest number in the ranges; nil for all functions, or for none.
  var highest: Int? { ranges?.last?.upperBound }

  /// Whether no function is selected.
  public var isEmpty: Bool { ranges?.isEmpty ?? false }

  /// Whether every function of this set is in `other`.
  public func isSubset(of other: FunctionSet) -> Bool {
    guard let wider = other.ranges else { return true }
    guard let ranges else { return false }
    return ranges.allSatisfy { range in
      wider.contains { $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound }
    }
  }
}

extension FunctionSet {
  /// Splits `name` or `name#functions`, where functions is a list of numbers and inclusive ranges, separated by commas.
  ///
  /// The grammar is that of the SR-IOV network device plugin: signs and leading zeros are allowed (`+1`, `01`), spaces
  /// and hexadecimal digits are not, and a descending range is empty. That plugin skips text that it can't read; here
  /// it is an error.
  static func parse(_ value: String, at path: ConfigPath) throws(ConfigProblem) -> (
    name: String, functions: FunctionSet, reversed: [String]
  ) {
    let parts = value.split(separator: "#", omittingEmptySubsequences: false)
    guard parts.count > 1 else { return (value, .all, []) }
    guard parts.count == 2 else {
      throw ConfigProblem(.error, path: path, reason: "\(value.quoted) has more than one '#': expected name#0,2-5")
    }
    var ranges: [ClosedRange<Int>] = []
    var reversed: [String] = []
    for item in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
      let bounds = item.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard bounds.count <= 2, let first = bounds[0], let last = bounds[bounds.count - 1] else {
        throw ConfigProblem(
          .error, path: path,
          reason: "\(String(item).quoted) in \(value.quoted) is not a function number or range: expected name#0,2-5")
      }
      if first <= last { ranges.append(first...last) } else { reversed.append("\(last)-\(first)") }
    }
    return (String(parts[0]), FunctionSet(ranges), reversed)
  }

  /// The selected functions of each parent; names are compared after `normalized`.
  ///
  /// Only the first value with a parent counts, as in the SR-IOV network device plugin; later ones are noted.
  ///
  /// - Throws: One of the values that can't be read; the others are noted.
  static func byParent(
    _ values: [String], at path: ConfigPath, note: (ConfigProblem) -> Void, normalized: (String) -> String
  ) throws(ConfigProblem) -> [String: FunctionSet] {
    var wanted: [String: FunctionSet] = [:]
    var unreadable: [ConfigProblem] = []
    for (index, value) in values.enumerated() {
      do throws(ConfigProblem) {
        let (name, functions, reversed) = try parse(value, at: path[index])
        if wanted[normalized(name)] != nil {
          note(
            ConfigProblem(
              .warning, path: path[index],
              reason:
                "\(value.quoted) is not looked at: only the first value for one PF counts; write one, as name#0,2-5"))
        } else if functions.isEmpty {
          note(
            SelectorValue.dead(
              value, path[index], "its ranges run backwards; did you mean \(reversed.prefix(4).joined(separator: ","))?"
            ))
        } else if let range = reversed.first {
          var problem = SelectorValue.warning(
            value, path[index], "has a range that runs backwards and counts for nothing; did you mean \(range)?")
          problem.leavesMatches = true
          note(problem)
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

extension FunctionSet {
  /// The values that count for a function of this parent: the first one that names it, or all if none does.
  static func counting(_ values: [String], for parent: String?) -> Selector.Counting {
    guard let parent, !parent.isEmpty else { return Selector.Counting(wanted: values, advice: nil) }
    let naming = values.filter { value in
      value.prefix { $0 != "#" }.lowercased() == parent.lowercased()
    }
    guard let first = naming.first else { return Selector.Counting(wanted: values, advice: nil) }
    let later = naming.dropFirst()
    guard !later.isEmpty else { return Selector.Counting(wanted: [first], advice: nil) }
    let verb = later.count == 1 ? "is not looked at: a later value" : "are not looked at: later values"
    return Selector.Counting(
      wanted: [first],
      advice: "\(Array(later).alternatives(with: "and")) \(verb) for the same PF; write one, as \(joined(naming))")
  }

  /// One value for what several ask for.
  private static func joined(_ values: [String]) -> String {
    let parts = values.map { $0.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false) }
    let name = String(parts[0][0])
    guard parts.allSatisfy({ $0.count == 2 }) else { return name }
    return "\(name)#\(parts.map { String($0[1]) }.joined(separator: ","))"
  }
}
