import HostInventory

/// A pod that has devices of this node.
struct PodRecord {
  let namespace: String
  let name: String
  /// Device ids, in inventory order.
  let devices: [String]
  /// NUMA nodes of its devices, ascending.
  let numaNodes: [Int]

  var spansNodes: Bool { numaNodes.count > 1 }

  /// By namespace and name.
  static func all(of records: [DeviceRecord]) -> [PodRecord] {
    var places: [[String]: [DeviceRecord]] = [:]
    for record in records {
      let pods = Set(record.uses.compactMap { use in use.pod.map { [use.namespace, $0] } })
      for pod in pods { places[pod, default: []].append(record) }
    }
    return places.sorted { ($0.key[0], $0.key[1]) < ($1.key[0], $1.key[1]) }.map { key, records in
      PodRecord(
        namespace: key[0], name: key[1], devices: records.map(\.device.id),
        numaNodes: Set(records.compactMap(\.device.numaNode)).sorted())
    }
  }
}
