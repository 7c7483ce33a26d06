import HostInventory

extension Attachment {
  /// `generic`: the device's id, for every device.
  static let generic = Attachment(name: "generic") { context in
    Contribution(info: ["deviceID": context.device.id])
  }
}
