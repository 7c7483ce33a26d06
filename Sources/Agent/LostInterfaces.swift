import HostInventory

/// Finds functions that have lost their network interface: it is not on the host, and no pod has the function.
///
/// A value without a clock, like `LinkHealth`. An interface returns some seconds after kubelet has forgotten its pod,
/// and leaves some time before kubelet lists the pod that gets it. So it counts as lost only after a delay.
///
/// There is no delay at the first answer about pods. A daemon that restarts does not know which interfaces were lost
/// before, and a pod that gets such a device fails. If a CNI plugin is just returning the interface, the device is
/// offered as soon as the interface is back.
struct LostInterfaces: Sendable, Equatable {
  /// The delay in seconds, which is longer than a CNI plugin takes to return an interface.
  static let standardHold = 10.0

  private let hold: Double
  /// Since when an interface is missing, by device id.
  private var since: [String: Double] = [:]
  private(set) var lost: Set<String> = []
  /// Whether it was known before which devices pods have.
  private var hasBegun = false

  init(hold: Double = Self.standardHold) { self.hold = hold }

  /// Records which interfaces are missing now. `held` are ids of devices that pods have. With nil, nothing new is
  /// found, and lost interfaces stay lost until they are back.
  mutating func observe(missing: Set<String>, held: Set<String>?, at now: Double) {
    let candidates = missing.intersection(held.map { missing.subtracting($0) } ?? lost)
    since = since.filter { candidates.contains($0.key) }
    for id in candidates where since[id] == nil { since[id] = hasBegun ? now : now - hold }
    hasBegun = hasBegun || held != nil
    settle(at: now)
  }

  /// Reports the interfaces that were missing long enough.
  mutating func settle(at now: Double) { lost = Set(since.filter { $0.value + hold <= now }.keys) }

  /// When `settle` has something to do next; nil when not before another call of `observe`.
  var deadline: Double? { since.filter { !lost.contains($0.key) }.values.min().map { $0 + hold } }
}
