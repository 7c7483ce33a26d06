/// One UB device and a container that has it; without a container, the texts are empty.
public struct UBDeviceUse: Sendable, Equatable {
  public let resource: String
  public let device: String
  public let kernelNames: [String]
  public let eids: [String]
  public var namespace: String
  public var pod: String
  public var container: String

  public init(
    resource: String, device: String, kernelNames: [String], eids: [String], namespace: String = "", pod: String = "",
    container: String = ""
  ) {
    self.resource = resource
    self.device = device
    self.kernelNames = kernelNames
    self.eids = eids
    self.namespace = namespace
    self.pod = pod
    self.container = container
  }
}
