import Glibc
import HostInventory
import Linux
import Netlink
import ResourcePools

/// Reads the host outside of Swift's cooperative threads, because a scan of a large node takes tens of milliseconds, and
/// netlink blocks.
actor HostReader {
  private let root: HostRoot
  private let kernel: Kernel
  /// A request that the kernel has not answered yet, and the facts it is for.
  private var asked: (wants: RequiredFacts, answer: Task<KernelAnswer, Never>)?

  private typealias KernelAnswer = (facts: KernelFacts, problems: [InventoryProblem])
  /// How long a scan waits for netlink when it has older facts. A driver that resets its port holds the kernel's lock
  /// of all links for seconds, and the devices that it removed are still in sysfs.
  private static let patience = Duration.milliseconds(300)
  /// How long a whole scan waits for netlink. If it does not answer, the first scan uses sysfs alone.
  private let firstPatience: Duration

  /// The source of facts that are not in files.
  enum Kernel: Sendable {
    case living(NetlinkThread)
    /// The facts of a machine file.
    case recorded(KernelFacts)
  }

  /// Nil for a recorded host.
  nonisolated var netlink: NetlinkThread? {
    if case .living(let thread) = kernel { thread } else { nil }
  }

  init(_ host: Host, firstPatience: Duration = .seconds(10)) {
    root = host.root
    self.firstPatience = firstPatience
    kernel = host.recorded.map { .recorded($0) } ?? .living(NetlinkThread())
  }

  /// Reads the host: everything, or only `scope` and the rest as in `known`.
  ///
  /// `unifiedBus` are the UBS engine's devices; nil without an engine. If netlink was late, facts of `known` are used,
  /// and `late` is called when it has answered; then the host should be read again.
  nonisolated func read(
    _ scope: NodeChanges.Scope, since known: HostSnapshot?, for config: PluginConfig, unifiedBus: [String: UBDevice]?,
    late: @escaping @Sendable () -> Void
  ) async -> (view: HostSnapshot, problems: [InventoryProblem]) {
    let wants = RequiredFacts(config)
    if let known, !wants.ddpProfiles {
      return await update(known, scope, wants, unifiedBus: unifiedBus, late: late)
    }
    // Last, because all other facts decide which functions need their profile.
    let reading = await readAll(wants, since: known, for: config, unifiedBus: unifiedBus, late: late)
    guard let known, reading.view.hasNewDefects(since: known) else { return reading }
    return await readAll(wants, since: known, for: config, unifiedBus: unifiedBus, late: late)
  }

  private func update(
    _ known: HostSnapshot, _ scope: NodeChanges.Scope, _ wants: RequiredFacts, unifiedBus: [String: UBDevice]?,
    late: @escaping @Sendable () -> Void
  ) async -> (view: HostSnapshot, problems: [InventoryProblem]) {
    let answer = await askKernel(wants, late: late)
    let reading = await reread(known, scope, answer ?? (known.kernel, []), unifiedBus: unifiedBus)
    guard answer != nil, reading.view.hasNewDefects(since: known), let again = await askKernel(wants, late: late)
    else { return reading }
    return await reread(known, scope, again, unifiedBus: unifiedBus)
  }

  private func reread(
    _ known: HostSnapshot, _ scope: NodeChanges.Scope, _ answer: KernelAnswer, unifiedBus: [String: UBDevice]?
  ) async -> (view: HostSnapshot, problems: [InventoryProblem]) {
    var (facts, problems) = answer
    facts.unifiedBus = unifiedBus ?? facts.unifiedBus
    let (inventory, found) = await root.reading { [facts] root in
      switch scope {
      case .functions(let changed):
        known.inventory.following(changed, since: known.kernel, from: root, kernel: facts)
      case .everything: Inventory.read(from: root, kernel: facts)
      }
    }
    problems += found
    let kept = inventory.keepingSilent(found, of: known.inventory)
    return (HostSnapshot(root: root, kernel: facts, inventory: kept), problems)
  }

  /// Nil when the kernel does not answer in time, or has not answered the previous request.
  private func askKernel(
    _ wants: RequiredFacts, within patience: Duration = patience, late: @escaping @Sendable () -> Void
  ) async -> KernelAnswer? {
    let answer: Task<KernelAnswer, Never>
    if let asked, asked.wants == wants {
      // The facts may be older than this scan's reason; another scan follows when it ends.
      answer = asked.answer
    } else {
      let before = asked?.answer
      answer = Task {
        _ = await before?.value
        return await facts(wants)
      }
      asked = (wants, answer)
    }
    if await answer.isOver(within: patience) { return await finish(answer) }
    Task {
      _ = await finish(answer)
      late()
    }
    return nil
  }

  private func finish(_ answer: Task<KernelAnswer, Never>) async -> KernelAnswer {
    let value = await answer.value
    if asked?.answer == answer { asked = nil }
    return value
  }

  /// Reads the whole host with these facts.
  func readAll(
    _ wants: RequiredFacts, since known: HostSnapshot? = nil, for config: PluginConfig, unifiedBus: [String: UBDevice]?,
    late: @escaping @Sendable () -> Void = {}
  ) async -> (view: HostSnapshot, problems: [InventoryProblem]) {
    var (facts, problems) =
      await askKernel(wants, within: firstPatience, late: late)
      ?? (
        known?.kernel ?? .none,
        [InventoryProblem(path: "netlink", reason: "no answer for \(firstPatience); links are not known yet")]
      )
    if let unifiedBus { facts.unifiedBus = unifiedBus }
    if let ddp = ddpProfiles(wants) {
      // `ddptool` blocks this thread and has a limit of its own.
      let (profiles, failures) = await root.reading { [facts] root in
        var ddp = ddp
        let devices = Inventory.read(from: root, kernel: facts).0.devices
        return (ddp.read(for: devices, pools: config.pools, kernel: facts), ddp.problems)
      }
      facts.ddpProfiles = profiles
      problems += failures
    }
    var (inventory, found) = await root.reading { [facts] in Inventory.read(from: $0, kernel: facts) }
    if let known { inventory = inventory.keepingSilent(found, of: known.inventory) }
    return (HostSnapshot(root: root, kernel: facts, inventory: inventory), problems + found)
  }

  /// The source of DDP profiles; nil when no pool needs them, or the host is recorded.
  nonisolated func ddpSource(for config: PluginConfig) -> String? { ddpProfiles(RequiredFacts(config))?.source }

  private nonisolated func ddpProfiles(_ wants: RequiredFacts) -> DDPProfiles? {
    guard wants.ddpProfiles, netlink != nil else { return nil }
    let searchPath = getenv("PATH").map { String(cString: $0) } ?? "/usr/sbin:/usr/bin:/sbin:/bin"
    return DDPProfiles(searchPath: searchPath, limit: 10)
  }

  /// The view without functions that are no longer on the bus; nil when all are, or the host is a recorded one.
  nonisolated func withoutLostFunctions(_ view: HostSnapshot) async -> HostSnapshot? {
    guard case .living = kernel else { return nil }
    return await root.reading { view.inventory.withoutLostFunctions(from: $0) }.map {
      HostSnapshot(root: view.root, kernel: view.kernel, inventory: $0)
    }
  }

  /// Fingerprints, which show cheaply whether the functions of `view` have changed.
  nonisolated func fingerprints(of view: HostSnapshot) async -> FunctionFingerprints {
    await root.reading { FunctionFingerprints(of: view.inventory, from: $0) }
  }

  /// The view with its links read again, because a carrier changes without a device event. nil when the kernel is late;
  /// `late` is called when it has answered.
  func readLinks(_ view: HostSnapshot, late: @escaping @Sendable () -> Void) async -> HostSnapshot? {
    guard case .living(let thread) = kernel else { return view }
    let answer = Task {
      try? await thread.run { () throws(NetlinkError) in
        KernelFactsReader.byName(try RouteNetlink.open(limit: .seconds(5)).links())
      }
    }
    guard await answer.isOver(within: Self.patience) else {
      Task {
        _ = await answer.value
        late()
      }
      return nil
    }
    guard let links = await answer.value else { return view }
    var facts = view.kernel
    facts.links = links
    return HostSnapshot(root: view.root, kernel: facts, inventory: view.inventory)
  }

  /// Sets up the interfaces of pools with `setLinkUp`, as the RDMA shared device plugin does.
  ///
  /// It does not wait and reports no failure, because the link's state shows it.
  nonisolated func setUp(linksOf pools: [PoolConfig], in view: HostSnapshot) {
    let asking = pools.filter { $0.shared?.setLinkUp == true }
    guard !asking.isEmpty, case .living(let thread) = kernel else { return }
    let partition = PoolPartition(inventory: view.inventory, pools: asking)
    let names = partition.pools.compactMap(\.units.first).flatMap(\.members).flatMap(\.device.interfaces).map(\.name)
    let down = Set(names).compactMap { view.kernel.links?[$0] }.filter { !$0.isUp }.map(\.index)
    guard !down.isEmpty else { return }
    Task {
      try? await thread.run { () throws(NetlinkError) in
        let route = try RouteNetlink.open(limit: .seconds(5))
        for index in down { try route.setUp(linkIndex: index) }
      }
    }
  }

  /// All facts that the kernel has, whatever pools need.
  func everyFact() async -> (KernelFacts, [InventoryProblem]) { await facts(.all) }

  private nonisolated func facts(_ wants: RequiredFacts) async -> (KernelFacts, [InventoryProblem]) {
    switch kernel {
    case .recorded(let facts): return (facts, [])
    case .living(let thread):
      do throws(NetlinkError) {
        return try await thread.run { () throws(NetlinkError) in
          var reader = KernelFactsReader(wants: wants)
          reader.read()
          return (reader.facts, reader.problems)
        }
      } catch {
        return (.none, [InventoryProblem(path: "netlink", reason: "\(error)")])
      }
    }
  }
}
