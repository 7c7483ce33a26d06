/// A host whose events are heard and whose reading has begun.
struct OpenHost: Sendable {
  let host: Host
  let reader: HostReader
  /// Nil: the kernel tells nothing of its own accord.
  let changes: NodeChanges?

  init(_ options: Options) throws(NodeFault) {
    host = try Host(options)
    do throws(NodeFault) {
      reader = try HostReader(host)
    } catch {
      host.discard()
      throw error
    }
    // First: what changes while it is read is read again.
    changes = reader.changes()
    reader.readAhead()
  }

  func discard() { host.discard() }
}
