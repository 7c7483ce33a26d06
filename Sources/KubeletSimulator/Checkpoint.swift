import Glibc
import JSONText
import KubeletAPI
import Linux
import Synchronization

/// The content of kubelet_internal_checkpoint, in the form of 1.20 and later.
struct Checkpoint {
  let state: NodeState

  var text: String {
    let data: JSONValue = [
      "PodDeviceEntries": .array(entries), "RegisteredDevices": .object(registered),
    ]
    // kubelet's checksum is over the names of Go types; readers other than kubelet can't check it.
    let root: JSONValue = ["Data": data, "Checksum": 0]
    return root.text()
  }

  private var entries: [JSONValue] {
    state.pods.values.sorted { $0.pod.uid < $1.pod.uid }.flatMap { pod in
      pod.containers.flatMap { container in
        container.grants.sorted { $0.key < $1.key }.map { resource, grant in
          [
            "PodUID": .string(pod.pod.uid), "ContainerName": .string(container.name),
            "ResourceName": .string(resource), "DeviceIDs": byNUMANode(grant),
            "AllocResp": .string(base64(grant.answer.encoded())),
          ]
        }
      }
    }
  }

  /// A device of several nodes is under each of them, one without topology under -1.
  private func byNUMANode(_ grant: Grant) -> JSONValue {
    var lists: [String: [String]] = [:]
    let listed = Dictionary(grant.devices.map { ($0.id, $0.numaNodes) }) { first, _ in first }
    for id in grant.ids.sorted() {
      for node in (listed[id] ?? nil) ?? [-1] { lists["\(node)", default: []].append(id) }
    }
    return .sorted(lists.map { ($0.key, .strings($0.value)) })
  }

  private var registered: [JSONValue.Field] {
    state.resources.sorted { $0.key < $1.key }.map { JSONValue.Field($0.key, .strings($0.value.healthy.sorted())) }
  }

  private func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 {
        text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension KubeletSimulator {
  /// Writes the checkpoint as kubelet does: a file beside it, renamed.
  func writeCheckpoint() throws(SimulatorError) {
    try checkpointTurn.withLock { _ throws(SimulatorError) in
      let temporary = "\(directory.devicePlugins)/.kubelet_internal_checkpoint.new"
      let text = Checkpoint(state: withState { $0 }).text
      guard let file = Descriptor(open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)) else {
        throw .system(operation: "open", path: temporary, errno: errno)
      }
      do throws(Errno) { try file.write(text.utf8) } catch {
        throw .system(operation: "write", path: temporary, errno: error.number)
      }
      guard Self.isReplaceable(directory.checkpoint) else {
        throw .system(operation: "rename", path: directory.checkpoint, errno: EEXIST)
      }
      guard rename(temporary, directory.checkpoint) == 0 else {
        throw .system(operation: "rename", path: directory.checkpoint, errno: errno)
      }
    }
  }

  /// Free, or a regular file.
  private static func isReplaceable(_ path: String) -> Bool {
    var facts = stat()
    return lstat(path, &facts) != 0 || facts.st_mode & S_IFMT == S_IFREG
  }
}
