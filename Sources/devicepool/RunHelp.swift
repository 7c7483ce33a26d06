import Agent

/// The help of `run` beyond its flags.
enum RunHelp {
  static let summary = "serves kubelet (the default)"

  static var text: String {
    """
    devicepool run: \(summary)

    usage: devicepool [run] [flags]

    flags (one dash or two, -x=value or -x value):
    \(Options.flags.help)
    taken for the sake of existing manifests, without effect:
    \(accepted)

    \(details)
    """
  }

  private static var accepted: String {
    Options.flags.flags.filter(\.help.isEmpty).map { "  -\($0.name)" }.joined(separator: "\n")
  }

  static let details = """
    signals:
      SIGTERM, SIGINT, SIGQUIT  ends all pools and removes our sockets; devices of running pods stay where they are
      SIGHUP                    reads the configuration again; a file with errors changes nothing

    environment:
      NODE_NAME  this node's name, for pools with nodeNames
      TMPDIR     where a machine file is unpacked and where simulate works (/tmp)

    files:
      /etc/pcidp/config.json                           the configuration
      /var/lib/kubelet/plugins_registry                our sockets, where kubelet has a plugin watcher
      /var/lib/kubelet/device-plugins                  our sockets otherwise; kubelet's checkpoint
      /var/lib/kubelet/pod-resources/kubelet.sock      asked which pod has what; need not be there
      /var/run/k8s.cni.cncf.io/devinfo/dp              DeviceInfo files, for Multus
      /var/run/cdi                                     CDI specs, with -use-cdi

    pages of -listen:
      /metrics  for Prometheus
      /healthz  200 while the event loop takes its turns and each pool's server answers
      /readyz   200 while kubelet watches every pool; else a line for each pool with what it waits for

    exit codes: 0 asked to stop, 1 the configuration is wrong, 2 wrong usage, 3 a node error,
      4 kubelet was not answered for the time of -watchdog
    """
}
