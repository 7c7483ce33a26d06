import Agent
import DRAFrontEnd
import GRPC
import KubeletAPI
import KubeletState
import Linux
import ResourcePools

/// What subcommands ask kubelet.
extension Subcommand {
  static let kubeletDirectory = FlagSet.Flag(
    "kubelet-dir", .text, standard: "/var/lib/kubelet", completion: .directories,
    help: "kubelet's directory: its pods are asked for")

  /// Kubelet's pods, the units of the daemon's prepared claims, and what kubelet stores about UB devices. The pods are nil
  /// when no kubelet reports them.
  ///
  /// Kubelet is asked about this host, and where the command line names its directory. In the daemon's container the
  /// environment says where the host's root is mounted, and kubelet's directory is mounted at its own path.
  static func podsOfNode(
    _ values: FlagSet.Values, _ options: Options
  ) async -> (pods: [PodResources]?, claims: [ClaimedUnit], described: [String: DescribedUBDevice]) {
    let isNamed = values.isGiven("kubelet-dir")
    let isThisHost = options.hostRoot == "/" || isNamed || values.isFromEnvironment("host-root")
    let isNamedByFlag = isNamed && values.origin("kubelet-dir") == "-kubelet-dir"
    guard isNamedByFlag || isThisHost && !values.isGiven("machine") else { return (nil, [], [:]) }
    let queue = CompletionQueue()
    defer { queue.shutdown() }
    let directory = KubeletDirectory(values.text("kubelet-dir") ?? "/var/lib/kubelet")
    let assignments = PodAssignments(kubelet: directory, queue: queue)
    let claims = DRAFrontEnd.units(of: options.draDriver, in: directory)
    return (await assignments.pods(), claims, assignments.describedUBDevices())
  }
}

extension FlagSet.Values {
  /// Whether the value comes from the environment and not from the command line.
  fileprivate func isFromEnvironment(_ flag: String) -> Bool { isGiven(flag) && origin(flag) != "-\(flag)" }
}
