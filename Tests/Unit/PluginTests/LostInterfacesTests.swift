import Testing

@testable import Agent

/// An interface that nobody has: told after a while, taken back at once.
@Suite struct LostInterfacesTests {
  var interfaces = LostInterfaces()

  init() { interfaces.observe(missing: [], held: [], at: -1) }

  /// A daemon that restarts must not offer what was lost before. Devices of pods are not lost.
  @Test(arguments: [true, false]) func whatIsMissingAtTheStartIsLostAtOnce(_ kubeletAnswers: Bool) {
    var interfaces = LostInterfaces()
    if !kubeletAnswers { interfaces.observe(missing: ["a", "b"], held: nil, at: 0) }
    #expect(interfaces.lost == [])
    interfaces.observe(missing: ["a", "b"], held: ["b"], at: 1)
    #expect(interfaces.lost == ["a"] && interfaces.deadline == nil)
    interfaces.observe(missing: ["a", "b"], held: [], at: 2)
    #expect(interfaces.lost == ["a"] && interfaces.deadline == 12)
  }

  @Test mutating func toldAfterAWhile() {
    interfaces.observe(missing: ["a", "b"], held: ["b"], at: 0)
    #expect(interfaces.lost == [] && interfaces.deadline == 10)
    interfaces.observe(missing: ["a", "b"], held: ["b"], at: 9)
    #expect(interfaces.lost == [])
    interfaces.settle(at: 10)
    #expect(interfaces.lost == ["a"] && interfaces.deadline == nil)
  }

  @Test mutating func takenBackWhenItReturnsOrAPodHasIt() {
    interfaces.observe(missing: ["a", "b"], held: [], at: 0)
    interfaces.observe(missing: ["a", "b"], held: [], at: 20)
    #expect(interfaces.lost == ["a", "b"])
    interfaces.observe(missing: ["a"], held: ["a"], at: 21)
    #expect(interfaces.lost == [] && interfaces.deadline == nil)
    interfaces.observe(missing: ["a"], held: [], at: 22)
    #expect(interfaces.deadline == 32)
  }

  @Test mutating func withoutKubeletNothingIsSaid() {
    interfaces.observe(missing: ["a"], held: [], at: 0)
    interfaces.observe(missing: ["a"], held: nil, at: 20)
    #expect(interfaces.lost == [] && interfaces.deadline == nil)
  }

  @Test mutating func whatWasLostStaysSoWhileKubeletDoesNotTell() {
    interfaces.observe(missing: ["a", "b"], held: [], at: 0)
    interfaces.settle(at: 10)
    interfaces.observe(missing: ["a", "c"], held: nil, at: 20)
    #expect(interfaces.lost == ["a"] && interfaces.deadline == nil)
    interfaces.observe(missing: [], held: nil, at: 21)
    #expect(interfaces.lost == [])
  }
}
