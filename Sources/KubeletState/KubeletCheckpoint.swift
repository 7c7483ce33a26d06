import JSONText
import KubeletAPI

/// The devices that kubelet has allocated, from the file `kubelet_internal_checkpoint` in its device plugin directory.
///
/// kubelet writes the file before it admits a pod, and replaces it as a whole. The checksum covers the printed form of
/// a Go value and is not verified. Unknown members are ignored.
public struct KubeletCheckpoint: Sendable, Equatable {
  /// One container's devices of one resource.
  public struct Entry: Sendable, Equatable {
    /// The pod's UID.
    public var podUID: String
    /// The container's name.
    public var container: String
    /// The extended resource, e.g. `intel.com/sriov_net`.
    public var resource: String
    /// The device ids, as the plugin listed them.
    public var ids: Set<String>
    /// The plugin's Allocate answer as kubelet received it (`v1beta1.ContainerAllocateResponse`); empty when kubelet
    /// keeps none.
    public var allocation: [UInt8]

    /// Creates an entry.
    public init(podUID: String, container: String, resource: String, ids: Set<String>, allocation: [UInt8]) {
      self.podUID = podUID
      self.container = container
      self.resource = resource
      self.ids = ids
      self.allocation = allocation
    }
  }

  /// The entries in the file's order. A pod may have several entries with the same ids, because its containers reuse
  /// the devices of its init containers.
  public var entries: [Entry]
  /// One message for each entry that can't be read; the other entries remain.
  public var problems: [String]
  /// The resources that have healthy devices: a device plugin served them when kubelet wrote the file.
  public var served: Set<String> = []

  /// Creates a checkpoint from entries.
  public init(entries: [Entry], problems: [String] = []) {
    self.entries = entries
    self.problems = problems
  }

  /// Decodes the file's bytes; `path` is for messages.
  ///
  /// - Throws: When the bytes are not a checkpoint. A broken entry becomes a problem instead.
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
    for member in data["RegisteredDevices"]?.members ?? [] where member.value.array?.isEmpty == false {
      served.insert(member.key)
    }
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

  /// Decodes the UB devices that the answer's `PCIDEVICE_…_INFO` variables describe, by unit id; empty without such a
  /// variable.
  ///
  /// - Throws: When the Allocate answer can't be decoded.
  public func described() throws(KubeletStateError) -> [String: DescribedUBDevice] {
    do {
      return DescribedUBDevice.all(in: try ContainerAllocateResponse(decoding: allocation).environment)
    } catch {
      throw .checkpoint(path: "AllocResp of pod \(podUID), container \(container)", reason: "\(error)")
    }
  }
}

/// A pod that may have the devices in question, with the entries that show it.
public struct DeviceHolder: Sendable, Equatable {
  /// The pod's UID.
  public var podUID: String
  /// The entries of the pod's containers that have the devices.
  public var entries: [KubeletCheckpoint.Entry]
}

extension KubeletCheckpoint {
  /// Finds the pods with a container that has exactly these devices; if there are none, those with a container that has
  /// more.
  ///
  /// Usually there is one. A pod that has ended stays in the file until kubelet's next allocation.
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
