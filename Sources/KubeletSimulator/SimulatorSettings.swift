public import KubeletAPI

/// Time limits, randomness, and the points in which kubelet versions differ.
public struct SimulatorSettings: Sendable {
  /// Which devices become unhealthy when a plugin's ListAndWatch stream ends.
  public enum StreamEnd: Sendable {
    /// Those of the plugin that ended it, unless another plugin has registered the resource since. Kubernetes 1.37 and
    /// later behave so.
    case ofThePlugin
    /// All devices of the resource, whichever plugin serves it now. Kubernetes up to 1.36 behaves so: a plugin that
    /// closes its old stream late loses its new registration.
    case ofTheResource
  }

  /// Which devices are lost when a stream ends.
  public var streamEnd = StreamEnd.ofThePlugin
  /// Seeds the choice of devices and the order of their ids. Equal seeds give equal runs.
  public var seed: UInt64 = 1
  /// How long the simulator tries to connect to an endpoint.
  public var dialLimit = Duration.seconds(10)
  var infoLimit = Duration.seconds(1)
  var notifyLimit = Duration.seconds(5)
  var preStartLimit = Duration.seconds(30)
  /// Versions of the DRA service that kubelet knows.
  public var draVersions: Set<DRAMethod.Version> = [.v1, .v1beta1]
  var prepareLimit = Duration.seconds(45)
  /// The limit for calls to which kubelet sets no deadline, so that a rehearsal ends.
  public var callLimit = Duration.seconds(60)
  /// The pause before a socket in `plugins_registry` is tried again; it doubles up to two minutes.
  public var retryPause = Duration.milliseconds(500)

  /// Creates the settings of a current kubelet.
  public init() {}
}
