/// What the `rebellions` driver says of an NPU.
///
/// Corresponds to `/sys/bus/pci/drivers/rebellions/<address>/pools`: line 1 a heading, line 2 begins with `rblnN`.
public enum RebellionsNPU: Sendable, Equatable {
  /// The node's name below `/dev`.
  case node(String)
  /// The file is missing, short or not of that form.
  case unknown(reason: String)
}
