import Effects
import Logging
import ResourcePools

extension NPUHostFiles {
  /// Logs what keeps containers from the host's NPU tools. Does not wait: a tool may be asked, and endpoints open meanwhile.
  func report(obstaclesOf pools: [ResourcePool], to log: Logger) {
    Task {
      for obstacle in await obstacles(of: pools) {
        log.warning(
          "the host's NPU tools are missing",
          metadata: ["path": "\(obstacle.path)", "reason": "\(obstacle.reason)"])
      }
    }
  }
}
