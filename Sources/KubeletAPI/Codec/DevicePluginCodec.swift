import CKubeletAPI

extension Empty: Recorded {
  func fill(_ record: inout Deviceplugin__Empty, in arena: Arena) {}

  init(_ record: Deviceplugin__Empty, _ fields: FieldReader<Deviceplugin__Empty>) {}
}

extension DevicePluginOptions: Recorded {
  func fill(_ record: inout Deviceplugin__DevicePluginOptions, in arena: Arena) {
    record.pre_start_required = preStartRequired ? 1 : 0
    record.get_preferred_allocation_available = preferredAllocationAvailable ? 1 : 0
  }

  init(_ record: Deviceplugin__DevicePluginOptions, _ fields: FieldReader<Deviceplugin__DevicePluginOptions>) {
    self.init(
      preStartRequired: record.pre_start_required != 0,
      preferredAllocationAvailable: record.get_preferred_allocation_available != 0)
  }
}

extension RegisterRequest: Recorded {
  func fill(_ record: inout Deviceplugin__RegisterRequest, in arena: Arena) {
    record.version = arena.text(version)
    record.endpoint = arena.text(endpoint)
    record.resource_name = arena.text(resourceName)
    record.options = arena.message(options)
  }

  init(
    _ record: Deviceplugin__RegisterRequest, _ fields: FieldReader<Deviceplugin__RegisterRequest>
  ) throws(CodecError) {
    self.init(
      version: try fields.text(record.version, "version"), endpoint: try fields.text(record.endpoint, "endpoint"),
      resourceName: try fields.text(record.resource_name, "resource_name"),
      options: try fields.message(record.options))
  }
}

extension ListAndWatchResponse: Recorded {
  func fill(_ record: inout Deviceplugin__ListAndWatchResponse, in arena: Arena) {
    (record.n_devices, record.devices) = arena.messages(devices)
  }

  init(
    _ record: Deviceplugin__ListAndWatchResponse, _ fields: FieldReader<Deviceplugin__ListAndWatchResponse>
  ) throws(CodecError) {
    self.init(devices: try fields.messages(record.n_devices, record.devices))
  }
}

extension PluginDevice: Recorded {
  func fill(_ record: inout Deviceplugin__Device, in arena: Arena) {
    record.id = arena.text(id)
    record.health = arena.text(health)
    record.topology = numaNodes.map { nodes in
      arena.record { (topology: inout Deviceplugin__TopologyInfo) in
        (topology.n_nodes, topology.nodes) = arena.records(nodes) { $1.id = Int64($0) }
      }
    }
  }

  init(_ record: Deviceplugin__Device, _ fields: FieldReader<Deviceplugin__Device>) throws(CodecError) {
    self.init(
      id: try fields.text(record.id, "ID"), health: try fields.text(record.health, "health"),
      numaNodes: try record.topology.map { (topology) throws(CodecError) in
        try fields.records(topology.pointee.n_nodes, topology.pointee.nodes) { node, _ in Int(node.id) }
      })
  }
}

extension PreStartContainerRequest: Recorded {
  func fill(_ record: inout Deviceplugin__PreStartContainerRequest, in arena: Arena) {
    (record.n_devices_ids, record.devices_ids) = arena.texts(deviceIDs)
  }

  init(
    _ record: Deviceplugin__PreStartContainerRequest, _ fields: FieldReader<Deviceplugin__PreStartContainerRequest>
  ) throws(CodecError) {
    self.init(deviceIDs: try fields.texts(record.n_devices_ids, record.devices_ids, "devices_ids"))
  }
}

extension PreStartContainerResponse: Recorded {
  func fill(_ record: inout Deviceplugin__PreStartContainerResponse, in arena: Arena) {}

  init(
    _ record: Deviceplugin__PreStartContainerResponse, _ fields: FieldReader<Deviceplugin__PreStartContainerResponse>
  ) {}
}
