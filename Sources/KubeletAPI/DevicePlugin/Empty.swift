/// A message without fields: the request of `GetDevicePluginOptions` and `ListAndWatch`, the answer of `Register`.
/// Corresponds to `v1beta1.Empty`.
public struct Empty: WireMessage {
  /// Creates the message; it has no fields.
  public init() {}
}
