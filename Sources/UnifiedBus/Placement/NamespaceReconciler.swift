import Logging
import ResourcePools

/// Moves the UB devices of running pods again, at an interval and after kernel events.
///
/// Some kernels move every UB device back to the host when any network namespace of the node is deleted.
public actor NamespaceReconciler {
  private let placement: UBPlacement
  private let log: Logger
  private var pools: [PoolConfig] = []
  /// Problems that were logged; each is logged again only after it was gone.
  private var told: Set<String> = []
  private let signal: AsyncStream<Void>.Continuation
  private let signals: AsyncStream<Void>
  private var clock: Task<Void, Never>?
  private var worker: Task<Void, Never>?

  /// The shortest time between two rounds: kernel events usually come in groups.
  private static let rest = Duration.seconds(1)

  init(placement: UBPlacement, log: Logger) {
    self.placement = placement
    self.log = log
    (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  /// Applies a configuration: the pools whose devices are moved, and the shortest of their intervals. A pool with
  /// interval 0 is left out.
  func follow(_ config: PluginConfig) {
    pools = config.pools.filter { ($0.networkNamespace?.reconcileSeconds ?? 0) > 0 }
    clock?.cancel()
    clock = nil
    guard let seconds = pools.compactMap({ $0.networkNamespace?.reconcileSeconds }).min() else { return }
    clock = Task { [signal] in
      repeat { signal.yield() } while (try? await Task.sleep(for: .seconds(seconds))) != nil
    }
    guard worker == nil else { return }
    worker = Task { [weak self, signals] in
      for await _ in signals {
        await self?.assertAgain()
        guard (try? await Task.sleep(for: Self.rest)) != nil else { return }
      }
    }
  }

  /// Requests a round, which starts within a second, and does not wait for it.
  public nonisolated func soon() { signal.yield() }

  func stop() {
    clock?.cancel()
    worker?.cancel()
    signal.finish()
  }

  private func assertAgain() async {
    guard !pools.isEmpty else { return }
    let problems = Set(await placement.assertAgain(pools))
    for problem in problems.subtracting(told).sorted() {
      log.warning("a UB device could not be kept in its pod", metadata: ["err": "\(problem)"])
    }
    told = problems
  }
}
