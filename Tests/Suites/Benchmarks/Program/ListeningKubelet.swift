import Dispatch
import Glibc
import KubeletAPI
import Synchronization

/// kubelet's plugin watcher, reduced to what is measured: it takes whatever socket appears in `plugins_registry`, opens
/// ListAndWatch on it and writes down when each list was there.
final class ListeningKubelet: Sendable {
  struct List: Sendable {
    let moment: Int
    let devices: [String]
  }

  struct Endpoint: Sendable {
    let socket: String
    var lists: [List] = []
  }

  private struct State {
    var endpoints: [String: Endpoint] = [:]
    var streams: [Int32] = []
    var failures: [String] = []
    var hasEnded = false
  }

  /// Sockets that nobody follows yet.
  private struct Arrivals {
    var sockets: [String] = []
    var areOver = false
  }

  private let state = Mutex(State())
  private let arrivals = Mutex(Arrivals())
  private let changed = DispatchSemaphore(value: 0)
  private let directory = "\(NodeNamespace.kubelet)/plugins_registry"
  private let events: Int32

  /// Watches before anything can appear. Each of the `pools` is followed by a thread that waits for it already: how long
  /// one takes to begin is not the plugin's.
  init(pools: Int) throws(BenchmarkError) {
    for path in ["device-plugins", "plugins_registry"] { try Files.makeDirectories("\(NodeNamespace.kubelet)/\(path)") }
    events = inotify_init1(Int32(IN_CLOEXEC))
    guard inotify_add_watch(events, directory, UInt32(IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF)) >= 0 else {
      throw .system("inotify_add_watch \(directory)")
    }
    for _ in 0..<pools { _ = WorkerThread { [self] in followArrivals() } }
  }

  deinit { close(events) }

  var endpoints: [String: Endpoint] { state.withLock { $0.endpoints } }

  /// Removes the directory, which ends the watch, and hangs up.
  func stop() {
    let streams = state.withLock { state in
      state.hasEnded = true
      return state.streams
    }
    for stream in streams { WireConnection.end(stream) }
    rmdir(directory)
    rmdir("\(NodeNamespace.kubelet)/device-plugins")
  }

  /// Whether `condition` became true within `limit` seconds.
  func wait(_ limit: Double, _ condition: ([String: Endpoint]) -> Bool) throws(BenchmarkError) {
    let end = Clock.microseconds + Int(limit * 1_000_000)
    while !condition(endpoints) {
      let rest = end - Clock.microseconds
      guard rest > 0, changed.wait(timeout: .now() + .microseconds(rest)) == .success else {
        let failures = state.withLock { $0.failures }
        throw BenchmarkError("no such lists within \(limit) s; \(failures.joined(separator: "; "))")
      }
    }
  }

  private func followArrivals() {
    while let socket = nextArrival() { follow(socket) }
  }

  /// One thread waits for the kernel, the others for their turn: whoever hears of a socket follows it, without waking another.
  private func nextArrival() -> String? {
    arrivals.withLock { arrivals in
      while arrivals.sockets.isEmpty, !arrivals.areOver { read(into: &arrivals) }
      return arrivals.sockets.isEmpty ? nil : arrivals.sockets.removeFirst()
    }
  }

  private func read(into arrivals: inout Arrivals) {
    var buffer = [UInt8](repeating: 0, count: 1 << 12)
    let count = Glibc.read(events, &buffer, buffer.count)
    arrivals.areOver = count <= 0
    var offset = 0
    while offset < count {
      let (mask, name, size) = buffer.withUnsafeBytes { bytes in
        let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
        let text = bytes[(offset + 16)..<(offset + 16 + Int(event.len))].prefix { $0 != 0 }
        return (event.mask, String(decoding: text, as: UTF8.self), 16 + Int(event.len))
      }
      offset += size
      if mask & UInt32(IN_DELETE_SELF) != 0 { arrivals.areOver = true }
      guard !name.isEmpty, !name.hasPrefix(".") else { continue }
      if mask & UInt32(IN_CREATE | IN_MOVED_TO) != 0 { arrivals.sockets.append("\(directory)/\(name)") }
    }
  }

  private func follow(_ socket: String) {
    do throws(BenchmarkError) {
      let registration = try WireConnection(socket, patience: 5_000_000)
      let info: PluginInfo = try decoded(try registration.unary(KubeletMethod.getInfo, InfoRequest().encoded()))
      let path = info.endpoint.isEmpty ? socket : info.endpoint
      let endpoint = try WireConnection(path)
      _ = try endpoint.unary(KubeletMethod.getDevicePluginOptions, Empty().encoded())
      state.withLock { state in
        state.endpoints[info.name] = Endpoint(socket: path)
        state.streams.append(endpoint.descriptor)
      }
      _ = try registration.unary(
        KubeletMethod.notifyRegistrationStatus, RegistrationStatus(isRegistered: true).encoded())
      try endpoint.serverStream(KubeletMethod.listAndWatch, Empty().encoded()) { note($0, of: info.name) }
    } catch {
      state.withLock { if !$0.hasEnded { $0.failures.append("\(socket): \(error)") } }
    }
  }

  private func note(_ message: [UInt8], of resource: String) -> Bool {
    let moment = Clock.microseconds
    guard let list = try? ListAndWatchResponse(decoding: message) else { return false }
    state.withLock {
      $0.endpoints[resource]?.lists.append(List(moment: moment, devices: list.devices.map(\.id)))
    }
    changed.signal()
    return true
  }

  private func decoded<Message: WireMessage>(_ bytes: [UInt8]) throws(BenchmarkError) -> Message {
    do throws(CodecError) { return try Message(decoding: bytes) } catch { throw BenchmarkError("\(error)") }
  }
}
