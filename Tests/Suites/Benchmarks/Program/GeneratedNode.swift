import Glibc

/// A node of Intel E810 ports with up to 64 virtual functions each, half of them on iavf and half on vfio-pci.
struct GeneratedNode {
  let functions: Int

  static let perPort = 64

  struct Function {
    let port: Int
    let index: Int

    var address: String { "0000:\(hex(0x10 + port)):\(hex((index + 8) / 8)).\(index % 8)" }
    var isVFIO: Bool { index % 2 == 1 }
    var link: String { "ens\(port)v\(index)" }
    var group: Int { 1000 + port * 100 + index }
  }

  var ports: Int { (functions + Self.perPort - 1) / Self.perPort }

  var all: [Function] { (0..<functions).map { Function(port: $0 / Self.perPort, index: $0 % Self.perPort) } }

  func functions(of port: Int) -> [Function] { all.filter { $0.port == port } }

  static func address(ofPort port: Int) -> String { "0000:\(hex(0x10 + port)):00.0" }
  static func bridge(above port: Int) -> String { "0000:00:\(hex(1 + port / 8)).\(port % 8)" }
  static func link(ofPort port: Int) -> String { "ens\(port)" }

  /// Every netdev of the node.
  var links: [String] { (0..<ports).map(Self.link) + all.filter { !$0.isVFIO }.map(\.link) }

  /// A configuration file with so many pools, each of the same number of neighbouring functions.
  func configuration(pools: Int) -> String {
    let all = all
    let entries = (0..<pools).map { pool in
      let members = all[(pool * all.count / pools)..<((pool + 1) * all.count / pools)]
      let names = Dictionary(grouping: members, by: \.port).sorted { $0.key < $1.key }.map { port, members in
        "\"\(Self.link(ofPort: port))#\(members.map(\.index).min() ?? 0)-\(members.map(\.index).max() ?? 0)\""
      }
      return """
        {"resourceName":"vfs\(pool)","selectors":{"vendors":["8086"],"devices":["1889"],\
        "drivers":["iavf","vfio-pci"],"pfNames":[\(names.joined(separator: ","))]}}
        """
    }
    return "{\"resourceList\":[\n\(entries.joined(separator: ",\n"))\n]}\n"
  }
}

/// At least two digits.
func hex(_ number: Int) -> String { number < 16 ? "0\(String(number, radix: 16))" : String(number, radix: 16) }
