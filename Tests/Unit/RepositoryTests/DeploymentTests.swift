import Agent
import Foundation
import HostInventory
import Observability
import ResourcePools
import TestSupport
import Testing

@testable import ConfigMapText

/// The manifests of the four personas; `make deployments-check` holds them to the published schemas as well, and the
/// overlays and the chart to them.
@Suite("Deployments") struct DeploymentTests {
  struct Persona: CustomTestStringConvertible {
    let name: String
    let daemonSet: String
    let selector: String
    let configMap: String
    let namespace: String
    let directory: String
    let resources: Set<String>
    var capabilities: [String] = []
    /// The persona whose sample configuration is for it.
    var sample: String?
    var testDescription: String { name }
  }

  /// By the names that the replaced plugins' manifests have; UB's manifest is not public.
  static let personas = [
    Persona(
      name: "sriov", daemonSet: "kube-sriov-device-plugin", selector: "sriov-device-plugin",
      configMap: "sriovdp-config", namespace: "kube-system", directory: "/etc/pcidp",
      resources: ["intel.com/intel_sriov_netdevice", "intel.com/intel_sriov_dpdk", "mellanox.com/mlnx_sriov_rdma"]),
    Persona(
      name: "rdma-shared", daemonSet: "rdma-shared-dp-ds", selector: "rdma-shared-dp-ds", configMap: "rdma-devices",
      namespace: "kube-system", directory: "/k8s-rdma-shared-dev-plugin",
      resources: ["rdma/hca_shared_devices_a", "rdma/hca_shared_devices_b"]),
    Persona(
      name: "npu", daemonSet: "rbln-device-plugin", selector: "rbln-device-plugin",
      configMap: "rbln-device-plugin-config", namespace: "kube-system", directory: "/etc/pcidp",
      resources: ["rebellions.ai/ATOM"]),
    Persona(
      name: "npu-rebel", daemonSet: "rebel-device-plugin", selector: "rebel-device-plugin",
      configMap: "rebel-device-plugin-config", namespace: "kube-system", directory: "/etc/pcidp",
      resources: ["rebellions.ai/ATOM"], sample: "npu"),
    Persona(
      name: "ub", daemonSet: "ub-network-device-plugin", selector: "ub-network-device-plugin",
      configMap: "ub-network-device-plugin-config", namespace: "kube-system", directory: "/etc/pcidp",
      resources: ["unifiedbus.com/ub_net_device"], capabilities: ["DAC_OVERRIDE", "NET_ADMIN", "SYS_PTRACE"]),
  ]

  @Test(arguments: personas)
  func takesThePlaceOfItsPlugin(_ persona: Persona) throws {
    let manifest = try Manifest(persona.name)
    let set = try manifest.document("DaemonSet")
    #expect(set["metadata"]?["name"]?.text == persona.daemonSet)
    #expect(set["metadata"]?["namespace"]?.text == persona.namespace)
    #expect(set["spec"]?["selector"]?["matchLabels"]?["name"]?.text == persona.selector)
    let mount = try #require(try manifest.mounts.first { $0.configMap != nil })
    #expect(mount.configMap == persona.configMap)
    #expect(mount.container == persona.directory)
  }

  /// Applied over a manifest that was not applied but created, the container's name decides whether the pod has one or two.
  @Test(arguments: ["npu", "npu-rebel"]) func theContainerHasTheVendorsName(_ name: String) throws {
    #expect(try Manifest(name).container["name"]?.text == "device-plugin")
  }

  /// UB devices are in arm64 machines. The persona has rights that other nodes need not grant.
  @Test func unifiedBusGoesToItsMachines() throws {
    #expect(try Manifest("ub").pod["nodeSelector"]?["kubernetes.io/arch"]?.text == "arm64")
    for mount in try Manifest("ub").mounts where ["/run/containerd", "/var/run/ubse"].contains(mount.host) {
      #expect(mount.hostType == "DirectoryOrCreate", "a node without \(mount.host ?? "") must not wait for it")
    }
  }

  @Test(arguments: personas)
  func itsArgumentsAreUnderstood(_ persona: Persona) throws {
    let manifest = try Manifest(persona.name)
    let options = try Options.parse(
      manifest.arguments, persona: .devicepool, environment: manifest.environment)
    #expect(options.configFiles == ["\(persona.directory)/config.json"])
    #expect(options.hostRoot == "/host" && options.resourcePrefix == "intel.com")
    #expect(options.notes.isEmpty)
    #expect(options.listen?.host == "127.0.0.1", "metrics are not for the cluster unless asked for")
  }

