import GRPC
import KubeletAPI
import Synchronization

// The plugin watcher: registers what comes to plugins_registry, and forgets what goes.
extension KubeletSimulator {
  /// The plugin behind one socket.
  private final class Plugin: Sendable {
    /// What kubelet does when the socket has gone; nil: it is not registered.
    let end = Mutex<(@Sendable () -> Void)?>(nil)
  }

  func follow(_ watcher: RegistryWatcher) async {
    var plugins: [RegistryWatcher.Socket: (plugin: Plugin, task: Task<Void, Never>)] = [:]
    for await sockets in watcher.sockets {
      for (socket, known) in plugins where !sockets.contains(socket) {
        plugins[socket] = nil
        report(.socketVanished(socket.path))
        known.task.cancel()
        await known.task.value
        known.plugin.end.withLock { $0 }?()
      }
      for socket in sockets where plugins[socket] == nil {
        let plugin = Plugin()
        plugins[socket] = (plugin, tasks.run { [self] in await register(plugin, at: socket.path) })
      }
    }
  }

  /// Tries until it succeeds, or the socket goes and the task is cancelled.
  private func register(_ plugin: Plugin, at socket: String) async {
    var pause = settings.retryPause
    while !Task.isCancelled {
      do throws(RPCStatus) {
        return try await registerOnce(plugin, at: socket)
      } catch {
        report(.refused(socket: socket, reason: error.message))
      }
      // Cancellation ends the pause early.
      try? await Task.sleep(for: pause)
      pause = min(pause * 2, .seconds(122))
    }
  }

  private func registerOnce(_ plugin: Plugin, at socket: String) async throws(RPCStatus) {
    let channel = RPCChannel(queue: queue, path: socket)
    let info: PluginInfo = try await channel.dialling(
      KubeletMethod.getInfo, InfoRequest(), dialLimit: settings.dialLimit, limit: settings.infoLimit)
    let end: @Sendable () -> Void
    do throws(RPCStatus) {
      end = try await take(info, at: info.endpoint.isEmpty ? socket : info.endpoint)
    } catch {
      try await notify(channel, RegistrationStatus(isRegistered: false, error: error.message))
      throw error
    }
    do throws(RPCStatus) {
      try await notify(channel, RegistrationStatus(isRegistered: true))
    } catch {
      // A plugin that does not take the notification is dropped.
      end()
      throw error
    }
    plugin.end.withLock { $0 = end }
  }

  /// Takes a plugin of either type.
  ///
  /// - Returns: What kubelet does when the socket has gone.
  private func take(_ info: PluginInfo, at socket: String) async throws(RPCStatus) -> @Sendable () -> Void {
    switch info.type {
    case PluginInfo.devicePlugin:
      try validate(info)
      let endpoint = try await connect(info.name, at: socket)
      return { endpoint.cancel() }
    case PluginInfo.driver:
      let driver = try takeDriver(info, at: socket)
      return { [weak self] in self?.forget(driver) }
    default: throw RPCStatus(code: .unknown, message: "no handler for plugins of type \"\(info.type)\"")
    }
  }

  private func validate(_ info: PluginInfo) throws(RPCStatus) {
    guard info.supportedVersions.contains(DevicePluginVersion.current) else {
      throw RPCStatus(
        code: .unknown,
        message: "versions \(info.supportedVersions) are not supported: expected \"\(DevicePluginVersion.current)\"")
    }
    if let objection = objection(to: info.name) { throw RPCStatus(code: .unknown, message: objection) }
  }

  private func notify(_ channel: RPCChannel, _ status: RegistrationStatus) async throws(RPCStatus) {
    let _: RegistrationStatusResponse = try await channel.call(
      KubeletMethod.notifyRegistrationStatus, status, limit: settings.notifyLimit)
  }
}
