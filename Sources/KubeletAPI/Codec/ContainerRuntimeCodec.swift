import CKubeletAPI

extension PodSandboxMetadata: Recorded {
  func fill(_ record: inout Cri__PodSandboxMetadata, in arena: Arena) {
    record.name = arena.text(name)
    record.uid = arena.text(uid)
    record.namespace_ = arena.text(namespace)
    record.attempt = attempt
  }

  init(_ record: Cri__PodSandboxMetadata, _ fields: FieldReader<Cri__PodSandboxMetadata>) throws(CodecError) {
    self.init(
      name: try fields.text(record.name, "name"), uid: try fields.text(record.uid, "uid"),
      namespace: try fields.text(record.namespace_, "namespace"), attempt: record.attempt)
  }
}

extension PodSandboxFilter: Recorded {
  func fill(_ record: inout Cri__PodSandboxFilter, in arena: Arena) {
    record.id = arena.text(id)
    record.state = state.map { state in
      arena.record { $0.state = Cri__PodSandboxState(rawValue: state.rawValue) }
    }
    (record.n_label_selector, record.label_selector) = arena.map(labels)
  }

  init(_ record: Cri__PodSandboxFilter, _ fields: FieldReader<Cri__PodSandboxFilter>) throws(CodecError) {
    self.init(
      id: try fields.text(record.id, "id"),
      state: record.state.map { PodSandboxState(rawValue: $0.pointee.state.rawValue) },
      labels: try fields.map(record.n_label_selector, record.label_selector, "label_selector"))
  }
}

extension ListPodSandboxRequest: Recorded {
  func fill(_ record: inout Cri__ListPodSandboxRequest, in arena: Arena) {
    record.filter = arena.message(filter)
  }

  init(_ record: Cri__ListPodSandboxRequest, _ fields: FieldReader<Cri__ListPodSandboxRequest>) throws(CodecError) {
    self.init(filter: try fields.message(record.filter))
  }
}

extension ListPodSandboxResponse: Recorded {
  func fill(_ record: inout Cri__ListPodSandboxResponse, in arena: Arena) {
    (record.n_items, record.items) = arena.messages(sandboxes)
  }

  init(_ record: Cri__ListPodSandboxResponse, _ fields: FieldReader<Cri__ListPodSandboxResponse>) throws(CodecError) {
    self.init(sandboxes: try fields.messages(record.n_items, record.items))
  }
}

extension PodSandbox: Recorded {
  func fill(_ record: inout Cri__PodSandbox, in arena: Arena) {
    record.id = arena.text(id)
    record.metadata = arena.message(metadata)
    record.state = Cri__PodSandboxState(rawValue: state.rawValue)
    record.created_at = createdAt
    (record.n_labels, record.labels) = arena.map(labels)
    (record.n_annotations, record.annotations) = arena.map(annotations)
    record.runtime_handler = arena.text(runtimeHandler)
  }

  init(_ record: Cri__PodSandbox, _ fields: FieldReader<Cri__PodSandbox>) throws(CodecError) {
    self.init(
      id: try fields.text(record.id, "id"), metadata: try fields.message(record.metadata),
      state: PodSandboxState(rawValue: record.state.rawValue), createdAt: record.created_at,
      labels: try fields.map(record.n_labels, record.labels, "labels"),
      annotations: try fields.map(record.n_annotations, record.annotations, "annotations"),
      runtimeHandler: try fields.text(record.runtime_handler, "runtime_handler"))
  }
}

extension PodSandboxStatusRequest: Recorded {
  func fill(_ record: inout Cri__PodSandboxStatusRequest, in arena: Arena) {
    record.pod_sandbox_id = arena.text(id)
    record.verbose = isVerbose ? 1 : 0
  }

  init(
    _ record: Cri__PodSandboxStatusRequest, _ fields: FieldReader<Cri__PodSandboxStatusRequest>
  ) throws(CodecError) {
    self.init(id: try fields.text(record.pod_sandbox_id, "pod_sandbox_id"), isVerbose: record.verbose != 0)
  }
}

extension PodSandboxStatusResponse: Recorded {
  func fill(_ record: inout Cri__PodSandboxStatusResponse, in arena: Arena) {
    record.status = arena.message(status)
    (record.n_info, record.info) = arena.map(info)
  }

  init(
    _ record: Cri__PodSandboxStatusResponse, _ fields: FieldReader<Cri__PodSandboxStatusResponse>
  ) throws(CodecError) {
    self.init(
      status: try fields.message(record.status), info: try fields.map(record.n_info, record.info, "info"))
  }
}

extension PodSandboxStatus: Recorded {
  func fill(_ record: inout Cri__PodSandboxStatus, in arena: Arena) {
    record.id = arena.text(id)
    record.metadata = arena.message(metadata)
    record.state = Cri__PodSandboxState(rawValue: state.rawValue)
    record.created_at = createdAt
    record.linux_status = namespaces.map { options in
      arena.record { status in
        status.namespaces = arena.record { $0.options = arena.message(options) }
      }
    }
    (record.n_labels, record.labels) = arena.map(labels)
    (record.n_annotations, record.annotations) = arena.map(annotations)
    record.runtime_handler = arena.text(runtimeHandler)
  }

  init(_ record: Cri__PodSandboxStatus, _ fields: FieldReader<Cri__PodSandboxStatus>) throws(CodecError) {
    self.init(
      id: try fields.text(record.id, "id"), metadata: try fields.message(record.metadata),
      state: PodSandboxState(rawValue: record.state.rawValue), createdAt: record.created_at,
      namespaces: try fields.message(record.linux_status?.pointee.namespaces?.pointee.options),
      labels: try fields.map(record.n_labels, record.labels, "labels"),
      annotations: try fields.map(record.n_annotations, record.annotations, "annotations"),
      runtimeHandler: try fields.text(record.runtime_handler, "runtime_handler"))
  }
}

extension NamespaceOption: Recorded {
  func fill(_ record: inout Cri__NamespaceOption, in arena: Arena) {
    record.network = Cri__NamespaceMode(rawValue: network.rawValue)
    record.pid = Cri__NamespaceMode(rawValue: pid.rawValue)
    record.ipc = Cri__NamespaceMode(rawValue: ipc.rawValue)
    record.target_id = arena.text(targetID)
  }

  init(_ record: Cri__NamespaceOption, _ fields: FieldReader<Cri__NamespaceOption>) throws(CodecError) {
    self.init(
      network: NamespaceMode(rawValue: record.network.rawValue), pid: NamespaceMode(rawValue: record.pid.rawValue),
      ipc: NamespaceMode(rawValue: record.ipc.rawValue), targetID: try fields.text(record.target_id, "target_id"))
  }
}
