/// The name of the DRA driver, as in slices, claims and attributes; also the name of kubelet's directory for the
/// driver.
///
/// A DNS subdomain of at most 63 bytes in lower case, as `spec.driver` requires.
public struct DriverName: Sendable, Hashable, CustomStringConvertible {
  public let description: String

  /// The driver's name unless a flag changes it.
  public static let standard = DriverName(checked: "devicepool")

  /// The names that `init?` accepts, for messages.
  public static let expectation = "a domain name of at most 63 lower case letters, digits, '-' and '.'"

  /// - Returns: nil when the API would refuse the name.
  public init?(_ text: String) {
    guard text.utf8.count <= 63, ObjectName.isSubdomain(text) else { return nil }
    self.init(checked: text)
  }

  private init(checked text: String) { description = text }
}
