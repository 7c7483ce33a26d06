/// kubelet tells a plugin whether it is registered. Corresponds to `pluginregistration.RegistrationStatus`.
public struct RegistrationStatus: WireMessage {
  public var isRegistered: Bool
  /// Why not; empty when registered.
  public var error: String

  public init(isRegistered: Bool, error: String = "") {
    self.isRegistered = isRegistered
    self.error = error
  }
}

/// The plugin has received it. Corresponds to `pluginregistration.RegistrationStatusResponse`.
public struct RegistrationStatusResponse: WireMessage {
  public init() {}
}
