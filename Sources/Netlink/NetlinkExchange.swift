import Glibc
import Linux

extension NetlinkSocket {
  /// Sends a request and collects its answers; the acknowledgement is taken off.
  ///
  /// What was lost (ENOBUFS) or changed half-way through a dump (NLM_F_DUMP_INTR) is asked for again; a command is
  /// sent once and only once.
  func exchange(_ request: NetlinkRequest, within limit: Duration) throws(NetlinkError) -> [NetlinkMessage] {
    let deadline = ContinuousClock.now + limit
    let attempts = 8
    for _ in 1...attempts {
      let sequence = nextSequence()
      try post(request.datagram(sequence: sequence, port: port), for: request)
      var answers = NetlinkAnswers(to: request, sequence: sequence, port: port)
      while !answers.areComplete {
        guard let datagram = try next(for: request, before: deadline, limit) else { break }
        // Any process may send to our port; only the other end of this exchange is believed.
        if datagram.sender == peer { try answers.take(datagram) }
      }
      if answers.areSound { return answers.messages }
    }
    throw .unsteady(request: request.name, attempts: attempts)
  }

  private func post(_ datagram: [UInt8], for request: NetlinkRequest) throws(NetlinkError) {
    while true {
      do throws(Errno) {
        return try send(datagram)
      } catch {
        // Interrupted before it was queued: the kernel has not seen it.
        guard error.number == EINTR else { throw .failed(call: "send \(request.name)", error) }
      }
    }
  }

  /// Nil when the kernel had to drop an answer.
  private func next(
    for request: NetlinkRequest, before deadline: ContinuousClock.Instant, _ limit: Duration
  ) throws(NetlinkError) -> NetlinkDatagram? {
    while true {
      do throws(Errno) {
        return try receive(before: deadline)
      } catch {
        switch error.number {
        case EINTR: continue
        case ETIMEDOUT: throw .timedOut(request: request.name, limit)
        case ENOBUFS where request.kind != .command: return nil
        default: throw .failed(call: "receive the answer to \(request.name)", error)
        }
      }
    }
  }
}
