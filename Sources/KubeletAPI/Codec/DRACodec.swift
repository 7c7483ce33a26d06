import CKubeletAPI

extension ClaimList: Recorded {
  func fill(_ record: inout Dra__ClaimList, in arena: Arena) {
    (record.n_claims, record.claims) = arena.records(claims) { (claim, record: inout Dra__Claim) in
      record.namespace_ = arena.text(claim.namespace)
      record.uid = arena.text(claim.uid)
      record.name = arena.text(claim.name)
    }
  }

  init(_ record: Dra__ClaimList, _ fields: FieldReader<Dra__ClaimList>) throws(CodecError) {
    self.init(
      claims: try fields.records(record.n_claims, record.claims) { (claim, fields) throws(CodecError) in
        ClaimReference(
          namespace: try fields.text(claim.namespace_, "namespace"), uid: try fields.text(claim.uid, "uid"),
          name: try fields.text(claim.name, "name"))
      })
  }
}

extension PreparedClaims: Recorded {
  func fill(_ record: inout Dra__NodePrepareResourcesResponse, in arena: Arena) {
    (record.n_claims, record.claims) = arena.records(claims) { (claim, record: inout Dra__PreparedEntry) in
      record.key = arena.text(claim.uid)
      record.value = arena.record { (value: inout Dra__NodePrepareResourceResponse) in
        value.error = arena.text(claim.error)
        (value.n_devices, value.devices) = arena.messages(claim.devices)
      }
    }
  }

  init(
    _ record: Dra__NodePrepareResourcesResponse, _ fields: FieldReader<Dra__NodePrepareResourcesResponse>
  ) throws(CodecError) {
    self.init(
      claims: try fields.records(record.n_claims, record.claims) { (entry, fields) throws(CodecError) in
        var claim = PreparedClaim(uid: try fields.text(entry.key, "key"))
        guard let value = entry.value?.pointee else { return claim }
        let own = FieldReader<Dra__NodePrepareResourceResponse>()
        claim.devices = try own.messages(value.n_devices, value.devices)
        claim.error = try own.text(value.error, "error")
        return claim
      })
  }
}

extension PreparedDevice: Recorded {
  func fill(_ record: inout Dra__Device, in arena: Arena) {
    (record.n_request_names, record.request_names) = arena.texts(requests)
    record.pool_name = arena.text(pool)
    record.device_name = arena.text(device)
    (record.n_cdi_device_ids, record.cdi_device_ids) = arena.texts(cdiNames)
    record.share_id = arena.text(share)
  }

  init(_ record: Dra__Device, _ fields: FieldReader<Dra__Device>) throws(CodecError) {
    self.init(
      requests: try fields.texts(record.n_request_names, record.request_names, "request_names"),
      pool: try fields.text(record.pool_name, "pool_name"), device: try fields.text(record.device_name, "device_name"),
      cdiNames: try fields.texts(record.n_cdi_device_ids, record.cdi_device_ids, "cdi_device_ids"),
      share: try fields.text(record.share_id, "share_id"))
  }
}

extension UnpreparedClaims: Recorded {
  func fill(_ record: inout Dra__NodeUnprepareResourcesResponse, in arena: Arena) {
    (record.n_claims, record.claims) = arena.records(claims) { (claim, record: inout Dra__UnpreparedEntry) in
      record.key = arena.text(claim.uid)
      record.value = arena.record { (value: inout Dra__NodeUnprepareResourceResponse) in
        value.error = arena.text(claim.error)
      }
    }
  }

  init(
    _ record: Dra__NodeUnprepareResourcesResponse, _ fields: FieldReader<Dra__NodeUnprepareResourcesResponse>
  ) throws(CodecError) {
    self.init(
      claims: try fields.records(record.n_claims, record.claims) { (entry, fields) throws(CodecError) in
        var claim = UnpreparedClaim(uid: try fields.text(entry.key, "key"))
        guard let value = entry.value?.pointee else { return claim }
        claim.error = try FieldReader<Dra__NodeUnprepareResourceResponse>().text(value.error, "error")
        return claim
      })
  }
}

extension WatchHealthRequest: Recorded {
  func fill(_ record: inout Dra__NodeWatchResourcesRequest, in arena: Arena) {}

  init(_ record: Dra__NodeWatchResourcesRequest, _ fields: FieldReader<Dra__NodeWatchResourcesRequest>) {}
}

extension DeviceHealthList: Recorded {
  func fill(_ record: inout Dra__NodeWatchResourcesResponse, in arena: Arena) {
    (record.n_devices, record.devices) = arena.messages(devices)
  }

  init(
    _ record: Dra__NodeWatchResourcesResponse, _ fields: FieldReader<Dra__NodeWatchResourcesResponse>
  ) throws(CodecError) {
    self.init(devices: try fields.messages(record.n_devices, record.devices))
  }
}

extension DRADeviceHealth: Recorded {
  func fill(_ record: inout Dra__DeviceHealth, in arena: Arena) {
    record.device = arena.record { (identifier: inout Dra__DeviceIdentifier) in
      identifier.pool_name = arena.text(pool)
      identifier.device_name = arena.text(device)
    }
    record.health = Int32(status.rawValue)
    record.last_updated_time = Int64(updated)
    record.health_check_timeout_seconds = Int64(timeout)
    record.message = arena.text(message)
  }

  init(_ record: Dra__DeviceHealth, _ fields: FieldReader<Dra__DeviceHealth>) throws(CodecError) {
    let identifier = FieldReader<Dra__DeviceIdentifier>()
    self.init(
      pool: try record.device.map { (device) throws(CodecError) in
        try identifier.text(device.pointee.pool_name, "pool_name")
      } ?? "",
      device: try record.device.map { (device) throws(CodecError) in
        try identifier.text(device.pointee.device_name, "device_name")
      } ?? "", status: Status(rawValue: Int(record.health)) ?? .unknown, updated: Int(record.last_updated_time),
      timeout: Int(record.health_check_timeout_seconds), message: try fields.text(record.message, "message"))
  }
}
