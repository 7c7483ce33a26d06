import Glibc
import HelperProtocol
import KubernetesAPI
import Linux
import SlicePublisher

/// The second container of a node's pod: it holds the token, and does for the daemon what needs the API server.
enum APIHelper {
  /// The exit code: 0 asked to stop, or yes to `-check`; 1 no to it, 2 wrong usage, 3 a node error.
  static func run(_ words: [String]) -> Int32 {
    let options: HelperOptions
    do throws(HelperOptions.Failure) {
      if let check = try HelperOptions.check(words) {
        return check.question.run(check.socket) { print($0) }
      }
      options = try HelperOptions(words) { name in getenv(name).map { String(cString: $0) } }
    } catch .helpAsked {
      print(HelperOptions.help)
      return 0
    } catch {
      log("\(error)\n\n\(HelperOptions.help)")
      return 2
    }
    guard let loop = ClientLoop() else {
      log("devicepool-api: no event loop: \(Errno(errno))")
      return 3
    }
    // Without this socket the probes restart the helper, and the log says why.
    let path = HelperCheck.path(beside: options.socket)
    let answers = AnswerSocket(loop, path: path)
    if answers == nil { log("devicepool-api: cannot listen at \(path) for -check: \(Errno(errno))") }
    let link = DaemonLink(loop, options, log: log) { answers?.answer = $0.text }
    link.connect()
    withExtendedLifetime(answers) { loop.run() }
    return 0
  }

  /// One line on standard error, at once.
  static func log(_ text: String) {
    var bytes = Array("\(text)\n".utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}
