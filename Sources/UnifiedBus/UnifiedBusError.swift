import KubeletState

/// Why a UB device can't be listed, allocated or moved to its pod.
enum UnifiedBusError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The UBS engine can't be connected to.
  case engineUnreachable(socket: String, reason: String)
  /// The connection broke before the reply was complete.
  case engineBroke(socket: String, request: String, reason: String)
  /// The reply was not complete within the time limit.
  case engineSilent(socket: String, request: String, limit: Duration)
  /// The engine answered with a status other than 0.
  case engineRefused(request: String, status: UInt32)
  /// The reply does not have the dialect's form.
  case malformedReply(dialect: EngineDialect, reason: String)
  /// No dialect was understood; one reason for each that was tried.
  case unknownDialect(socket: String, reasons: [String])
  /// The engine does not list a device of this name.
  case unknownDevice(name: String, socket: String)
  /// The engine names a kernel device that must not be allocated with this unit.
  case unusableAnswer(id: String, device: String, fault: AnswerFault)
  /// It is unknown which kernel devices a container got with a unit.
  case unknownHandout(id: String)
  /// A name or path that must not reach kubelet, a container or the kernel.
  case unsafe(what: String, text: String, expected: String)
  /// kubelet or the container runtime does not report which pod has the device.
  case kubelet(KubeletStateError)
  /// A file that should be a network namespace can't be opened, or is not one.
  case namespace(path: String, reason: String)
  /// A step from a device to its pod's network namespace failed.
  case placement(PlacementFailure)

  /// The label for counting: the failed step of a placement, or `other`.
  var stepName: String {
    if case .placement(let failure) = self { "\(failure.step)" } else { "other" }
  }

  /// Whether a repeated request may succeed soon, because the engine restarts or is busy.
  var isPassing: Bool {
    switch self {
    case .engineUnreachable, .engineBroke, .engineSilent, .malformedReply, .unknownDialect: true
    default: false
    }
  }

  var description: String {
    switch self {
    case .engineUnreachable(let socket, let reason): "\(socket): cannot connect to the UBS engine: \(reason)"
    case .engineBroke(let socket, let request, let reason): "\(socket): \(request): \(reason)"
    case .engineSilent(let socket, let request, let limit): "\(socket): no whole reply to \(request) within \(limit)"
    case .engineRefused(let request, let status):
      "the UBS engine refused \(request) with status \(status)\(EngineStatus.meaning(of: status).map { " (\($0))" } ?? "")"
    case .malformedReply(let dialect, let reason):
      "the UBS engine's reply is not of dialect \(dialect.rawValue): \(reason)"
    case .unknownDialect(let socket, let reasons):
      "\(socket): no dialect was understood: \(reasons.joined(separator: "; "))"
    case .unknownDevice(let name, let socket): "\(socket): the UBS engine lists no device \(name)"
    case .unusableAnswer(let id, let device, let fault):
      "the UBS engine names \(device) for \(id), \(fault.explanation)"
    case .unknownHandout(let id):
      "kubelet's checkpoint does not tell which kernel devices the container got with \(id), and this process did not "
        + "hand it out"
    case .unsafe(let what, let text, let expected):
      "\(what) \(String(text.prefix(80)).debugDescription) is refused: expected \(expected)"
    case .kubelet(let error): error.description
    case .namespace(let path, let reason): "\(path): \(reason)"
    case .placement(let failure): failure.description
    }
  }
}