  /// `kubectl exec ds/… -- devicepool explain …` has no argument of the daemon: the environment tells what it is about.
  @Test(arguments: personas)
  func aSubcommandInThePodSeesTheSame(_ persona: Persona) throws {
    let environment = try Manifest(persona.name).environment
    #expect(environment["DEVICEPOOL_HOST_ROOT"] == "/host")
    #expect(environment["DEVICEPOOL_CONFIG_FILE"] == "\(persona.directory)/config.json")
    let words = try Manifest(persona.name).arguments
    #expect(words.allSatisfy { !$0.contains("host-root") && !$0.contains("config-file") }, "a second place to change")
  }

  @Test(arguments: personas)
  func itsConfigurationIsSound(_ persona: Persona) throws {
    let checked = Self.sample(persona.sample ?? persona.name)
    #expect(checked.flatMap(\.problems).isEmpty, "\(checked.flatMap(\.problems))")
    #expect(Self.resources(checked) == persona.resources)
  }

  /// Two personas may run on one node, and kubelet would hand out a device of both twice.
  @Test(arguments: ["intel-e810-x710", "connectx6-switchdev-infiniband", "rebellions-atom", "kunpeng-ub"])
  func sampleConfigurationsShareNoDevice(_ name: String) throws {
    let machine = try MachineTree(named: name)
    let (inventory, _) = Inventory.read(from: machine.root, kernel: machine.kernel)
    var owners: [String: String] = [:]
    for persona in Self.personas where persona.sample == nil {
      let config = try #require(Self.sample(persona.name).first?.config)
      let pools = PoolPartition(inventory: inventory, pools: config.pools + config.sharedPools).pools
      for device in Set(pools.flatMap(\.units).flatMap(\.members).map(\.device.id)) {
        let other = owners.updateValue(persona.name, forKey: "\(device)")
        #expect(other == nil, "\(device) is in the samples of \(other ?? "") and \(persona.name)")
      }
    }
    #expect(!owners.isEmpty)
    if name.hasPrefix("connectx6") { #expect(Set(owners.values) == ["sriov", "rdma-shared"]) }
  }

  @Test(arguments: personas)
  func isNotPrivileged(_ persona: Persona) throws {
    let manifest = try Manifest(persona.name)
    let security = try #require(try manifest.container["securityContext"])
    #expect(security["privileged"]?.text == "false")
    #expect(security["allowPrivilegeEscalation"]?.text == "false")
    #expect(security["readOnlyRootFilesystem"]?.text == "true")
    #expect(security["seccompProfile"]?["type"]?.text == "RuntimeDefault")
    #expect(security["capabilities"]?["drop"]?.texts == ["ALL"])
    #expect(security["capabilities"]?["add"]?.texts ?? [] == persona.capabilities)
    #expect(try manifest.pod["automountServiceAccountToken"]?.text == "false")
    #expect((try manifest.pod["hostPID"]?.text == "true") == (persona.name == "ub"))
  }

  /// Every path of the host that a pool's answers depend on is where the daemon looks.
  @Test(arguments: [
    ("sriov", ["/sys/bus/pci/devices", "/sys/class/infiniband_verbs", "/sys/kernel/iommu_groups", "/dev/vhost-net"]),
    ("rdma-shared", ["/sys/bus/pci/devices", "/sys/class/infiniband_verbs", "/dev/infiniband/rdma_cm"]),
    ("npu", ["/sys/bus/pci/drivers", "/dev/rsd0", "/sys/kernel/iommu_groups"] + rebellionsTools),
    ("npu-rebel", ["/sys/bus/pci/drivers", "/dev/rsd0", "/sys/kernel/iommu_groups"] + rebellionsTools),
    ("ub", ["/sys/class/ubcore", "/dev/ummu/tid", "/run/containerd/containerd.sock"]),
  ])
  func seesWhatItsPoolsNeed(_ persona: String, paths: [String]) throws {
    let mounts = try Manifest(persona).mounts
    for path in paths {
      let isSeen = mounts.contains { mount in
        guard let host = mount.host, path == host || path.hasPrefix("\(host)/") else { return false }
        return mount.container + path.dropFirst(host.count) == "/host\(path)"
      }
      #expect(isSeen, "\(path) is not mounted")
    }
  }

  /// `rbln-stat` and `rbln-smi`, wherever they are looked for.
  private static var rebellionsTools: [String] {
    [HostNodes.Node.rblnStat, .rblnStatSystem, .rblnSMI].map(\.rawValue)
  }

  /// The host's tools are known in the pod, by its mounts alone, and so reach the container that gets an NPU.
  @Test func npuPodSeesTheHostsTools() throws {
    let machine = try MachineTree(named: "rebellions-atom")
    let pod = try TemporaryDirectory()
    let manifest = try Manifest("npu")
    for mount in try manifest.mounts where mount.container.hasPrefix("/host/") {
      guard let host = mount.host, machine.root.exists(host) else { continue }
      let place = pod["root"] + mount.container.dropFirst("/host".count)
      try FileManager.default.createDirectory(
        at: URL(filePath: place).deletingLastPathComponent(), withIntermediateDirectories: true)
      guard !FileManager.default.fileExists(atPath: place) else { continue }
      try FileManager.default.createSymbolicLink(
        atPath: place, withDestinationPath: machine.place(String(host.dropFirst())))
    }
    let (inventory, _) = Inventory.read(from: HostRoot(pod["root"]), kernel: machine.kernel)
    let config = try #require(Self.sample("npu").first?.config)
    let pool = try #require(PoolPartition(inventory: inventory, pools: config.pools).pools.first)
    let unit = try #require(pool.units.first)
    let answer = try pool.allocate([unit.id], seeing: inventory.devices, nodes: inventory.nodes, cdi: .off)
    #expect(answer.mounts.map(\.hostPath) == ["/usr/local/bin/rbln-stat", "/usr/bin/rbln-smi"])
    #expect(answer.nodes.contains { $0.hostPath == "/dev/rsd0" })
  }

  /// ConfigMaps in the form that the replaced plugins deploy, and what is served of them.
  @Test(arguments: [
    (
      "sriov", "intel.com",
      [
        "intel.com/intel_sriov_netdevice", "intel.com/intel_sriov_dpdk", "mellanox.com/mlnx_sriov_rdma",
        "intel.com/infiniband_rdma_netdevs", "intel.com/intel_fpga",
      ], 2
    ),
    ("sriov-operator", "openshift.io", ["mlxnics", "dpdknics", "subfunctions"].map { "openshift.io/\($0)" }, 0),
    ("rdma-shared", "intel.com", ["rdma/hca_shared_devices_a", "rdma/hca_shared_devices_b"], 1),
    (
      "rdma-shared-prefix", "intel.com", ["example_prefix/hca_shared_devices_a", "rdma/hca_shared_devices_b"], 2
    ),
    ("npu-rebel", "intel.com", ["rebellions.ai/ATOM"], 0),
    ("npu-rbln", "intel.com", ["rebellions.ai/ATOM", "rebellions.ai/ATOM_MAX_PT"], 0),
  ])
  func deployedConfigMapsWorkUnchanged(_ name: String, prefix: String, resources: [String], warnings: Int) throws {
    let path = Repository.root.appendingPathComponent("Tests/Fixtures/ConfigMaps/\(name).yaml").path
    let checked = CheckedConfiguration.all(in: [path], defaults: Self.defaults(prefix: prefix, strict: false))
    let problems = checked.flatMap(\.problems)
    #expect(problems.allSatisfy { $0.severity == .warning }, "\(problems)")
    #expect(problems.count == warnings, "\(problems)")
    #expect(Self.resources(checked) == Set(resources))
  }

  /// Names of families, without what histograms add.
  @Test(arguments: ["deployments/monitoring/dashboard.json", "deployments/monitoring/alerts.yaml"])
  func dashboardAndAlertsNameMetricsThatExist(_ path: String) throws {
    let pattern = /\b(?:devicepool|process)_[a-z_]+/
    let source = try Repository.text("Sources/Observability/Metrics.swift")
    let families = Set(source.matches(of: pattern).map { String($0.output) })
    let named = Set(try Repository.text(path).matches(of: pattern).map { String($0.output) })
    #expect(named.count >= 8)
    for name in named {
      let family = name.replacing(/_(?:bucket|sum|count)$/, with: "")
      #expect(families.contains(name) || families.contains(family), "\(path): \(name)")
    }
  }

  @Test func chartAndProgramHaveOneVersion() throws {
    let chart = try YAMLReader(Array(try Repository.text("deployments/helm/devicepool/Chart.yaml").utf8)).documents()
    #expect(chart.first?["appVersion"]?.text == Version.number)
    for persona in Self.personas {
      #expect(try Manifest(persona.name).container["image"]?.text == "devicepool:\(Version.number)")
    }
  }

  /// The configuration that the persona's page creates a ConfigMap from.
  private static func sample(_ persona: String) -> [CheckedConfiguration] {
    let path = Repository.root.appendingPathComponent("deployments/configurations/\(persona).json").path
    return CheckedConfiguration.all(in: [path], defaults: defaults(strict: true))
  }

  private static func defaults(prefix: String = "intel.com", strict: Bool) -> ConfigDefaults {
    ConfigDefaults(resourcePrefix: prefix, strictUnknownKeys: strict, node: .any)
  }

  private static func resources(_ checked: [CheckedConfiguration]) -> Set<String> {
    Set(checked.compactMap(\.config).flatMap { $0.pools + $0.sharedPools }.map(\.name.description))
  }
}
