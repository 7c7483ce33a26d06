import HostInventory
import ResourcePools
import TestSupport
import Testing

/// `topology`: nearest by NUMA node, root port and bridge.
@Suite struct TopologyPreferenceTests {
  /// A device by NUMA node and the bridges above it, root port first: numbers become bus numbers.
  static func machine(_ places: [Place], npu: Bool = false) -> Inventory {
    let devices = places.enumerated().map { index, place in
      let address = PCIAddress(domain: 0, bus: UInt8(index), device: 0, function: 0)
      var device = Device(
        id: "\(index)", bus: .pci(address), vendor: npu ? 0x1eff : 0x8086, product: 0x1250,
        classCode: npu ? 0x120000 : 0x020000)
      device.driver = npu ? "rebellions" : "iavf"
      device.rebellions = npu ? .node("rbln\(index)") : nil
      device.numaNode = place.numa
      device.bridges = place.bridges.map { PCIAddress(domain: 1, bus: $0, device: 0, function: 0) }
      return device
    }
    return Inventory(devices: devices, nodes: Machines.nodes)
  }

  private func answer(
    _ places: [Place], free: [Int]? = nil, including: [Int] = [], count: Int,
    npu: Bool = false, allowCrossNuma: Bool = false
  ) throws -> [Int] {
    var config = try Pools.config(type: npu ? "accelerator" : "netDevice")
    config.preferredAllocation = .topology
    config.allowCrossNuma = allowCrossNuma
    let pool = Pools.partition(Self.machine(places, npu: npu), config).pools[0]
    let available = free?.map(String.init) ?? pool.units.map(\.id)
    return pool.preferred(from: available, including: including.map(String.init), count: count).compactMap { Int($0) }
  }

  /// Two NUMA nodes; in each, two root ports with two devices.
  private let plain: [Place] = [
    Place(0, 1), Place(0, 1), Place(0, 2), Place(0, 2), Place(1, 3), Place(1, 3), Place(1, 4), Place(1, 4),
  ]

  @Test func oneRootPortBeforeOneNUMANode() throws {
    #expect(try answer(plain, count: 2) == [0, 1])
    #expect(try answer(plain, free: [0, 2, 3, 4, 6], count: 2) == [2, 3])
    #expect(try answer(plain, free: [0, 2, 4, 6, 7], count: 3) == [4, 6, 7])
    #expect(try answer(plain, count: 3) == [0, 1, 2])
  }

  @Test func theNUMANodeWithTheFewestThatSuffice() throws {
    #expect(try answer(plain, free: [0, 1, 2, 4, 6], count: 1) == [4])
    #expect(try answer(plain, free: [0, 1, 2, 3, 4, 6, 7], count: 3) == [4, 6, 7])
  }

  @Test func whatTheContainerHasDecidesWhere() throws {
    #expect(try answer(plain, including: [6], count: 2) == [6, 7])
    #expect(try answer(plain, free: [0, 1, 2, 3, 4, 5], including: [6], count: 2) == [6, 4])
    #expect(try answer(plain, including: [0, 4], count: 4) == [0, 4, 1, 2])
  }

  @Test func whereOneNUMANodeDoesNotDoTheNextIsOpened() throws {
    #expect(try answer(plain, count: 6).prefix(4) == [0, 1, 2, 3])
    #expect(try answer(plain, free: [0, 2, 3, 4, 5], count: 4) == [0, 2, 3, 4])
  }

  @Test func devicesOfNoKnownNUMANodeAreAGroupOfTheirOwn() throws {
    #expect(try answer([Place(0, 1), Place(nil, 2), Place(nil, 2)], count: 2) == [1, 2])
  }

  /// Cards of four NPUs behind a bridge, two cards to a root port.
  private let cards: [Place] = (0..<16).map { index in
    Place(index / 8, UInt8(1 + index / 8), UInt8(10 + index / 4))
  }

  @Test func npusOfOneCardThenOfOneNUMANode() throws {
    #expect(try answer(cards, count: 4, npu: true) == [0, 1, 2, 3])
    // 1 and 2 cards are broken into: the full one stays whole for a smaller request.
    #expect(try answer(cards, free: [0, 1, 2, 4, 5, 8, 9, 10, 11, 12], count: 2, npu: true) == [4, 5])
    #expect(try answer(cards, free: Array(1..<16), count: 3, npu: true) == [1, 2, 3])
    #expect(try answer(cards, free: Array(0..<8), count: 5, npu: true) == [0, 1, 2, 3, 4])
    #expect(try answer(cards, including: [13], count: 3, npu: true) == [13, 12, 14])
  }

  @Test func npusAreNotSpreadOverNUMANodesUnlessThePoolAllowsIt() throws {
    let free = [0, 1, 2, 8, 9, 10]
    #expect(try answer(cards, free: free, count: 4, npu: true).isEmpty)
    #expect(try answer(cards, free: free, count: 4, npu: true, allowCrossNuma: true).count == 4)
    #expect(try answer(cards, count: 9, npu: true).isEmpty)
    // More than the vendor's machines have in any NUMA node: there is no choice.
    let large = (0..<40).map { Place($0 / 20, UInt8(1 + $0 / 20), UInt8(10 + $0 / 4)) }
    #expect(try answer(large, free: Array(10..<30), count: 17, npu: true).count == 17)
    // The container is in both nodes already.
    #expect(try answer(cards, free: free, including: [3, 12], count: 3, npu: true).count == 3)
    // Network devices go together as near as they can.
    #expect(try answer(cards, free: free, count: 4).count == 4)
  }

