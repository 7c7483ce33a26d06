import GRPC
import KubeletAPI
import Linux
import Logging

/// The driver's two sockets: one in kubelet's plugin registry, and one for the service.
actor DRAEndpoint {
  private let context: DRAContext
  private let log: Logger
  private let methods: [String: RPCMethod]
  private var service: RPCServer?
  private var registration: RPCServer?
  /// A retry that is under way when the process ends must not leave sockets behind.
  private var isStopped = false
  /// Why kubelet does not call the driver; nil when it has registered the driver.
  private(set) var obstacle: String? = DRAEndpoint.unregistered

  private static let unregistered = "kubelet has not registered the driver yet"

  init(_ context: DRAContext, methods: [String: RPCMethod], log: Logger) {
    self.context = context
    self.methods = methods
    self.log = log
  }

  /// Opens sockets that are not open. The service is first, because kubelet calls it as soon as it sees the other
  /// socket.
  func open() throws(ListenError) {
    guard !isStopped else { return }
    if service == nil { service = try listen(methods, at: context.socket) }
    if registration == nil { registration = try listen(registrationMethods, at: context.registrationSocket) }
  }

  private func listen(_ methods: [String: RPCMethod], at path: String) throws(ListenError) -> RPCServer {
    let server = RPCServer(queue: context.queue, methods: methods)
    try server.listen(at: path)
    log.info("listening", metadata: ["socket": "\(path)"])
    return server
  }

  /// Creates a socket again when its file was removed or replaced.
  func checkSockets() {
    for (server, path) in [(service, context.socket), (registration, context.registrationSocket)] {
      guard let server, !server.ownsSocketFile else { continue }
      log.warning("the socket's file was removed or replaced; making it again", metadata: ["socket": "\(path)"])
      do throws(ListenError) { try server.listen(at: path) } catch {
        log.error("cannot serve by DRA", metadata: ["err": "\(error)"])
      }
    }
  }

  /// Closes the sockets for good.
  func stop() async {
    isStopped = true
    await close()
  }

  /// Closes the sockets and removes their files. The registration is first, so that kubelet makes no more calls;
  /// running calls end.
  func close() async {
    await registration?.stop(grace: .seconds(1))
    await service?.stop(grace: .seconds(1))
    registration = nil
    service = nil
    obstacle = Self.unregistered
  }

  private var registrationMethods: [String: RPCMethod] {
    let info = PluginInfo(
      type: PluginInfo.driver, name: context.driver.description, endpoint: context.socket,
      supportedVersions: DRAMethod.supportedVersions)
    return [
      KubeletMethod.getInfo: .unary { _ in ByteBuffer(info.encoded()) },
      KubeletMethod.notifyRegistrationStatus: .unary { [weak self] request throws(RPCStatus) in
        await self?.notified(try RegistrationStatus.decoded(request))
        return ByteBuffer(RegistrationStatusResponse().encoded())
      },
    ]
  }

  private func notified(_ status: RegistrationStatus) {
    guard !status.isRegistered else {
      obstacle = nil
      log.info("kubelet has registered the driver", metadata: ["driver": "\(context.driver)"])
      return
    }
    obstacle = "kubelet refuses the driver: \(status.error)"
    log.error("kubelet refuses the driver", metadata: ["err": "\(status.error)"])
  }
}

extension WireMessage {
  /// The message of a call.
  static func decoded(_ request: ByteBuffer) throws(RPCStatus) -> Self {
    do {
      return try Self(decoding: request.bytes)
    } catch {
      throw RPCStatus(code: .invalidArgument, message: "\(error)")
    }
  }
}
