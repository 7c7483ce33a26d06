import JSONText

/// What the attachments say of one container's devices, each device once: what `PCIDEVICE_…_INFO` tells.
public struct AttachmentInfo: Sendable {
  private var devices: [JSONValue.Field] = []
  private var ids: Set<String> = []

  public init() {}

  func has(_ device: String) -> Bool { ids.contains(device) }

  mutating func add(_ device: String, _ contributions: [(name: String, contribution: Contribution)]) {
    ids.insert(device)
    let sections = contributions.map { name, contribution in
      JSONValue.Field(name, .object(contribution.info.map { JSONValue.Field($0.key, .string($0.value)) }))
    }
    devices.append(JSONValue.Field(device, .object(sections)))
  }

  /// By device, attachment and key; each in byte order, as Go writes maps.
  var text: String { JSONValue.object(devices).text(escaping: .go, keys: .sorted) }
}
