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

  /// `cdiDirectory` and `deviceInfoDirectory` are where specs and DeviceInfo files are written; `helperSocket` is where
  /// the API helper connects, as root or as `helperUser`.
  public init(
    driver: DriverName, node: String, queue: CompletionQueue, kubelet: KubeletDirectory, effects: AllocationEffects,
    assignments: PodAssignments, cdiDirectory: String, deviceInfoDirectory: String, helperSocket: String,
    helperUser: UInt32
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
  }

  /// kubelet's directory for the driver, with its socket and the checkpoint.
  var directory: String { "\(kubelet.plugins)/\(driver)" }
  var socket: String { "\(directory)/dra.sock" }
  var registrationSocket: String { "\(kubelet.pluginsRegistry)/\(driver)-reg.sock" }
}
