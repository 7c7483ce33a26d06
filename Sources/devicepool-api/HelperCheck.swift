import KubernetesAPI

/// The flag `-check`: asks the helper of this container how it is, for kubelet's probes.
///
/// The helper answers from its event loop on a socket beside the daemon's. A helper that hangs does not answer.
enum HelperCheck: String {
  /// Whether it answers.
  case alive
  /// Whether it answers and could publish the slices.
  case ready

  static let expectation = "alive or ready"

  /// Less than the time limit of the probes.
  private static let patience = Duration.seconds(5)
  private static let longestLine = 64 << 10

  /// The path of the socket on which the helper answers.
  static func path(beside socket: String) -> String { "\(socket).check" }

  /// Asks, and prints the answer.
  ///
  /// - Returns: The exit code: 0 for yes, 1 for no.
  func run(_ socket: String, print: @escaping (String) -> Void) -> Int32 {
    guard let loop = ClientLoop() else { return 3 }
    var answer: String?
    var reason = "no answer within \(Self.patience)"
    let timer = LoopTimer(loop) { loop.stop() }
    timer.start(after: Self.patience)
    let line = LineSocket(
      loop, path: Self.path(beside: socket), longestLine: Self.longestLine,
      handlers: .init(
        open: { _ in },
        line: {
          answer = String(decoding: $0, as: UTF8.self)
          loop.stop()
        },
        end: {
          reason = $0
          loop.stop()
        }))
    guard line != nil else { return 3 }
    withExtendedLifetime((timer, line)) { loop.run() }
    guard let answer else {
      print("devicepool-api does not answer: \(reason)")
      return 1
    }
    print(answer)
    return self == .alive || HelperState.isReady(answer) ? 0 : 1
  }
}
