import HostInventory
import ResourcePools

/// The inventory as a table for a terminal, one line for each device.
public struct InventoryTable {
  private let survey: NodeSurvey

  /// Prepares the table of a survey.
  public init(_ survey: NodeSurvey) { self.survey = survey }

  /// The table, then warnings and problems; without a newline at the end. A column without values is left out.
  public var text: String {
    guard !survey.records.isEmpty else {
      return (["no network, accelerator or UB device is on this host"] + notes).joined(separator: "\n")
    }
    let rows = survey.records.map { record in Self.columns.map { $0.value(record) } }
    let columns = Self.columns.indices.filter { index in rows.contains { !$0[index].isEmpty } }
    let titles = columns.map { Self.columns[$0].title }
    let cells = [titles] + rows.map { row in columns.map { row[$0].isEmpty ? "-" : row[$0] } }
    let widths = columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    let lines = cells.map { row in
      zip(row, widths).map { text, width in text + String(repeating: " ", count: width - text.count) }
        .joined(separator: "  ").trimmingEnd
    }
    return (lines + notes).joined(separator: "\n")
  }

  private var notes: [String] {
    let warnings = survey.warnings.isEmpty ? [] : ["warnings:"] + survey.warnings.map { "  \($0)" }
    return warnings + (survey.problems.isEmpty ? [] : ["problems:"] + survey.problems.map { "  \($0)" })
  }

  private struct Column: Sendable {
    let title: String
    let value: @Sendable (DeviceRecord) -> String
  }

  private static let columns = [
    Column(title: "DEVICE") { $0.device.id },
    Column(title: "KIND") { $0.kind.name },
    Column(title: "OF") { $0.origin ?? "" },
    Column(title: "ID") { record in
      record.device.pciAddress == nil
        ? "" : "\(HexIdentifiers.text(record.device.vendor)):\(HexIdentifiers.text(record.device.product))"
    },
    Column(title: "DRIVER") { $0.device.driver ?? "" },
    Column(title: "NUMA") { $0.device.numaNode.map { "\($0)" } ?? "" },
    Column(title: "INTERFACE") { $0.interfaceNames },
    Column(title: "LINK") { $0.device.linkType },
    Column(title: "RDMA") { $0.device.rdma.map(\.name).joined(separator: ",") },
    Column(title: "VFS") { record in
      record.device.virtualFunctions.map { "\($0.enabled)/\($0.total)" } ?? ""
    },
    Column(title: "GROUP") { record in
      record.device.iommuGroup.map { $0.isNoIOMMU ? "noiommu-\($0.number)" : "\($0.number)" } ?? ""
    },
    Column(title: "NODE") { $0.npuNode ?? "" },
    Column(title: "CARD") { $0.card ?? "" },
    Column(title: "UB") { $0.device.unifiedBus?.kernelDevices.joined(separator: ",") ?? "" },
    Column(title: "EID") { $0.device.unifiedBus?.eids.joined(separator: ",") ?? "" },
    Column(title: "POOL") { $0.memberships.map(\.name).joined(separator: ",") },
    Column(title: "PODS") { $0.uses.map(\.holder).joined(separator: ",") },
    Column(title: "TROUBLE") { $0.trouble ?? "" },
  ]
}

extension String {
  fileprivate var trimmingEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
