/// For how long a page answers before it is made again.
enum PageAge {
  /// `cost` is the time that it took to make the page. One that says what is missing is out of date soon.
  static func limit(of path: String, status: Int, madeIn cost: Duration) -> Duration {
    switch path {
    // Costs a call of each pool's server.
    case "/healthz": .seconds(1)
    // Grows with the host: whoever asks without end takes at most a twentieth of one processor, and kubelet is asked for
    // its pods every two seconds at most.
    case "/inventory" where status == 200, "/inventory.json" where status == 200: max(.seconds(2), cost * 20)
    default: .milliseconds(100)
    }
  }
}
