/// Asks a container runtime what it is. Corresponds to `runtime.v1.VersionRequest`.
public struct VersionRequest: WireMessage {
  /// The version of the caller's API.
  public var version: String

  public init(version: String) {
    self.version = version
  }
}

/// Corresponds to `runtime.v1.VersionResponse`.
public struct VersionResponse: WireMessage {
  public var version: String
  /// `containerd`, `cri-o` …
  public var runtimeName: String
  public var runtimeVersion: String
  public var runtimeAPIVersion: String

  public init(version: String, runtimeName: String, runtimeVersion: String, runtimeAPIVersion: String) {
    self.version = version
    self.runtimeName = runtimeName
    self.runtimeVersion = runtimeVersion
    self.runtimeAPIVersion = runtimeAPIVersion
  }
}
