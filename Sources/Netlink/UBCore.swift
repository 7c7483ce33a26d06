/// The generic netlink family of the kernel's UB core. Numbers are the same in every generation of the drivers.
enum UBCore {
  static let familyName = "UBCORE_GENL"
  private static let version: UInt8 = 1
  private static let setDeviceNamespace = 7
  private static let deviceName = 5
  private static let namespaceDescriptor = 6
  /// UBCORE_MAX_DEV_NAME without its NUL.
  private static let longestName = 63

  /// Nil when the ubcore module is not loaded.
  static func family(on socket: any NetlinkSocket, within limit: Duration) throws(NetlinkError) -> GenericNetlinkFamily?
  {
    try GenericNetlinkFamily.resolve(familyName, version: version, on: socket, within: limit)
  }

  /// SET_DEV_NS: the device's name with its NUL, which the handler needs, and a descriptor of this process.
  static func setDeviceNamespace(
    _ device: String, descriptor: Int32, _ family: GenericNetlinkFamily
  ) throws(NetlinkError) -> NetlinkRequest {
    let name = "SET_DEV_NS \(device)"
    guard (1...longestName).contains(device.utf8.count) else {
      throw .unspeakable(request: "SET_DEV_NS", value: device, expected: "1 to \(longestName) bytes")
    }
    let message = try MessageBuilder(name, .command, family: family, command: setDeviceNamespace)
    try message.put(deviceName, device)
    try message.put(namespaceDescriptor, UInt32(bitPattern: descriptor))
    return message.request()
  }
}
