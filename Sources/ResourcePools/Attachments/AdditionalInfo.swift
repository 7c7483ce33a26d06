import HostInventory

extension Attachment {
  /// `extra`: the keys of `additionalInfo` for all devices (`*`), overridden by those for this function.
  ///
  /// A subfunction is looked up by its parent's address. Without `additionalInfo` there is no section; an empty one
  /// gives an empty section.
  static let additionalInfo = Attachment(name: "extra") { context in
    guard let all = context.additionalInfo else { return nil }
    let key = context.device.pciAddress?.description ?? context.device.id
    return Contribution(info: InfoSection((all["*"] ?? [:]).merging(all[key] ?? [:]) { $1 }))
  }
}
