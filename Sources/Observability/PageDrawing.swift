import Dispatch
import Linux
import Synchronization

/// A thread that makes large pages, one at a time, so that nobody else waits for them.
///
/// Requests for a page that is being made, or waits for its turn, get that page: however many ask, the thread has as many
/// pages to make as there are paths.
final class PageDrawing: Sendable {
  /// Readable when there are pages to take.
  let finished: Descriptor

  private struct State {
    /// In the order of their first request. The first is being made.
    var wanted: [String] = []
    var pages: [String: HTTPService.Page] = [:]
    var isOver = false
  }

  private let state = Mutex(State())
  private let work = DispatchSemaphore(value: 0)

  /// - Parameter draw: runs on the thread, and may block.
  init(_ draw: @escaping @Sendable (_ path: String) -> HTTPService.Page) throws(Errno) {
    finished = try Descriptor.eventCounter()
    DedicatedThread(name: "page-drawing") { [self] in
      while let path = next() {
        let page = draw(path)
        state.withLock { state in
          state.wanted.removeFirst()
          state.pages[path] = page
        }
        finished.signal()
      }
    }.detach()
  }

  func ask(for path: String) {
    let isNew = state.withLock { state in
      guard !state.wanted.contains(path) else { return false }
      state.wanted.append(path)
      return true
    }
    if isNew { work.signal() }
  }

  /// The pages that were finished since, by path.
  func take() -> [String: HTTPService.Page] {
    finished.clear()
    return state.withLock { state in
      defer { state.pages = [:] }
      return state.pages
    }
  }

  /// Ends the thread after the page that it makes; nobody waits for that one.
  func stop() {
    state.withLock { $0.isOver = true }
    work.signal()
  }

  /// Nil when there is nothing more to do.
  private func next() -> String? {
    work.wait()
    return state.withLock { $0.isOver ? nil : $0.wanted.first }
  }
}
