import CKubeletAPI

extension InfoRequest: Recorded {
  func fill(_ record: inout Pluginregistration__InfoRequest, in arena: Arena) {}

  init(_ record: Pluginregistration__InfoRequest, _ fields: FieldReader<Pluginregistration__InfoRequest>) {}
}

extension PluginInfo: Recorded {
  func fill(_ record: inout Pluginregistration__PluginInfo, in arena: Arena) {
    record.type = arena.text(type)
    record.name = arena.text(name)
    record.endpoint = arena.text(endpoint)
    (record.n_supported_versions, record.supported_versions) = arena.texts(supportedVersions)
  }

  init(
    _ record: Pluginregistration__PluginInfo, _ fields: FieldReader<Pluginregistration__PluginInfo>
  ) throws(CodecError) {
    self.init(
      type: try fields.text(record.type, "type"), name: try fields.text(record.name, "name"),
      endpoint: try fields.text(record.endpoint, "endpoint"),
      supportedVersions: try fields.texts(
        record.n_supported_versions, record.supported_versions, "supported_versions"))
  }
}

extension RegistrationStatus: Recorded {
  func fill(_ record: inout Pluginregistration__RegistrationStatus, in arena: Arena) {
    record.plugin_registered = isRegistered ? 1 : 0
    record.error = arena.text(error)
  }

  init(
    _ record: Pluginregistration__RegistrationStatus, _ fields: FieldReader<Pluginregistration__RegistrationStatus>
  ) throws(CodecError) {
    self.init(isRegistered: record.plugin_registered != 0, error: try fields.text(record.error, "error"))
  }
}

extension RegistrationStatusResponse: Recorded {
  func fill(_ record: inout Pluginregistration__RegistrationStatusResponse, in arena: Arena) {}

  init(
    _ record: Pluginregistration__RegistrationStatusResponse,
    _ fields: FieldReader<Pluginregistration__RegistrationStatusResponse>
  ) {}
}
