import Foundation
import Glibc
import Testing

@testable import EventLoop

/// Where threads begin; what the kernel makes of it later is its own affair.
@Suite(.timeLimit(.minutes(1))) struct ThreadPlaceTests {
  private struct Seen: Sendable, Equatable {
    let processors: String
    let niceness: Int
  }

  /// The processors that the calling thread may run on, and how far it stands back.
  private static func look() -> Seen {
    let status = (try? String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)) ?? ""
    let allowed = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") } ?? ""
    return Seen(processors: String(allowed), niceness: Int(getpriority(__priority_which_t(0), 0)))
  }

  private func seen(at place: ThreadPlace, _ body: @escaping @Sendable () -> Seen = look) async throws -> Seen {
    let (stream, told) = AsyncStream.makeStream(of: Seen.self)
    try ServiceThread.begin("test-place", place) { told.yield(body()) }.get().detach()
    return try #require(await stream.first { _ in true })
  }

  /// Once it runs, a thread may go wherever its process may.
  @Test(arguments: [ThreadPlace.anywhere, .here, .elsewhere])
  func noThreadIsKeptFromAProcessor(_ place: ThreadPlace) async throws {
    let own = Self.look()
    #expect(own.processors.hasPrefix("Cpus_allowed_list:"))
    for _ in 0..<20 { #expect(try await seen(at: place).processors == own.processors) }
  }

  @Test(arguments: [ThreadPlace.anywhere, .here, .elsewhere])
  func noPlaceMakesAThreadStandBack(_ place: ThreadPlace) async throws {
    #expect(try await seen(at: place).niceness == Self.look().niceness)
  }

  @Test func whoStandsBackDoesSoAloneAndWithWhomItMakes() async throws {
    let own = Self.look().niceness
    let stood = try await seen(at: .anywhere) {
      ServiceThread.standBack()
      return Self.look()
    }
    #expect(stood.niceness == min(19, own + 10))
    let made = try await seen(at: .anywhere) {
      ServiceThread.standBack()
      return ParallelWork(name: "test-made") { Self.look() }.value()
    }
    #expect(made.niceness == min(19, own + 10))
    #expect(ParallelWork(name: "test-other") { Self.look() }.value().niceness == own)
    #expect(Self.look().niceness == own)
  }

  @Test func workOfSeveralPlacesIsAllDone() {
    let work = (0..<16).map { number in ParallelWork(name: "test-\(number)") { number } }
    #expect(work.map { $0.value() } == Array(0..<16))
  }
}
