import CNetlink
import Glibc
import Linux

/// Moves UB devices between network namespaces: all devices of a list, or none.
///
/// Corresponds to SET_DEV_NS of the generic netlink family UBCORE_GENL.
public struct NamespaceMover {
  private let socket: any NetlinkSocket
  private let limit: Duration

  /// Uses an open socket. `limit` holds for each message.
  init(_ socket: any NetlinkSocket, limit: Duration) {
    self.socket = socket
    self.limit = limit
  }

  /// Opens a netlink socket. `limit` holds for each message; a move has happened when the kernel acknowledges it.
  public static func open(limit: Duration) throws(NetlinkError) -> NamespaceMover {
    NamespaceMover(try KernelSocket(.generic), limit: limit)
  }

  /// Moves the devices in the given order. When one fails, those before it are moved back to `home`, the last one
  /// first.
  ///
  /// The kernel answers success for a device that is already in the target. The caller names in `settled` the devices
  /// that it knows to be there; they are requested like the others, but not moved back. The kernel finds a device by
  /// name in any namespace. A move cuts off open contexts on the device.
  ///
  /// - Throws: The device that failed, the cause, and the devices that could not be moved back.
  public func move(
    _ devices: [String], to target: borrowing NetworkNamespace, home: borrowing NetworkNamespace,
    settled: Set<String> = [], before deadline: ContinuousClock.Instant
  ) throws(MoveError) {
    guard let first = devices.first else { return }
    let family = try resolveFamily(for: first, before: deadline)
    for (index, device) in devices.enumerated() {
      let left = min(limit, deadline - .now)
      do throws(NetlinkError) {
        try set(device, target, family, within: left)
      } catch {
        // A command that was sent and not answered may have been carried out.
        let tried = isTimeout(error) && left > .zero ? devices[...index] : devices[..<index]
        let stranded = bringHome(tried.filter { !settled.contains($0) }, home, family)
        throw MoveError(device: device, cause: cause(error), stranded: stranded)
      }
    }
  }

  private func resolveFamily(
    for device: String, before deadline: ContinuousClock.Instant
  ) throws(MoveError) -> GenericNetlinkFamily {
    let family: GenericNetlinkFamily?
    do throws(NetlinkError) {
      // Ask for the family id before each move: the id changes when the module is reloaded.
      family = try UBCore.family(on: socket, within: min(limit, deadline - .now))
    } catch {
      throw MoveError(device: device, cause: cause(error))
    }
    guard let family else { throw MoveError(device: device, cause: .familyAbsent) }
    return family
  }

  /// Moves devices back, the last one first.
  ///
  /// - Returns: The devices that could not be moved.
  private func bringHome(
    _ devices: [String], _ home: borrowing NetworkNamespace, _ family: GenericNetlinkFamily
  ) -> [String] {
    var stranded: [String] = []
    for device in devices.reversed() {
      do throws(NetlinkError) {
        try set(device, home, family, within: limit)
      } catch {
        stranded.append(device)
      }
    }
    return stranded
  }

  /// The descriptor's number goes into the message and is looked up while it is sent: the borrow keeps it open.
  private func set(
    _ device: String, _ namespace: borrowing NetworkNamespace, _ family: GenericNetlinkFamily, within limit: Duration
  ) throws(NetlinkError) {
    let request = try UBCore.setDeviceNamespace(device, descriptor: namespace.descriptor, family)
    guard limit > .zero else { throw .timedOut(request: request.name, .zero) }
    _ = try socket.exchange(request, within: limit)
  }

  private func isTimeout(_ error: NetlinkError) -> Bool {
    if case .timedOut = error { true } else { false }
  }

  private func cause(_ error: NetlinkError) -> MoveError.Cause {
    if isTimeout(error) { return .timedOut }
    switch error.answer {
    case EPERM: return ThisProcess.hasNetAdmin == false ? .noCapability : .sharedMode
    case EINVAL, ENODEV: return .unknownDevice
    case EBUSY: return .busy
    default: return .other(error)
    }
  }
}
