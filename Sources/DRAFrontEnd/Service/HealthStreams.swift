import GRPC
import Glibc
import KubeletAPI
import ResourcePools
import Synchronization

/// kubelet's streams with the health of devices, which kubelet shows in the status of pods with claims.
final class HealthStreams: Sendable {
  private struct State {
    var list: [DRADeviceHealth] = []
    var signals: [Int: AsyncStream<Void>.Continuation] = [:]
    var last = 0
  }

  private let state = Mutex(State())

  /// The seconds after which kubelet takes a device's health as unknown, e.g. when the daemon hangs.
  private static let timeout = 300
  /// The pause after which an unchanged list is sent again; shorter than `timeout`.
  private static let pause = Duration.seconds(100)

  /// Sets the pools whose devices are reported.
  func tell(_ pools: [OfferedPool]) {
    let list = pools.flatMap(\.health)
    state.withLock { state in
      guard list != state.list else { return }
      state.list = list
      for signal in state.signals.values { signal.yield() }
    }
  }

  func stop() {
    let signals = state.withLock { state in
      defer { state.signals = [:] }
      return state.signals
    }
    for signal in signals.values { signal.finish() }
  }

  /// Sends the list now and after each change, until kubelet or the daemon ends the stream.
  func serve(_ stream: ResponseStream) async throws(RPCStatus) {
    // Only the newest list counts, so a slow kubelet holds one message and no queue.
    let (changes, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state in
      state.last += 1
      state.signals[state.last] = signal
      return state.last
    }
    let clock = Task {
      while (try? await Task.sleep(for: Self.pause)) != nil { signal.yield() }
    }
    defer {
      clock.cancel()
      _ = state.withLock { $0.signals.removeValue(forKey: number) }
    }
    signal.yield()
    for await _ in changes {
      let now = time(nil)
      let list = state.withLock { $0.list }.map { $0.updated(at: now, timeout: Self.timeout) }
      try await stream.send(ByteBuffer(DeviceHealthList(devices: list).encoded()))
    }
  }
}

extension OfferedPool {
  /// The health of the devices, without times.
  fileprivate var health: [DRADeviceHealth] {
    published.devices.map { entry in
      var health = DRADeviceHealth(
        pool: published.name, device: entry.device.name, status: .healthy, updated: 0, timeout: 0, message: "")
      if case .unhealthy(let reason)? = pool[entry.unit]?.health {
        health.status = .unhealthy
        // Kubelet cuts what is longer than 1024 bytes.
        health.message = String(reason.prefix(256))
      }
      return health
    }
  }
}

extension DRADeviceHealth {
  fileprivate func updated(at seconds: Int, timeout: Int) -> DRADeviceHealth {
    var copy = self
    copy.updated = seconds
    copy.timeout = timeout
    return copy
  }
}
