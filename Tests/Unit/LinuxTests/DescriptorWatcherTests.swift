import Foundation
import Linux
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct DescriptorWatcherTests {
  private final class Heard: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    var all: [UInt8] { bytes.withLock { $0 } }
    func add(_ byte: UInt8) { bytes.withLock { $0.append(byte) } }
  }

  /// Stands for a library's socket: it closes its descriptor itself.
  private final class Owner: Sendable {
    let pipe: Pipe
    init() { pipe = Pipe() }

    func next() -> UInt8? {
      var byte: UInt8 = 0
      return read(pipe.fileHandleForReading.fileDescriptor, &byte, 1) == 1 ? byte : nil
    }
  }

  private func watch(
    _ owner: Owner, by watcher: DescriptorWatcher, _ heard: Heard
  ) throws -> DescriptorWatcher.Token {
    let number = owner.pipe.fileHandleForReading.fileDescriptor
    let token = watcher.watch(number: number, for: .readable) {
      guard let byte = owner.next() else { return .forget }
      heard.add(byte)
      return .goOn
    }
    return try #require(token)
  }

  @Test func itTellsOfADescriptorThatIsAnothersToClose() async throws {
    let (watcher, heard) = (DescriptorWatcher(), Heard())
    defer { watcher.shutdown() }
    let owner = Owner()
    _ = try watch(owner, by: watcher, heard)
    for byte in 1...3 as ClosedRange<UInt8> {
      try owner.pipe.fileHandleForWriting.write(contentsOf: [byte])
      #expect(await eventually { heard.all.last == byte })
    }
    #expect(heard.all == [1, 2, 3])
  }

  @Test func itKeepsTheOwnerUntilItIsForgotten() async throws {
    let (watcher, heard) = (DescriptorWatcher(), Heard())
    defer { watcher.shutdown() }
    weak var kept: Owner?
    let writer: FileHandle
    let token: DescriptorWatcher.Token
    do {
      let owner = Owner()
      kept = owner
      writer = owner.pipe.fileHandleForWriting
      token = try watch(owner, by: watcher, heard)
    }
    try writer.write(contentsOf: [7])
    #expect(await eventually { heard.all == [7] })
    #expect(kept != nil)
    watcher.forget(token)
    let isGone = await eventually { [weak kept] in kept == nil }
    #expect(isGone)
  }

  @Test func anEndThatIsForgottenLeavesTheOthersAlone() async throws {
    let (watcher, heard) = (DescriptorWatcher(), Heard())
    defer { watcher.shutdown() }
    let (broken, sound) = (Owner(), Owner())
    _ = try watch(broken, by: watcher, heard)
    _ = try watch(sound, by: watcher, heard)
    try broken.pipe.fileHandleForWriting.close()
    try sound.pipe.fileHandleForWriting.write(contentsOf: [5])
    #expect(await eventually { heard.all == [5] })
  }
}
