import JSONText
import KubernetesAPI

/// The node's slices as the API server has them, kept current by a list and a watch.
final class SliceCache {
  private(set) var slices: [String: ObservedSlice] = [:]
  /// Everything was listed at least once.
  private(set) var isComplete = false

  private let loop: ClientLoop
  private let cluster: Cluster
  private let client: APIClient
  private let selector: String
  private let log: (String) -> Void
  private let changed: (Change) -> Void
  private var version = ""
  private var listed: [String: ObservedSlice] = [:]
  private var watch: WatchStream?
  /// The longest pause is that of Kubernetes' own clients: an outage must not outlast itself by more.
  private var backoff = Backoff(first: 1, most: 30)
  /// The watch broke, and nothing was heard since.
  private var isBroken = false
  private lazy var timer = LoopTimer(loop) { [weak self] in self?.resume() }

  enum Change {
    /// All slices were listed.
    case listed
    /// A slice came, changed or went.
    case event
    /// The slices could not be listed yet.
    case failed(String)
  }

  private static let path = "/apis/resource.k8s.io/v1/resourceslices"
  private static let page = 500
  /// Seconds that the server keeps a watch open; by chance, so that the nodes' watches do not end together.
  private static let watchSeconds = 300...600

  init(
    _ loop: ClientLoop, _ cluster: Cluster, client: APIClient, driver: String, node: String,
    log: @escaping (String) -> Void, changed: @escaping (Change) -> Void
  ) {
    self.loop = loop
    self.cluster = cluster
    self.client = client
    self.log = log
    self.changed = changed
    // The server's index and its watch trigger are by the node's name.
    selector = APIRequest.escaped("spec.nodeName=\(node),spec.driver=\(driver)")
  }

  /// Begins after a delay, so that a cluster's nodes do not list at the same moment.
  func start(after delay: Duration) { timer.start(after: delay) }

  /// The answer to a write; the watch reports the same later.
  func store(_ slice: ObservedSlice) { slices[slice.name] = slice }

  func remove(_ slice: ObservedSlice) {
    if slices[slice.name]?.uid == slice.uid { slices[slice.name] = nil }
  }

  /// Lists everything again: what is known here does not fit the server's.
  func listAgain() {
    version = ""
    watch = nil
    timer.start(after: backoff.delay())
  }

  private func resume() {
    guard version.isEmpty else { return watchOn() }
    listed = [:]
    list(continuing: nil)
  }

  private func list(continuing token: String?) {
    let rest = token.map { "&continue=\(APIRequest.escaped($0))" } ?? ""
    let path = "\(Self.path)?fieldSelector=\(selector)&limit=\(Self.page)\(rest)"
    client.call(APIRequest(.get, path)) { [weak self] in self?.took($0) }
  }

  private func took(_ result: Result<APIResponse, APIFailure>) {
    switch result {
    case .failure(let failure): retry("cannot list the slices: \(failure)")
    case .success(let answer) where answer.status == 404:
      retry("resource.k8s.io/v1 is not served: Kubernetes 1.34 or newer is needed")
    // The continue token is too old: from the beginning.
    case .success(let answer) where answer.status == 410: listAgain()
    case .success(let answer):
      guard answer.isSuccess, let object = answer.object, let items = object["items"]?.array else {
        return retry("cannot list the slices: \(answer.reason)", after: answer.retryAfter)
      }
      for slice in items.compactMap(ObservedSlice.init) { listed[slice.name] = slice }
      if let token = object["metadata"]?["continue"]?.string, !token.isEmpty { return list(continuing: token) }
      version = object["metadata"]?["resourceVersion"]?.string ?? ""
      slices = listed
      listed = [:]
      isComplete = true
      isBroken = false
      backoff.reset()
      changed(.listed)
      watchOn()
    }
  }

  private func watchOn() {
    let seconds = Int.random(in: Self.watchSeconds)
    let path = """
      \(Self.path)?watch=1&fieldSelector=\(selector)&resourceVersion=\(APIRequest.escaped(version))\
      &allowWatchBookmarks=true&timeoutSeconds=\(seconds)
      """
    do throws(APIFailure) {
      watch = try WatchStream(
        loop, cluster, path: path, seconds: seconds + 30, event: { [weak self] in self?.heard($0) },
        end: { [weak self] in self?.ended($0) })
    } catch {
      retry("cannot watch the slices: \(error)")
    }
  }

  private func heard(_ event: WatchEvent) {
    isBroken = false
    backoff.reset()
    if let version = event.resourceVersion { self.version = version }
    switch event {
    case .added(let object), .modified(let object):
      guard let slice = ObservedSlice(object), slices[slice.name] != slice else { return }
      slices[slice.name] = slice
    case .deleted(let object):
      guard let slice = ObservedSlice(object), slices[slice.name]?.uid == slice.uid else { return }
      slices[slice.name] = nil
    case .bookmark, .error: return
    }
    changed(.event)
  }

  private func ended(_ how: WatchStream.End) {
    watch = nil
    switch how {
    // Every watch has an end; the next one goes on where it was.
    case .ended: timer.start(after: backoff.delay())
    case .failed(let reason):
      if !isBroken { log("cannot watch the slices, trying again: \(reason)") }
      isBroken = true
      timer.start(after: backoff.delay())
    case .expired: listAgain()
    case .refused(let answer):
      retry("cannot watch the slices: \(answer.reason)", after: answer.retryAfter)
    }
  }

  private func retry(_ reason: String, after seconds: Int? = nil) {
    log(reason)
    if !isComplete { changed(.failed(reason)) }
    timer.start(after: backoff.delay(atLeast: seconds))
  }
}
