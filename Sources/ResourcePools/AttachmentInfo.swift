import JSONText

/// The sections of all attachments for one container's devices: the contents of `PCIDEVICE_…_INFO`.
public struct AttachmentInfo: Sendable {
  private typealias Section = (name: String, info: InfoSection)

  private var devices: [(id: String, sections: [Section])] = []

  init() {}

  /// Adds a device; call it once for each device.
  mutating func add(_ device: String, _ contributions: [(name: String, contribution: Contribution)]) {
    let sections = contributions.map { Section($0.name, $0.contribution.info) }
    devices.append((device, sections.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }))
  }

  /// The JSON text by device, attachment and key, each in byte order, as Go writes maps.
  var text: String {
    let devices = devices.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    return JSONLine.text(escaping: .go) { line in
      for (id, sections) in devices {
        line.field(id) { line in
          for (name, info) in sections {
            line.field(name) { line in for (key, value) in info.fields { line.field(key, value) } }
          }
        }
      }
    }
  }
}
