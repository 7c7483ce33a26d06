import TestSupport
import Testing

@testable import Agent

@Suite("Links that lose their carrier")
struct LinkHealthTests {
  private func look(_ health: inout LinkHealth, up: Bool, at now: Double) {
    health.observe(lost: up ? [] : ["pf"], carrying: up ? ["pf"] : [], at: now)
  }

  @Test func lossIsToldAfterASecond() {
    var health = LinkHealth()
    look(&health, up: true, at: 0)
    look(&health, up: false, at: 10)
    #expect(!health.isLost("pf"))
    #expect(health.deadline == 11)
    health.settle(at: 10.99)
    #expect(!health.isLost("pf"))
    health.settle(at: 11)
    #expect(health.isLost("pf"))
    #expect(health.deadline == nil)
  }

  @Test func flapOfANumvfsWriteIsNeverTold() {
    var health = LinkHealth()
    look(&health, up: true, at: 0)
    look(&health, up: false, at: 1)
    look(&health, up: true, at: 1.8)
    health.settle(at: 100)
    #expect(!health.isLost("pf"))
    #expect(health.deadline == nil)
  }

  @Test func recoveryIsToldAtOnce() {
    var health = LinkHealth()
    look(&health, up: true, at: 0)
    look(&health, up: false, at: 1)
    health.settle(at: 2)
    look(&health, up: true, at: 5)
    #expect(!health.isLost("pf"))
  }

  @Test func lostAtTheFirstLookIsToldAtOnce() {
    var health = LinkHealth()
    look(&health, up: false, at: 0)
    #expect(health.isLost("pf"))
  }

  @Test func linkThatGoesDownByWillIsForgotten() {
    var health = LinkHealth()
    look(&health, up: false, at: 0)
    health.observe(lost: [], carrying: [], at: 1)
    #expect(!health.isLost("pf"))
  }

  /// An hour of a link that is up for two seconds and gone for two: told a handful of times, not 900.
  @Test func endlessFlappingDoesNotFlood() {
    var health = LinkHealth()
    look(&health, up: true, at: 0)
    var told = 0
    var wasLost = false
    for step in 1...36_000 {
      let now = Double(step) / 10
      look(&health, up: Int(now / 2) % 2 == 0, at: now)
      health.settle(at: now)
      if health.isLost("pf") != wasLost {
        wasLost.toggle()
        told += 1
      }
    }
    #expect(told < 10, "told \(told) times")
    for step in 0..<200 {
      look(&health, up: true, at: 3600 + Double(step) / 10)
    }
    #expect(!health.isLost("pf"), "it is let back once it is quiet")
  }

  @Test(arguments: 0..<50)
  func whatIsQuietIsToldAsItIs(seed: Int) {
    var numbers = SeededNumbers(seed: UInt64(seed))
    var health = LinkHealth()
    var now = 0.0
    var up = true
    for _ in 0..<200 {
      now += Double(Int.random(in: 0..<4000, using: &numbers)) / 1000
      up = Int.random(in: 0..<2, using: &numbers) == 0
      look(&health, up: up, at: now)
    }
    health.settle(at: now + LinkHealth.calm)
    #expect(health.isLost("pf") == !up, "seed \(seed)")
  }
}
