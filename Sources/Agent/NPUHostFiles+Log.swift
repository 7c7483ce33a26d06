import Effects
import Logging
import ResourcePools

extension NPUHostFiles {
  /// Logs what prevents containers from using the host's NPU tools. It does not wait, because a tool may be slow and
  /// endpoints open meanwhile.
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
