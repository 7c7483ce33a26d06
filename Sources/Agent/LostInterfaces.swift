import HostInventory

/// Which functions have lost their network interface: it is not on the host, and no pod has the function.
///
/// A value with its own idea of time, as `LinkHealth`. An interface comes home some seconds after kubelet has forgotten
/// its pod, and leaves some time before kubelet tells of the pod that gets it; therefore it must be missed for a while.
struct LostInterfaces: Sendable, Equatable {
  /// Longer than a CNI plugin takes to bring an interface home.
  static let hold = 10.0

  /// By device id: since when the interface is missed.
  private var since: [String: Double] = [:]
  private(set) var lost: Set<String> = []

  /// Takes in what is missed now. `held` are ids of devices that pods have; nil when kubelet does not tell, so that nothing
  /// can be said.
  mutating func observe(missing: Set<String>, held: Set<String>?, at now: Double) {
    let candidates = held.map { missing.subtracting($0) } ?? []
    since = since.filter { candidates.contains($0.key) }
    for id in candidates where since[id] == nil { since[id] = now }
    settle(at: now)
  }

  /// Tells what has been missed long enough.
  mutating func settle(at now: Double) { lost = Set(since.filter { $0.value + Self.hold <= now }.keys) }

  /// When `settle` has something to do next; nil: not before another look.
  var deadline: Double? { since.filter { !lost.contains($0.key) }.values.min().map { $0 + Self.hold } }
}