  /// As the vendor's plugin has it: kubelet's default choice would spread them all the same.
  @Test(
    arguments: [
      (4, [0, 1, 2, 8, 9, 10], [], false, true), (3, [0, 1, 2, 8, 9, 10], [], false, false),
      (4, [0, 1, 2, 8, 9, 10], [], true, false), (3, [0, 1, 2, 8, 9, 10], [3, 12], false, false),
      (4, [0, 1, 8, 9, 10], [3], false, true), (0, [], [], false, false), (9, Array(0..<16), [], false, true),
    ] as [(Int, [Int], [Int], Bool, Bool)])
  func aRequestThatNoNUMANodeSatisfiesIsRefused(
    count: Int, free: [Int], including: [Int], allowCrossNuma: Bool, isRefused: Bool
  ) throws {
    var config = try Pools.config(type: "accelerator")
    config.preferredAllocation = .topology
    config.allowCrossNuma = allowCrossNuma
    let pool = Pools.partition(Self.machine(cards, npu: true), config).pools[0]
    let objection = pool.objection(to: count, from: free.map(String.init), including: including.map(String.init))
    #expect((objection != nil) == isRefused)
    config.preferredAllocation = .none
    let silent = Pools.partition(Self.machine(cards, npu: true), config).pools[0]
    #expect(silent.objection(to: count, from: free.map(String.init), including: []) == nil)
  }

  /// Without a key: the vendor's plugin chooses among its cards of several NPUs, and leaves others to kubelet.
  @Test func anImpliedPreferenceIsForCardsAlone() throws {
    var config = try Pools.config(type: "accelerator")
    config.preferredAllocation = .topology
    config.preferenceIsImplied = true
    let machine = Self.machine(cards, npu: true)
    let free = [0, 1, 2, 4, 5].map(String.init)
    #expect(Pools.partition(machine, config).pools[0].preferred(from: free, including: [], count: 2) == ["4", "5"])
    let single = machine.changed { device in
      var device = device
      device.product = 0x1120
      return device
    }
    #expect(Pools.partition(single, config).pools[0].preferred(from: free, including: [], count: 2).isEmpty)
  }

  @Test func theFewestBranchesWithTheLeastToSpare() throws {
    // Bridges with 4, 4, 3 and 2 free below one root port: five are 3 and 2, not 4 and a bit.
    let places = [4, 4, 3, 2].enumerated().flatMap { branch, size in
      Array(repeating: Place(0, 1, UInt8(10 + branch)), count: size)
    }
    #expect(try answer(places, count: 5) == [8, 9, 10, 11, 12])
    #expect(try answer(places, count: 6) == [0, 1, 2, 3, 11, 12])
    #expect(try answer(places, count: 9) == [0, 1, 2, 3, 8, 9, 10, 11, 12])
    // Of 16 branches the largest are taken first, and the smallest that has the rest.
    let many = (1...16).flatMap { branch in Array(repeating: Place(0, 1, UInt8(20 + branch)), count: branch) }
    let ids = try answer(many, count: 18)
    #expect(ids.count == 18 && Set(ids.map { many[$0].bridges[1] }) == [36, 22])
  }

  /// Cards are broken into before a request is laid over two of them, also where the other NUMA node has fewer free.
  @Test func oneCardBeforeTwoOfAFullerNUMANode() throws {
    #expect(try answer(cards, free: [0, 1, 4, 8, 9, 10, 11], count: 3, npu: true) == [8, 9, 10])
    #expect(try answer(cards, free: [0, 1, 4, 8, 9, 10, 11], count: 2, npu: true) == [0, 1])
  }

  /// Against every other choice on small hosts: none lies in one NUMA node or below one root port if the answer does
  /// not.
  @Test(arguments: 0..<200) func noOtherChoiceIsNearer(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let places = RandomTopology.places(count: Int.random(in: 2...9, using: &random), &random)
    let count = Int.random(in: 2...min(4, places.count), using: &random)
    let answer = try answer(places, count: count)
    #expect(answer.count == count)
    let best = subsets(of: places.count, size: count).map { depth(of: $0, in: places) }.max()
    #expect(depth(of: answer, in: places) == best, "\(places) \(count)")
  }

  /// 2: below one root port; 1: in one NUMA node.
  private func depth(of set: [Int], in places: [Place]) -> Int {
    let first = places[set[0]]
    guard set.allSatisfy({ places[$0].numa == first.numa }) else { return 0 }
    return set.allSatisfy { places[$0].bridges.first == first.bridges.first } ? 2 : 1
  }

  private func subsets(of total: Int, size: Int) -> [[Int]] {
    (0..<(1 << total)).filter { $0.nonzeroBitCount == size }.map { set in (0..<total).filter { set & (1 << $0) != 0 } }
  }
}
