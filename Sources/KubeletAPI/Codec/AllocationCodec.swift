import CKubeletAPI

extension PreferredAllocationRequest: Recorded {
  func fill(_ record: inout Deviceplugin__PreferredAllocationRequest, in arena: Arena) {
    (record.n_container_requests, record.container_requests) = arena.messages(containers)
  }

  init(
    _ record: Deviceplugin__PreferredAllocationRequest,
    _ fields: FieldReader<Deviceplugin__PreferredAllocationRequest>
  ) throws(CodecError) {
    self.init(containers: try fields.messages(record.n_container_requests, record.container_requests))
  }
}

extension PreferredAllocationRequest.Container: Recorded {
  func fill(_ record: inout Deviceplugin__ContainerPreferredAllocationRequest, in arena: Arena) {
    (record.n_available_deviceids, record.available_deviceids) = arena.texts(available)
    (record.n_must_include_deviceids, record.must_include_deviceids) = arena.texts(mustInclude)
    record.allocation_size = Int32(clamping: size)
  }

  init(
    _ record: Deviceplugin__ContainerPreferredAllocationRequest,
    _ fields: FieldReader<Deviceplugin__ContainerPreferredAllocationRequest>
  ) throws(CodecError) {
    self.init(
      available: try fields.texts(
        record.n_available_deviceids, record.available_deviceids, "available_deviceIDs"),
      mustInclude: try fields.texts(
        record.n_must_include_deviceids, record.must_include_deviceids, "must_include_deviceIDs"),
      size: Int(record.allocation_size))
  }
}

extension PreferredAllocationResponse: Recorded {
  func fill(_ record: inout Deviceplugin__PreferredAllocationResponse, in arena: Arena) {
    (record.n_container_responses, record.container_responses) = arena.records(containers) { ids, container in
      (container.n_deviceids, container.deviceids) = arena.texts(ids)
    }
  }

  init(
    _ record: Deviceplugin__PreferredAllocationResponse,
    _ fields: FieldReader<Deviceplugin__PreferredAllocationResponse>
  ) throws(CodecError) {
    self.init(
      containers: try fields.records(record.n_container_responses, record.container_responses) {
        (container, fields) throws(CodecError) in
        try fields.texts(container.n_deviceids, container.deviceids, "deviceIDs")
      })
  }
}

extension AllocateRequest: Recorded {
  func fill(_ record: inout Deviceplugin__AllocateRequest, in arena: Arena) {
    (record.n_container_requests, record.container_requests) = arena.records(containers) { ids, container in
      (container.n_devices_ids, container.devices_ids) = arena.texts(ids)
    }
  }

  init(
    _ record: Deviceplugin__AllocateRequest, _ fields: FieldReader<Deviceplugin__AllocateRequest>
  ) throws(CodecError) {
    self.init(
      containers: try fields.records(record.n_container_requests, record.container_requests) {
        (container, fields) throws(CodecError) in
        try fields.texts(container.n_devices_ids, container.devices_ids, "devices_ids")
      })
  }
}

extension AllocateResponse: Recorded {
  func fill(_ record: inout Deviceplugin__AllocateResponse, in arena: Arena) {
    (record.n_container_responses, record.container_responses) = arena.messages(containers)
  }

  init(
    _ record: Deviceplugin__AllocateResponse, _ fields: FieldReader<Deviceplugin__AllocateResponse>
  ) throws(CodecError) {
    self.init(containers: try fields.messages(record.n_container_responses, record.container_responses))
  }
}

extension ContainerAllocateResponse: Recorded {
  func fill(_ record: inout Deviceplugin__ContainerAllocateResponse, in arena: Arena) {
    (record.n_envs, record.envs) = arena.map(environment)
    (record.n_mounts, record.mounts) = arena.messages(mounts)
    (record.n_devices, record.devices) = arena.messages(devices)
    (record.n_annotations, record.annotations) = arena.map(annotations)
    (record.n_cdi_devices, record.cdi_devices) = arena.records(cdiDevices) { $1.name = arena.text($0) }
  }

  init(
    _ record: Deviceplugin__ContainerAllocateResponse,
    _ fields: FieldReader<Deviceplugin__ContainerAllocateResponse>
  ) throws(CodecError) {
    self.init(
      environment: try fields.map(record.n_envs, record.envs, "envs"),
      mounts: try fields.messages(record.n_mounts, record.mounts),
      devices: try fields.messages(record.n_devices, record.devices),
      annotations: try fields.map(record.n_annotations, record.annotations, "annotations"),
      cdiDevices: try fields.records(record.n_cdi_devices, record.cdi_devices) {
        (device, fields) throws(CodecError) in
        try fields.text(device.name, "name")
      })
  }
}

extension ContainerAllocateResponse.Mount: Recorded {
  func fill(_ record: inout Deviceplugin__Mount, in arena: Arena) {
    record.container_path = arena.text(containerPath)
    record.host_path = arena.text(hostPath)
    record.read_only = isReadOnly ? 1 : 0
  }

  init(_ record: Deviceplugin__Mount, _ fields: FieldReader<Deviceplugin__Mount>) throws(CodecError) {
    self.init(
      containerPath: try fields.text(record.container_path, "container_path"),
      hostPath: try fields.text(record.host_path, "host_path"), isReadOnly: record.read_only != 0)
  }
}

extension ContainerAllocateResponse.Device: Recorded {
  func fill(_ record: inout Deviceplugin__DeviceSpec, in arena: Arena) {
    record.container_path = arena.text(containerPath)
    record.host_path = arena.text(hostPath)
    record.permissions = arena.text(permissions)
  }

  init(_ record: Deviceplugin__DeviceSpec, _ fields: FieldReader<Deviceplugin__DeviceSpec>) throws(CodecError) {
    self.init(
      containerPath: try fields.text(record.container_path, "container_path"),
      hostPath: try fields.text(record.host_path, "host_path"),
      permissions: try fields.text(record.permissions, "permissions"))
  }
}
