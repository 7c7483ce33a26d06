public import Effects
public import GRPC
public import KubeletAPI
public import KubeletState

/// What the DRA front end works with.
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
  /// Where the API helper connects, and the user that it may be beside root.
  let helperSocket: String
  let helperUser: UInt32

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

  /// Kubelet's directory for the driver: its socket and the checkpoint.
  var directory: String { "\(kubelet.plugins)/\(driver)" }
  var socket: String { "\(directory)/dra.sock" }
  var registrationSocket: String { "\(kubelet.pluginsRegistry)/\(driver)-reg.sock" }
}
