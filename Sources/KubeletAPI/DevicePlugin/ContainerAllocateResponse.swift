/// What one container gets for its devices of one resource. Corresponds to `v1beta1.ContainerAllocateResponse`.
public struct ContainerAllocateResponse: WireMessage {
  public var environment: [String: String]
  public var mounts: [Mount]
  public var devices: [Device]
  public var annotations: [String: String]
  /// Fully qualified CDI names, `vendor/class=name`.
  public var cdiDevices: [String]

  public init(
    environment: [String: String] = [:], mounts: [Mount] = [], devices: [Device] = [],
    annotations: [String: String] = [:], cdiDevices: [String] = []
  ) {
    self.environment = environment
    self.mounts = mounts
    self.devices = devices
    self.annotations = annotations
    self.cdiDevices = cdiDevices
  }

  /// A bind mount. Corresponds to `v1beta1.Mount`.
  public struct Mount: Sendable, Equatable {
    public var containerPath: String
    public var hostPath: String
    public var isReadOnly: Bool

    public init(containerPath: String, hostPath: String, isReadOnly: Bool) {
      self.containerPath = containerPath
      self.hostPath = hostPath
      self.isReadOnly = isReadOnly
    }
  }

  /// A device node. Corresponds to `v1beta1.DeviceSpec`.
  public struct Device: Sendable, Equatable {
    public var containerPath: String
    public var hostPath: String
    /// For the cgroup: letters of `rwm`.
    public var permissions: String

    public init(containerPath: String, hostPath: String, permissions: String) {
      self.containerPath = containerPath
      self.hostPath = hostPath
      self.permissions = permissions
    }
  }
}
