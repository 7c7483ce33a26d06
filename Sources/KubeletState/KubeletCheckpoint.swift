import JSONText
import KubeletAPI

/// The devices that kubelet handed out, from `kubelet_internal_checkpoint` in its device plugin directory.
///
/// kubelet writes it before it admits a pod, and replaces the file as a whole. Its checksum is over a Go value's print
/// and is not looked at. Members that are not known are left alone.
public struct KubeletCheckpoint: Sendable, Equatable {
  /// One container's devices of one resource.
  public struct Entry: Sendable, Equatable {
    public var podUID: String
    public var container: String
    public var resource: String
    public var ids: Set<String>
    /// The plugin's answer to Allocate as kubelet got it; empty when it kept none.
    public var allocation: [UInt8]

    public init(podUID: String, container: String, resource: String, ids: Set<String>, allocation: [UInt8]) {
      self.podUID = podUID
      self.container = container
      self.resource = resource
      self.ids = ids
      self.allocation = allocation
    }
  }

  /// In the file's order. One pod may have several entries with the same ids: an init container's devices are used
  /// again.
  public var entries: [Entry]
  /// One text for each entry that cannot be read; the others remain.
  public var problems: [String]

  public init(entries: [Entry], problems: [String] = []) {
    self.entries = entries
    self.problems = problems
  }

  /// `path` is for error texts.
  public init(decoding bytes: [UInt8], path: String) throws(KubeletStateError) {
    let root: JSONNode
    do throws(JSONSyntaxError) {
      root = try JSONNode.parse(bytes)
    } catch {
      throw .checkpoint(path: path, reason: "\(error)")
    }
    guard let data = root["Data"], data.members != nil else {
      throw .checkpoint(path: path, reason: "expected an object Data, found \(root["Data"]?.kind ?? "none")")
    }
    self.init(entries: [])
    switch data["PodDeviceEntries"]?.value {
    case .none, .some(.null): return
    case .some(.array(let nodes)):
      for (index, node) in nodes.enumerated() {
        do throws(KubeletStateError) {
          entries.append(try Entry(node, path: "\(path): Data.PodDeviceEntries[\(index)]"))
        } catch {
          problems.append(error.description)
        }
      }
    case .some:
      throw .checkpoint(path: path, reason: "expected a list Data.PodDeviceEntries")
    }
  }
}

extension KubeletCheckpoint.Entry {
  fileprivate init(_ node: JSONNode, path: String) throws(KubeletStateError) {
    guard node.members != nil else {
      throw .checkpoint(path: path, reason: "expected an object, found \(node.kind)")
    }
    podUID = try Self.string(node, "PodUID", path: path)
    container = try Self.string(node, "ContainerName", path: path)
    resource = try Self.string(node, "ResourceName", path: path)
    ids = try Self.ids(node["DeviceIDs"], path: path + ".DeviceIDs")
    allocation = []
    if let text = node["AllocResp"], !text.isNull {
      guard let bytes = text.string.flatMap(Base64.decode) else {
        throw .checkpoint(path: path + ".AllocResp", reason: "expected base 64, found \(text.kind)")
      }
      allocation = bytes
    }
  }

  private static func string(_ node: JSONNode, _ key: String, path: String) throws(KubeletStateError) -> String {
    guard let text = node[key]?.string, !text.isEmpty else {
      throw .checkpoint(path: "\(path).\(key)", reason: "expected a text, found \(node[key]?.kind ?? "none")")
    }
    return text
  }

  /// A list up to Kubernetes 1.19; since then lists by NUMA node, where a device of two nodes stands in both.
  private static func ids(_ node: JSONNode?, path: String) throws(KubeletStateError) -> Set<String> {
    let lists: [JSONNode]
    switch node?.value {
    case .none, .some(.null): return []
    case .some(.array): lists = node.map { [$0] } ?? []
    case .some(.object(let members)): lists = members.map(\.value)
    case .some: throw .checkpoint(path: path, reason: "expected a list, or lists by NUMA node")
    }
    var ids: Set<String> = []
    for list in lists where !list.isNull {
      guard let items = list.array else {
        throw .checkpoint(path: path, reason: "expected a list of device ids, found \(list.kind)")
      }
      for item in items {
        guard let id = item.string else {
          throw .checkpoint(path: path, reason: "expected a device id, found \(item.kind)")
        }
        ids.insert(id)
      }
    }
    return ids
  }

  /// The UB devices that `PCIDEVICE_…_INFO` of the answer describes; empty without such a variable.
  public func described() throws(KubeletStateError) -> [String: DescribedUBDevice] {
    do {
      return DescribedUBDevice.all(in: try ContainerAllocateResponse(decoding: allocation).environment)
    } catch {
      throw .checkpoint(path: "AllocResp of pod \(podUID), container \(container)", reason: "\(error)")
    }
  }
}

/// A pod that may hold the devices in question, with its entries that say so.
public struct DeviceHolder: Sendable, Equatable {
  public var podUID: String
  public var entries: [KubeletCheckpoint.Entry]
}

extension KubeletCheckpoint {
  /// Every pod with a container that holds exactly these devices; when there is none, with one that holds more.
  ///
  /// Usually one. A pod that has ended stays in the file until kubelet hands out devices again.
  public func holders(of ids: Set<String>, resource: String) -> [DeviceHolder] {
    let candidates = entries.filter { $0.resource == resource && $0.ids.isSuperset(of: ids) }
    let exact = candidates.filter { $0.ids == ids }
    var holders: [DeviceHolder] = []
    for entry in exact.isEmpty ? candidates : exact {
      if let index = holders.firstIndex(where: { $0.podUID == entry.podUID }) {
        holders[index].entries.append(entry)
      } else {
        holders.append(DeviceHolder(podUID: entry.podUID, entries: [entry]))
      }
    }
    return holders
  }
}
