import KubeletAPI

extension FuzzTarget {
  /// kubelet's messages; the first byte chooses which.
  static let kubeletMessages = messages(
    "kubelet-messages",
    [
      check(AllocateRequest.self), check(AllocateResponse.self), check(ContainerAllocateResponse.self),
      check(PreferredAllocationRequest.self), check(PreferredAllocationResponse.self),
      check(PreStartContainerRequest.self), check(PreStartContainerResponse.self), check(DevicePluginOptions.self),
      check(RegisterRequest.self), check(ListAndWatchResponse.self), check(Empty.self), check(InfoRequest.self),
      check(PluginInfo.self), check(RegistrationStatus.self), check(RegistrationStatusResponse.self),
    ])

  static let podResourcesMessages = messages(
    "pod-resources-messages",
    [
      check(ListPodResourcesRequest.self), check(ListPodResourcesResponse.self), check(GetPodResourcesRequest.self),
      check(GetPodResourcesResponse.self),
    ])

  /// kubelet's messages of Dynamic Resource Allocation.
  static let claimMessages = messages(
    "claim-messages",
    [
      check(ClaimList.self), check(PreparedClaims.self), check(UnpreparedClaims.self), check(WatchHealthRequest.self),
      check(DeviceHealthList.self),
    ])

  /// Messages of the container runtime interface.
  static let containerRuntimeMessages = messages(
    "container-runtime-messages",
    [
      check(ListPodSandboxRequest.self),
      check(ListPodSandboxResponse.self), check(PodSandboxStatusRequest.self), check(PodSandboxStatusResponse.self),
    ])

  private static func messages(
    _ name: String, _ checks: [@Sendable ([UInt8]) throws(Finding) -> Void]
  ) -> FuzzTarget {
    FuzzTarget(name) { bytes in
      var input = FuzzInput(bytes)
      try checks[input.choice(of: checks.count)](Array(input.rest))
    }
  }

  /// What is read is the same after it was written and read again.
  private static func check<Message: WireMessage>(
    _ type: Message.Type
  ) -> @Sendable ([UInt8]) throws(Finding) -> Void {
    { (bytes: [UInt8]) throws(Finding) in
      guard let message = try? Message(decoding: bytes) else { return }
      let encoded = message.encoded()
      let again = try? Message(decoding: encoded)
      try Finding.unless(again == message, "\(type) is another one after writing")
      try Finding.unless(again?.encoded() == encoded, "\(type) is written in two ways")
    }
  }
}
