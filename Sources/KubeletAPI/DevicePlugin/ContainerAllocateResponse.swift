/// What kubelet adds to one container for its devices of one resource. Corresponds to
/// `v1beta1.ContainerAllocateResponse`.
public struct ContainerAllocateResponse: WireMessage {
  /// Environment variables by name.
  public var environment: [String: String]
  /// Bind mounts.
  public var mounts: [Mount]
  /// Device nodes.
  public var devices: [Device]
  /// Annotations for the container in the runtime's request, not for the pod.
  public var annotations: [String: String]
  /// Fully qualified names of CDI devices, `vendor/class=name`.
  public var cdiDevices: [String]

  /// Creates the answer for one container; what is left out is not added.
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
    /// The absolute path in the container.
    public var containerPath: String
    /// The absolute path on the node.
    public var hostPath: String
    /// Whether the container may not write to it.
    public var isReadOnly: Bool

    /// Describes one bind mount.
    public init(containerPath: String, hostPath: String, isReadOnly: Bool) {
      self.containerPath = containerPath
      self.hostPath = hostPath
      self.isReadOnly = isReadOnly
    }
  }

  /// A device node in the container. Corresponds to `v1beta1.DeviceSpec`.
  public struct Device: Sendable, Equatable {
    /// The path in the container, e.g. `/dev/vfio/42`.
    public var containerPath: String
    /// The path on the node.
    public var hostPath: String
    /// What the device cgroup allows: letters of `rwm` for read, write and mknod.
    public var permissions: String

    /// Describes one device node.
    public init(containerPath: String, hostPath: String, permissions: String) {
      self.containerPath = containerPath
      self.hostPath = hostPath
      self.permissions = permissions
    }
  }
}
