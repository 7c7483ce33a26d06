import GRPC
import KubeletAPI
import Synchronization

// The plugin watcher: registers what comes to plugins_registry, and forgets what goes.
extension KubeletSimulator {
  /// The plugin behind one socket.
  private final class Plugin: Sendable {
    let endpoint = Mutex<PluginEndpoint?>(nil)
  }

  func follow(_ watcher: RegistryWatcher) async {
    var plugins: [RegistryWatcher.Socket: (plugin: Plugin, task: Task<Void, Never>)] = [:]
    for await sockets in watcher.sockets {
      for (socket, known) in plugins where !sockets.contains(socket) {
        plugins[socket] = nil
        report(.socketVanished(socket.path))
        known.task.cancel()
        await known.task.value
        known.plugin.endpoint.withLock { $0 }?.cancel()
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
    let endpoint: PluginEndpoint
    do throws(RPCStatus) {
      try validate(info)
      endpoint = try await connect(info.name, at: info.endpoint.isEmpty ? socket : info.endpoint)
    } catch {
      try await notify(channel, RegistrationStatus(isRegistered: false, error: error.message))
      throw error
    }
    do throws(RPCStatus) {
      try await notify(channel, RegistrationStatus(isRegistered: true))
    } catch {
      // A plugin that does not take the notification is dropped.
      endpoint.cancel()
      throw error
    }
    plugin.endpoint.withLock { $0 = endpoint }
  }

  private func validate(_ info: PluginInfo) throws(RPCStatus) {
    guard info.type == PluginInfo.devicePlugin else {
      throw RPCStatus(code: .unknown, message: "no handler for plugins of type \"\(info.type)\"")
    }
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
