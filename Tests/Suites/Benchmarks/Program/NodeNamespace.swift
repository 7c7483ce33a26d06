import Glibc

/// The private namespaces that `run.sh` has made: the node's tree is put over /sys, its nodes over /dev, its links into
/// the network namespace. The programs under test see nothing else of this machine.
struct NodeNamespace {
  static let kubelet = "/var/lib/kubelet"
  let scratch: String
  private var links: Set<String> = []
  private var mounted: [String] = []

  /// Throws outside namespaces of our own: everything here would change the host.
  init(scratch: String) throws(BenchmarkError) {
    let isOurs = Files.read("/proc/self/mounts").split(separator: "\n").contains {
      $0.hasPrefix("bench \(Self.kubelet) ")
    }
    // Two lines of heading, and one for each link.
    let links = Files.read("/proc/self/net/dev").split(separator: "\n").dropFirst(2)
    guard isOurs, links.allSatisfy({ $0.drop { $0 == " " }.hasPrefix("lo:") }) else {
      throw BenchmarkError("expected a private mount and network namespace: start it by run.sh")
    }
    self.scratch = scratch
  }

  /// Makes the node, and takes the place of the one before.
  mutating func enter(_ node: GeneratedNode) throws(BenchmarkError) {
    leave()
    let tree = "\(scratch)/sys-\(node.functions)"
    try SysfsTree(node: node, root: tree).write()
    try makeDevices(of: node)
    try addLinks(node.links)
    // What runtimes read about processors.
    try bind("/sys/devices/system", over: "\(tree)/devices/system")
    try bind(tree, over: "/sys")
    try bind("\(scratch)/dev-\(node.functions)", over: "/dev")
  }

  /// Takes away what a program has written for containers: each life begins on the same node, not on what another left.
  func tidy() throws(BenchmarkError) {
    let remove = try Subprocess(["rm", "-rf", "/var/run/k8s.cni.cncf.io/devinfo", "/var/run/cdi"], output: "/dev/null")
    guard remove.wait() == 0 else { throw BenchmarkError("rm: it ended with an error") }
    try Files.makeDirectories("/var/run/cdi")
  }

  mutating func leave() {
    for path in mounted.reversed() { umount2(path, 2) }
    mounted = []
  }

  private mutating func bind(_ source: String, over target: String) throws(BenchmarkError) {
    let recursiveBind = UInt(4096 | 16384)
    guard mount(source, target, nil, recursiveBind, nil) == 0 else { throw .system("mount \(source) over \(target)") }
    mounted.append(target)
  }

  private func makeDevices(of node: GeneratedNode) throws(BenchmarkError) {
    let dev = "\(scratch)/dev-\(node.functions)"
    for directory in ["net", "vfio", "shm"] { try Files.makeDirectories("\(dev)/\(directory)") }
    var nodes: [(String, UInt32, UInt32)] = [
      ("null", 1, 3), ("zero", 1, 5), ("random", 1, 8), ("urandom", 1, 9), ("net/tun", 10, 200),
      ("vhost-net", 10, 238), ("vfio/vfio", 10, 196),
    ]
    nodes += node.all.filter(\.isVFIO).map { ("vfio/\($0.group)", 240, UInt32($0.group)) }
    for (path, major, minor) in nodes {
      let number = dev_t(major << 8 | (minor & 0xff) | (minor & ~0xff) << 12)
      guard mknod("\(dev)/\(path)", S_IFCHR | 0o666, number) == 0 else { throw .system("mknod \(path)") }
    }
  }

  /// Ethernet pairs; both ends are up, so each has a carrier.
  private mutating func addLinks(_ names: [String]) throws(BenchmarkError) {
    var missing = names.filter { !links.contains($0) }
    if missing.count % 2 == 1 { missing.append("pad\(links.count)") }
    var batch = "link set lo up\n"
    for pair in stride(from: 0, to: missing.count, by: 2) {
      batch += "link add \(missing[pair]) type veth peer name \(missing[pair + 1])\n"
      batch += "link set \(missing[pair]) up\nlink set \(missing[pair + 1]) up\n"
    }
    let file = "\(scratch)/links"
    try Files.write(batch, to: file)
    let ip = try Subprocess(["ip", "-batch", file], output: "\(scratch)/ip.log")
    guard ip.wait() == 0 else { throw BenchmarkError("ip: \(Files.read("\(scratch)/ip.log"))") }
    links.formUnion(missing)
  }
}
