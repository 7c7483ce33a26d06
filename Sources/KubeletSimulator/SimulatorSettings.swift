public import KubeletAPI

/// In which points the stand-in follows one version of kubelet.
public struct SimulatorSettings: Sendable {
  /// Whose devices are lost when a plugin's list of devices ends.
  public enum StreamEnd: Sendable {
    /// Those of the plugin that ended it, unless another has registered the resource since: 1.37 and later.
    case ofThePlugin
    /// All devices of the resource, whichever plugin serves it now: up to 1.36, where a plugin that closes its old
    /// stream late loses its new registration.
    case ofTheResource
  }

  public var streamEnd = StreamEnd.ofThePlugin
  /// Chooses devices, and the order in which their ids are sent: one seed, one course of events.
  public var seed: UInt64 = 1
  /// How long an endpoint may take to be dialled.
  public var dialLimit = Duration.seconds(10)
  public var infoLimit = Duration.seconds(1)
  public var notifyLimit = Duration.seconds(5)
  public var preStartLimit = Duration.seconds(30)
  /// Versions of the DRA service that kubelet knows.
  public var draVersions: Set<DRAMethod.Version> = [.v1, .v1beta1]
  public var prepareLimit = Duration.seconds(45)
  /// For the calls that kubelet makes without a deadline: a rehearsal must come to an end.
  public var callLimit = Duration.seconds(60)
  /// The first pause before a socket in plugins_registry is tried again; it doubles up to two minutes.
  public var retryPause = Duration.milliseconds(500)

  public init() {}
}
