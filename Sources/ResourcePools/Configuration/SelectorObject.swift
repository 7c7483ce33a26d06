public import JSONText

/// One selector object: the stages a device must pass, and what the pool then adds to the device.
public struct SelectorObject: Sendable {
  /// The object's place in the file.
  public var path: ConfigPath
  /// The object's line and column; nil when it is not from a file.
  public var position: JSONPosition?
  /// The stages that a device must pass.
  public var pipeline: SelectorPipeline
  /// Attaches the RDMA character devices; as a stage, it drops devices without RDMA.
  public var isRDMA: Bool
  /// Attaches `/dev/vhost-net` and `/dev/net/tun`.
  public var needVhostNet: Bool
  /// `vhost` or `virtio`; any other word is accepted and matches nothing.
  public var vdpaType: String?

  /// - Parameters:
  ///   - stages: what the values compile to, in the order of the type's selectors.
  ///   - values: the object's values, by key: attachments act on some of them.
  public init(path: ConfigPath, stages: [Selector], values: [String: SelectorKind.Value] = [:]) {
    self.path = path
    pipeline = SelectorPipeline(stages: stages)
    isRDMA = values["isRdma"] == .flag(true)
    needVhostNet = values["needVhostNet"] == .flag(true)
    if case .text(let type)? = values["vdpaType"] { vdpaType = type }
  }
}
