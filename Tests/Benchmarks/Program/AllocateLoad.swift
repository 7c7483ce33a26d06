import KubeletAPI
import Synchronization

/// Callers that allocate as fast as they are answered, each on a connection of its own.
struct AllocateLoad {
  let socket: String
  let devices: [String]
  /// Devices of one request.
  let each: Int
  let callers: Int
  /// Of each caller.
  let calls: Int

  private struct Outcome {
    var times: [Int] = []
    var failure: BenchmarkError?
  }

  /// Nanoseconds of every call.
  func run() throws(BenchmarkError) -> [Int] {
    let shared = SharedOutcome()
    let threads = (0..<callers).map { caller in
      WorkerThread { [self] in
        do throws(BenchmarkError) {
          let times = try call(from: caller)
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

  /// Successive devices from another place for each caller; 37 has no divisor in common with the pools' sizes.
  private func call(from caller: Int) throws(BenchmarkError) -> [Int] {
    let requests = (0..<calls).map { call in
      let first = (caller * calls + call) * 37
      return AllocateRequest(containers: [(0..<each).map { devices[(first + $0) % devices.count] }]).encoded()
    }
    let connection = try WireConnection(socket)
    _ = try connection.unary(KubeletMethod.getDevicePluginOptions, Empty().encoded())
    var times: [Int] = []
    times.reserveCapacity(calls)
    for request in requests {
      let began = Clock.nanoseconds
      _ = try connection.unary(KubeletMethod.allocate, request)
      times.append(Clock.nanoseconds - began)
    }
    return times
  }
}
