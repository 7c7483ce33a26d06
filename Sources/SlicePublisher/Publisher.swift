import JSONText
public import KubernetesAPI

/// Keeps the node's ResourceSlices as the daemon wants them. It writes what differs, repairs what others change, and
/// writes nothing else.
public final class Publisher {
  private let loop: ClientLoop
  private let client: APIClient
  private let node: String
  private let log: (String) -> Void
  private let report: Report
  private var desired: (revision: Int, slices: [DesiredSlice])?
  private var accepted: [String: SlicePlan.Accepted] = [:]
  private var dropped: [String] = []
  private var isWriting = false
  /// Why the slices of the server are not known; nil when they are, or before the first answer.
  private var unlisted: String?
  private var reported: (revision: Int, problem: String?, dropsTaints: Bool)?
  /// The longest pause is that of `SliceCache`.
  private var backoff = Backoff(first: 1, most: 30)
  private var repairs = Backoff(first: Publisher.repairSeconds, most: 300)
  /// Several changes at once are one repair.
  private var isRepairDue = false
  private var lastRepair: ContinuousClock.Instant?
  private lazy var timer = LoopTimer(loop) { [weak self] in self?.reconcile() }
  private var cache: SliceCache?

  /// Kubelet deletes the node's slices when it starts, all within a moment; and two writers must not race each other.
  private static let repairSeconds = 10.0
  private static let quietTime = Duration.seconds(600)

  /// The result of a revision: `problem` is why the API server does not accept it, nil when the server has it.
  /// `dropsTaints` is whether the server drops taints; the daemon has another way then.
  public typealias Report = (_ revision: Int, _ problem: String?, _ dropsTaints: Bool) -> Void

  /// Starts to list and watch the node's slices, after a random delay of at most `startJitter` seconds.
  ///
  /// `report` is called once for each revision and result.
  public init(
    _ loop: ClientLoop, _ cluster: Cluster, driver: String, node: String, startJitter: Double,
    log: @escaping (String) -> Void, report: @escaping Report
  ) {
    self.loop = loop
    self.node = node
    self.log = log
    self.report = report
    client = APIClient(loop, cluster, seconds: 30)
    let cache = SliceCache(loop, cluster, client: client, driver: driver, node: node, log: log) { [weak self] in
      self?.changed($0)
    }
    self.cache = cache
    cache.start(after: .seconds(Double.random(in: 0...max(0, startJitter))))
  }

  /// Makes these slices the wanted ones and starts to write them.
  public func publish(_ slices: [DesiredSlice], revision: Int) {
    desired = (revision, slices)
    reported = nil
    backoff.reset()
    timer.stop()
    if let unlisted { tell(revision, unlisted) }
    reconcile()
  }

  /// Stops writing until the next `publish`. The daemon is away, and kubelet may delete its slices.
  public func pause() {
    desired = nil
    timer.stop()
  }

  private func changed(_ change: SliceCache.Change) {
    switch change {
    case .listed:
      unlisted = nil
      reconcile()
    case .failed(let problem):
      unlisted = problem
      if let desired { tell(desired.revision, problem) }
    case .event:
      guard !isWriting, let desired, let cache else { return }
      let plan = SlicePlan(desired: desired.slices, observed: Array(cache.slices.values), accepted: accepted)
      if !plan.writes.isEmpty, !isRepairDue {
        isRepairDue = true
        timer.start(after: repairDelay())
      }
    }
  }

  /// Grows each time, while another client keeps changing the slices.
  private func repairDelay() -> Duration {
    let now = ContinuousClock.now
    if let lastRepair, now - lastRepair > Self.quietTime { repairs.reset() }
    lastRepair = now
    return repairs.delay()
  }

  private func reconcile() {
    isRepairDue = false
    guard !isWriting, let cache, cache.isComplete, let desired else { return }
    let plan = SlicePlan(desired: desired.slices, observed: Array(cache.slices.values), accepted: accepted)
    let writes = plan.writes
    guard !writes.isEmpty else {
      backoff.reset()
      let missed = dropped.filter { $0 != DroppedFields.taints }
      return tell(desired.revision, missed.isEmpty ? nil : Self.text(ofDropped: missed))
    }
    isWriting = true
    let creates = writes.contains { if case .create = $0 { true } else { false } }
    guard creates else { return write(writes[...], owner: nil) }
    // The node may have been made anew: a slice with a stale owner would be collected at once.
    client.call(APIRequest(.get, "/api/v1/nodes/\(APIRequest.escaped(node))")) { [weak self] result in
      guard let self else { return }
      switch result {
      case .failure(let failure): stop("cannot read the node: \(failure)")
      case .success(let answer):
        guard let uid = answer.object?["metadata"]?["uid"]?.string, answer.isSuccess else {
          return stop("cannot read the node: \(answer.reason)", after: answer.retryAfter)
        }
        write(writes[...], owner: uid)
      }
    }
  }

  private func write(_ writes: ArraySlice<SliceWrite>, owner: String?) {
    guard let write = writes.first else {
      isWriting = false
      return reconcile()
    }
    client.call(SliceCall(write, node: node, owner: owner).request) { [weak self] result in
      guard let self else { return }
      switch result {
      case .failure(let failure): stop("cannot write \(write.place): \(failure)")
      case .success(let answer):
        guard take(answer, of: write) else { return }
        // A newer revision begins anew, from what is written so far.
        self.write(desired == nil ? [] : writes.dropFirst(), owner: owner)
      }
    }
  }

  /// Whether to go on with the next write.
  private func take(_ answer: APIResponse, of write: SliceWrite) -> Bool {
    switch (write, answer.status) {
    case (.delete(let slice), 200...299), (.delete(let slice), 404):
      cache?.remove(slice)
      accepted[slice.name] = nil
      return true
    case (.update(_, let spec, _), 200...299), (.create(_, let spec), 200...299):
      guard let stored = answer.object.flatMap(ObservedSlice.init) else {
        stop("cannot write \(write.place): the answer is no slice")
        return false
      }
      cache?.store(stored)
      accepted[stored.name] = .init(sent: SliceText.of(spec), stored: SliceText.of(stored.spec))
      note(DroppedFields.paths(sent: spec, stored: stored.spec))
      return true
    case (_, 404), (_, 409), (_, 410):
      // Another client was faster.
      isWriting = false
      cache?.listAgain()
      return false
    default:
      stop("cannot write \(write.place): \(answer.reason)", after: answer.retryAfter)
      return false
    }
  }

  private func note(_ paths: [String]) {
    let fresh = paths.filter { !dropped.contains($0) }
    guard !fresh.isEmpty else { return }
    dropped += fresh
    log(Self.text(ofDropped: fresh))
  }

  private static func text(ofDropped paths: [String]) -> String {
    "the API server drops \(paths.joined(separator: ", ")): the feature gate for it is off"
  }

  private func stop(_ problem: String, after seconds: Int? = nil) {
    isWriting = false
    log(problem)
    if let desired { tell(desired.revision, problem) }
    timer.start(after: backoff.delay(atLeast: seconds))
  }

  private func tell(_ revision: Int, _ problem: String?) {
    let dropsTaints = dropped.contains(DroppedFields.taints)
    if let reported, reported == (revision, problem, dropsTaints) { return }
    reported = (revision, problem, dropsTaints)
    report(revision, problem, dropsTaints)
  }
}
