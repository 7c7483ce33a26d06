public import Effects
public import GRPC
public import KubeletAPI
public import KubeletState

/// The settings and services of the DRA front end.
public struct DRAContext: Sendable {
  let driver: DriverName
  let node: String
  let queue: CompletionQueue
  let kubelet: KubeletDirectory
  let effects: AllocationEffects
  let assignments: PodAssignments
  /// `/var/run/cdi`.
  let cdiDirectory: String
  let deviceInfoDirectory: String
  /// The socket for the API helper, and the user that the helper may have besides root.
  let helperSocket: String
  let helperUser: UInt32
  let pauses: Pauses
  /// Is called with each claim that kubelet wanted to be prepared: whether it was, and how long it took.
  let counted: @Sendable (_ isPrepared: Bool, _ took: Duration) -> Void

  /// Intervals at which the front end looks after its parts.
  public struct Pauses: Sendable {
    /// Between two questions to the API helper. It does not work when it has not answered before the next one.
    public var helper = Duration.seconds(20)
    /// Between two looks whether kubelet's sockets are still needed. The helper removes the slices of the last pool in
    /// the first one.
    public var idle = Duration.seconds(5)

    /// The pauses of the daemon.
    public init() {}
  }

  /// `cdiDirectory` and `deviceInfoDirectory` are where specs and DeviceInfo files are written; `helperSocket` is where
  /// the API helper connects, as root or as `helperUser`. `counted` is called with each claim to prepare: whether it was
  /// prepared, and how long that took.
  public init(
    driver: DriverName, node: String, queue: CompletionQueue, kubelet: KubeletDirectory, effects: AllocationEffects,
    assignments: PodAssignments, cdiDirectory: String, deviceInfoDirectory: String, helperSocket: String,
    helperUser: UInt32, pauses: Pauses = Pauses(), counted: @escaping @Sendable (Bool, Duration) -> Void = { _, _ in }
  ) {
    self.driver = driver
    self.node = node
    self.queue = queue
    self.kubelet = kubelet
    self.effects = effects
    self.assignments = assignments
    self.cdiDirectory = cdiDirectory
    self.deviceInfoDirectory = deviceInfoDirectory
    self.helperSocket = helperSocket
    self.helperUser = helperUser
    self.pauses = pauses
    self.counted = counted
  }

  /// kubelet's directory for the driver, with its socket and the checkpoint.
  var directory: String { "\(kubelet.plugins)/\(driver)" }
  var socket: String { "\(directory)/dra.sock" }
  var registrationSocket: String { "\(kubelet.pluginsRegistry)/\(driver)-reg.sock" }
}
