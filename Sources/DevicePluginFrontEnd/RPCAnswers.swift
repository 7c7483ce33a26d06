import GRPC
import KubeletAPI
import ResourcePools

extension RPCStatus {
  /// The status that kubelet gets instead of an answer.
  init(_ error: AllocationError) {
    let code: Code =
      switch error {
      case .unknownUnit: .notFound
      case .unhealthyUnit, .missing, .apart: .failedPrecondition
      }
    self.init(code: code, message: error.description)
  }
}

extension ContainerAllocateResponse {
  init(_ allocation: Allocation) {
    self.init(
      environment: allocation.environment,
      mounts: allocation.mounts.map {
        .init(containerPath: $0.containerPath, hostPath: $0.hostPath, isReadOnly: $0.isReadOnly)
      },
      devices: allocation.nodes.map {
        .init(containerPath: $0.containerPath, hostPath: $0.hostPath, permissions: $0.permissions)
      },
      annotations: allocation.annotations, cdiDevices: allocation.cdiNames)
  }
}
