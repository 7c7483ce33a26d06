import ResourcePools

extension Allocation {
  var deviceInfo: [DeviceInfo] {
    effects.compactMap { if case .deviceInfo(let file) = $0 { file } else { nil } }
  }

  /// The one variable that ends in `_INFO`.
  var info: String { environment.first { $0.key.hasSuffix("_INFO") }?.value ?? "" }
}
