import CKubeletAPI

extension ListPodResourcesRequest: Recorded {
  func fill(_ record: inout Podresources__ListPodResourcesRequest, in arena: Arena) {}

  init(
    _ record: Podresources__ListPodResourcesRequest, _ fields: FieldReader<Podresources__ListPodResourcesRequest>
  ) {}
}

extension ListPodResourcesResponse: Recorded {
  func fill(_ record: inout Podresources__ListPodResourcesResponse, in arena: Arena) {
    (record.n_pod_resources, record.pod_resources) = arena.messages(pods)
  }

  init(
    _ record: Podresources__ListPodResourcesResponse, _ fields: FieldReader<Podresources__ListPodResourcesResponse>
  ) throws(CodecError) {
    self.init(pods: try fields.messages(record.n_pod_resources, record.pod_resources))
  }
}

extension GetPodResourcesRequest: Recorded {
  func fill(_ record: inout Podresources__GetPodResourcesRequest, in arena: Arena) {
    record.pod_name = arena.text(name)
    record.pod_namespace = arena.text(namespace)
  }

  init(
    _ record: Podresources__GetPodResourcesRequest, _ fields: FieldReader<Podresources__GetPodResourcesRequest>
  ) throws(CodecError) {
    self.init(
      name: try fields.text(record.pod_name, "pod_name"),
      namespace: try fields.text(record.pod_namespace, "pod_namespace"))
  }
}

extension GetPodResourcesResponse: Recorded {
  func fill(_ record: inout Podresources__GetPodResourcesResponse, in arena: Arena) {
    record.pod_resources = arena.message(pod)
  }

  init(
    _ record: Podresources__GetPodResourcesResponse, _ fields: FieldReader<Podresources__GetPodResourcesResponse>
  ) throws(CodecError) {
    self.init(pod: try fields.message(record.pod_resources))
  }
}

extension PodResources: Recorded {
  func fill(_ record: inout Podresources__PodResources, in arena: Arena) {
    record.name = arena.text(name)
    record.namespace_ = arena.text(namespace)
    (record.n_containers, record.containers) = arena.messages(containers)
  }

  init(_ record: Podresources__PodResources, _ fields: FieldReader<Podresources__PodResources>) throws(CodecError) {
    self.init(
      name: try fields.text(record.name, "name"), namespace: try fields.text(record.namespace_, "namespace"),
      containers: try fields.messages(record.n_containers, record.containers))
  }
}

extension PodResources.Container: Recorded {
  func fill(_ record: inout Podresources__ContainerResources, in arena: Arena) {
    record.name = arena.text(name)
    (record.n_devices, record.devices) = arena.messages(devices)
    (record.n_dynamic_resources, record.dynamic_resources) = arena.messages(claims)
  }

  init(
    _ record: Podresources__ContainerResources, _ fields: FieldReader<Podresources__ContainerResources>
  ) throws(CodecError) {
    self.init(
      name: try fields.text(record.name, "name"), devices: try fields.messages(record.n_devices, record.devices),
      claims: try fields.messages(record.n_dynamic_resources, record.dynamic_resources))
  }
}

extension PodResources.Claim: Recorded {
  func fill(_ record: inout Podresources__DynamicResource, in arena: Arena) {
    record.claim_name = arena.text(name)
    record.claim_namespace = arena.text(namespace)
    (record.n_claim_resources, record.claim_resources) = arena.messages(devices)
  }

  init(
    _ record: Podresources__DynamicResource, _ fields: FieldReader<Podresources__DynamicResource>
  ) throws(CodecError) {
    self.init(
      name: try fields.text(record.claim_name, "claim_name"),
      namespace: try fields.text(record.claim_namespace, "claim_namespace"),
      devices: try fields.messages(record.n_claim_resources, record.claim_resources))
  }
}

extension PodResources.ClaimedDevice: Recorded {
  func fill(_ record: inout Podresources__ClaimResource, in arena: Arena) {
    record.driver_name = arena.text(driver)
    record.pool_name = arena.text(pool)
    record.device_name = arena.text(device)
    (record.n_cdi_devices, record.cdi_devices) = arena.records(cdiNames) { $1.name = arena.text($0) }
  }

  init(_ record: Podresources__ClaimResource, _ fields: FieldReader<Podresources__ClaimResource>) throws(CodecError) {
    self.init(
      driver: try fields.text(record.driver_name, "driver_name"), pool: try fields.text(record.pool_name, "pool_name"),
      device: try fields.text(record.device_name, "device_name"),
      cdiNames: try fields.records(record.n_cdi_devices, record.cdi_devices) { (name, fields) throws(CodecError) in
        try fields.text(name.name, "name")
      })
  }
}

extension PodResources.Devices: Recorded {
  func fill(_ record: inout Podresources__ContainerDevices, in arena: Arena) {
    record.resource_name = arena.text(resourceName)
    (record.n_device_ids, record.device_ids) = arena.texts(ids)
    record.topology = numaNodes.map { nodes in
      arena.record { (topology: inout Podresources__TopologyInfo) in
        (topology.n_nodes, topology.nodes) = arena.records(nodes) { $1.id = Int64($0) }
      }
    }
  }

  init(
    _ record: Podresources__ContainerDevices, _ fields: FieldReader<Podresources__ContainerDevices>
  ) throws(CodecError) {
    self.init(
      resourceName: try fields.text(record.resource_name, "resource_name"),
      ids: try fields.texts(record.n_device_ids, record.device_ids, "device_ids"),
      numaNodes: try record.topology.map { (topology) throws(CodecError) in
        try fields.records(topology.pointee.n_nodes, topology.pointee.nodes) { node, _ in Int(node.id) }
      })
  }
}
