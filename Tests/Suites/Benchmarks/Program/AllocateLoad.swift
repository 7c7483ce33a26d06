import Glibc
import KubeletAPI
import Synchronization

/// Callers that allocate as fast as they are answered, each on a connection of its own.
///
/// No device is asked for by two at a time, as kubelet never does; a small pool has fewer callers for that.
struct AllocateLoad {
  let socket: String
  let devices: [String]
  /// Devices of one request.
  let each: Int
  let callers: Int
  /// Of each caller.
  let calls: Int
  /// Microseconds between an answer and the next call: kubelet starts one pod after the other, and the plugin sleeps in
  /// between.
  let pause: Int

  private struct Outcome {
    var times: [Int] = []
    var failure: BenchmarkError?
  }

  /// Nanoseconds of every call.
  func run() throws(BenchmarkError) -> [Int] {
    let shared = SharedOutcome()
    let callers = max(1, min(callers, devices.count / each))
    let threads = (0..<callers).map { caller in
      WorkerThread { [self] in
        do throws(BenchmarkError) {
          let times = try call(from: caller, of: callers)
          shared.value.withLock { $0.times += times }
        } catch {
          shared.value.withLock { $0.failure = error }
        }
      }
    }
    for thread in threads { thread.join() }
    let outcome = shared.value.withLock { $0 }
    if let failure = outcome.failure { throw failure }
    return outcome.times
  }

  private final class SharedOutcome: Sendable {
    let value = Mutex(Outcome())
  }

  /// Successive devices of the caller's own share.
  private func call(from caller: Int, of callers: Int) throws(BenchmarkError) -> [Int] {
    let own = Array(devices[(caller * devices.count / callers)..<((caller + 1) * devices.count / callers)])
    let requests = (0..<calls).map { call in
      AllocateRequest(containers: [(0..<each).map { own[(call * each + $0) % own.count] }]).encoded()
    }
    let connection = try WireConnection(socket)
    _ = try connection.unary(KubeletMethod.getDevicePluginOptions, Empty().encoded())
    var times: [Int] = []
    times.reserveCapacity(calls)
    for request in requests {
      let began = Clock.nanoseconds
      _ = try connection.unary(KubeletMethod.allocate, request)
      times.append(Clock.nanoseconds - began)
      if pause > 0 { usleep(UInt32(pause)) }
    }
    return times
  }
}
