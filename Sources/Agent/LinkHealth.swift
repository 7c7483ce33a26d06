/// Finds links that have lost their carrier for long enough to be reported.
///
/// A value without a clock: callers pass the time in seconds, so that tests of hours take microseconds. A write to
/// `sriov_numvfs` interrupts the PF's carrier for up to a second (igb and ixgbe reset the port), so a loss counts after
/// a delay. A link that keeps changing counts as up only after it was stable for a while.
struct LinkHealth: Sendable, Equatable {
  /// A shorter loss is not reported.
  static let lossHold = 1.0
  /// A link that was lost this often within `memory`, reported or not, must stay up for `calm` before it counts as up.
  static let tolerated = 3
  static let memory = 60.0
  static let calm = 10.0

  private struct Link: Sendable, Equatable {
    var isLost = false
    /// When `isLost` took its value.
    var since: Double
    var isTold = false
    /// When it was lost, the last `tolerated` times.
    var losses: [Double] = []
  }

  private var links: [String: Link] = [:]
  /// The reported losses, as a set, because every device of every pool is checked.
  private var lost: Set<String> = []

  /// Records the state of links: the names of links that are up, and whether they have no carrier. A link without a
  /// name here is forgotten: it was set down, moved or removed.
  mutating func observe(lost: Set<String>, carrying: Set<String>, at now: Double) {
    for name in links.keys where !lost.contains(name) && !carrying.contains(name) { links[name] = nil }
    for (names, isLost) in [(lost, true), (carrying, false)] {
      for name in names {
        // It had no carrier at the first look, which is no change, so it is reported at once.
        var link = links[name] ?? Link(isLost: !isLost, since: now, isTold: isLost)
        guard link.isLost != isLost else { continue }
        link.isLost = isLost
        link.since = now
        if isLost { link.losses = link.losses.suffix(Self.tolerated - 1) + [now] }
        links[name] = link
      }
    }
    settle(at: now)
  }

  /// Reports the losses that were held long enough.
  mutating func settle(at now: Double) {
    for (name, link) in links where link.isLost != link.isTold && now >= due(link) {
      links[name]?.isTold = link.isLost
    }
    lost = Set(links.filter(\.value.isTold).keys)
  }

  func isLost(_ name: String) -> Bool { lost.contains(name) }

  /// When `settle` has something to do next; nil when not before another call of `observe`.
  var deadline: Double? {
    links.values.filter { $0.isLost != $0.isTold }.map(due).min()
  }

  private func due(_ link: Link) -> Double {
    if link.isLost { return link.since + Self.lossHold }
    guard link.losses.count == Self.tolerated, let first = link.losses.first else { return link.since }
    return link.since - first < Self.memory ? link.since + Self.calm : link.since
  }
}
