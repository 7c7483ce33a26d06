/// Reports to a plugin whether kubelet has registered it. Corresponds to `pluginregistration.RegistrationStatus`.
public struct RegistrationStatus: WireMessage {
  /// Whether kubelet accepted the plugin.
  public var isRegistered: Bool
  /// The reason for a refusal; empty when the plugin is registered.
  public var error: String

  /// Creates kubelet's report.
  public init(isRegistered: Bool, error: String = "") {
    self.isRegistered = isRegistered
    self.error = error
  }
}

/// Confirms that the plugin received the report. Corresponds to `pluginregistration.RegistrationStatusResponse`.
public struct RegistrationStatusResponse: WireMessage {
  /// Creates the confirmation; it has no fields.
  public init() {}
}
