/// Which links have lost their carrier for long enough to be reported.
///
/// A value with its own idea of time (seconds of any clock that only goes forward), so that hours of flapping are a test
/// of microseconds. Writing `sriov_numvfs` makes the PF's own carrier go and come within a second (igb, ixgbe reset the
/// port): a loss is therefore held before it counts. A link that keeps changing is let back only after it was quiet.
struct LinkHealth: Sendable, Equatable {
  /// A shorter loss is not reported.
  static let lossHold = 1.0
  /// A link that was lost this often within `memory`, told or not, must stay up for `calm` before it counts as back.
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

  /// Takes in what the kernel says now: names of links that are up, with whether their carrier is gone. A link that is
  /// not named is forgotten: it is down by an administrator's will, elsewhere, or no more.
  mutating func observe(lost: Set<String>, carrying: Set<String>, at now: Double) {
    for name in links.keys where !lost.contains(name) && !carrying.contains(name) { links[name] = nil }
    for (names, isLost) in [(lost, true), (carrying, false)] {
      for name in names {
        // It was lost at the first look: no flap was seen to begin, so it is not held back.
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
