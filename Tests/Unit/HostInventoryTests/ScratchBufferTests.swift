import Testing

@testable import HostInventory

@Suite struct ScratchBufferTests {
  @Test func isTheSameMemoryEveryTime() {
    let scratch = ScratchBuffer()
    let first = scratch.lend { $0.baseAddress }
    #expect(scratch.lend { $0.baseAddress } == first)
  }

  @Test func aReadWithinAReadLeavesTheOuterOneAlone() {
    let scratch = ScratchBuffer()
    let kept = scratch.lend { outer in
      outer.storeBytes(of: 1, as: UInt64.self)
      scratch.lend { $0.storeBytes(of: 2, as: UInt64.self) }
      return outer.load(as: UInt64.self)
    }
    #expect(kept == 1)
    #expect(scratch.lend { $0.load(as: UInt64.self) } == 1)
  }
}
