import EventLoop
import Testing

@Suite(.timeLimit(.minutes(1))) struct PortionsTests {
  @Test func theyAreTakenInOrderAndTheLastIsWhatIsLeft() {
    let portions = Portions(of: Array(1...7), size: 3)
    #expect(portions.next() == [1, 2, 3])
    #expect(portions.next() == [4, 5, 6])
    #expect(portions.next() == [7])
    #expect(portions.next() == nil)
    #expect(portions.next() == nil)
  }

  @Test func ofNothingThereAreNone() {
    #expect(Portions(of: [Int](), size: 8).next() == nil)
  }

  @Test func everyElementIsTakenOnceWhoeverTakesIt() {
    let portions = Portions(of: Array(0..<10_000), size: 3)
    let takers = (0..<4).map { _ in
      ParallelWork(name: "test-taker") {
        var taken: [Int] = []
        while let portion = portions.next() { taken += portion }
        return taken
      }
    }
    let taken = takers.flatMap { $0.value() }
    #expect(taken.sorted() == Array(0..<10_000))
  }
}
