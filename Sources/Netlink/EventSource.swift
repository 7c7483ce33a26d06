import Glibc
import Linux

/// A socket on which the kernel reports changes unasked.
public protocol EventSource: AnyObject, SendableMetatype {
  /// The kind of change that it reports.
  associatedtype Event: Sendable
  /// The event that stands for lost events: read everything again.
  static var resync: Event { get }
  /// The descriptor to watch; it is readable when `nextBatch` has events.
  var descriptor: Int32 { get }
  /// Takes the events that are queued, without waiting for more.
  ///
  /// - Returns: An empty list when there are none.
  /// - Throws: `failed` when the socket can't be used any more.
  func nextBatch() throws(NetlinkError) -> [Event]
}

/// The result of one read from an event socket.
enum EventDatagram {
  case datagram(NetlinkDatagram)
  /// The socket's buffer ran over: the kernel dropped some.
  case loss
  case nothing
}

extension KernelSocket {
  func nextEventDatagram() throws(NetlinkError) -> EventDatagram {
    while true {
      do throws(Errno) {
        guard let datagram = try receiveIfReady() else { return .nothing }
        return .datagram(datagram)
      } catch {
        switch error.number {
        case EINTR: continue
        case ENOBUFS: return .loss
        default: throw .failed(call: "receive events", error)
        }
      }
    }
  }

  /// The events of the datagrams that are waiting; a loss, and a datagram that can't be read, become `resync`.
  func drainEvents<Event>(
    resync: Event, _ events: (NetlinkDatagram) throws(NetlinkError) -> [Event]
  ) throws(NetlinkError) -> [Event] {
    var batch: [Event] = []
    // Bounded: a socket that is never empty must not keep its thread from the others.
    for _ in 0..<256 {
      switch try nextEventDatagram() {
      case .nothing: return batch
      case .loss: batch.append(resync)
      case .datagram(let datagram):
        do throws(NetlinkError) { batch += try events(datagram) } catch { batch.append(resync) }
      }
    }
    return batch
  }
}
