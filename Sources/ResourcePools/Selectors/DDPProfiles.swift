import HostInventory

extension SelectorKind {
  /// `ddpProfiles`: name of the dynamic device personalization profile that the NIC's firmware has loaded.
  ///
  /// A device without a profile is never selected, not even by the empty string.
  static let ddpProfiles = SelectorKind.list(
    "ddpProfiles", meaning: "Name of the DDP profile that the NIC's firmware has loaded."
  ) { values, _, _ in
    let wanted = WantedValues(values)
    return Selector(key: "ddpProfiles", wanted: values, seen: { $0.ddpProfile ?? "none" }) { device in
      guard let profile = device.ddpProfile, !profile.isEmpty else { return false }
      return wanted.contains(profile)
    }
  }
}
