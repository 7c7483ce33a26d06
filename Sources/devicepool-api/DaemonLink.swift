import Glibc
import HelperProtocol
import JSONText
import KubernetesAPI
import SlicePublisher

/// The connection to the daemon, made anew whenever it ends, and the work that the daemon asks for.
///
/// While the daemon is away nothing is published: kubelet deletes the slices of a driver that does not come back.
final class DaemonLink {
  private let loop: ClientLoop
  private let options: HelperOptions
  private let log: (String) -> Void
  private let claims: ClaimLookup
  private let report: (HelperState) -> Void
  private var state = HelperState() { didSet { report(state) } }
  private var socket: LineSocket?
  private var job: (driver: String, node: String)?
  private var publisher: Publisher?
  private var slices: [DesiredSlice] = []
  private lazy var timer = LoopTimer(loop) { [weak self] in self?.connect() }
  /// The last reason for which there was no connection, so that it is logged once.
  private var told = ""

  private static let retryDelay = Duration.seconds(1)

  /// `report` gets each new state.
  init(
    _ loop: ClientLoop, _ options: HelperOptions, log: @escaping (String) -> Void,
    report: @escaping (HelperState) -> Void
  ) {
    self.report = report
    self.loop = loop
    self.options = options
    self.log = log
    claims = ClaimLookup(loop, options.cluster)
    report(state)
  }

  func connect() {
    socket = LineSocket(
      loop, path: options.socket, longestLine: HelperProtocol.longestLine,
      handlers: .init(
        open: { [weak self] in self?.opened(by: $0) }, line: { [weak self] in self?.heard($0) },
        end: { [weak self] in self?.ended($0) }))
    if socket == nil { ended("the socket's path is too long") }
  }

  /// Slices and claims belong to the node: only root, or the user that runs this program, may ask for them.
  private func opened(by user: UInt32) {
    guard user == 0 || user == getuid() else {
      return ended("its owner is user \(user), expected root or user \(getuid())")
    }
    told = ""
    slices = []
    state.absence = nil
    socket?.write(HelperMessage.hello.line)
  }

  private func ended(_ reason: String) {
    if socket != nil, job != nil {
      log("the daemon is away: \(reason)")
    } else if told != reason {
      log("cannot reach the daemon at \(options.socket): \(reason)")
    }
    told = reason
    state.absence = reason
    socket = nil
    job = nil
    publisher?.pause()
    timer.start(after: Self.retryDelay)
  }

  private func heard(_ line: [UInt8]) {
    do throws(LineError) { take(try DaemonMessage(line: line)) } catch { ended("\(error)") }
  }

  private func take(_ message: DaemonMessage) {
    switch message {
    case .hello(let driver, let node): begin(driver: driver, node: node)
    case .slice(let object):
      guard let slice = DesiredSlice(object) else { return ended("a slice without its parts") }
      slices.append(slice)
    case .publish(let revision, let count):
      guard count == slices.count else { return ended("\(slices.count) slices came, expected \(count)") }
      publisher?.publish(slices, revision: revision)
      slices = []
    case .claim(let id, let namespace, let name, let uid):
      guard let job else { return ended("a claim before hello") }
      claims.find(namespace: namespace, name: name, uid: uid, driver: job.driver) { [weak self] answer in
        switch answer {
        case .found(let claim): self?.socket?.write(HelperMessage.claim(id: id, .found(claim)).line)
        case .failed(let reason): self?.socket?.write(HelperMessage.claim(id: id, .failed(reason)).line)
        }
      }
    case .ping(let id): socket?.write(HelperMessage.pong(id: id).line)
    }
  }

  private var served: (driver: String, node: String)?

  private func begin(driver: String, node: String) {
    job = (driver, node)
    if let served, served == (driver, node) { return }
    served = (driver, node)
    log("publishing for node \(node) as driver \(driver)")
    publisher = Publisher(
      loop, options.cluster, driver: driver, node: node, startJitter: options.startJitter, log: log
    ) { [weak self] revision, problem, dropsTaints in
      self?.state.note(problem)
      self?.socket?.write(
        HelperMessage.published(revision: revision, problem: problem, dropsTaints: dropsTaints).line)
    }
  }
}
