extension SelectorKind {
  /// `deviceIDs`: PCI device ids in the selectors of shared pools, where `devices` means interface names.
  static let deviceIDs = SelectorKind.productIDs(key: "deviceIDs")
}
