import Foundation
import TestSupport
import Testing

@testable import Agent

@Suite("What no event told") struct MissedEventsTests {
  @Test func aNewSocketOfKubeletIsFoundOnce() throws {
    let directory = try TemporaryDirectory()
    var missed = MissedEvents(directories: [directory.path], kubeletSocket: directory["kubelet.sock"])
    #expect(missed.look() == MissedEvents.Finding())
    _ = try SpecialFile.socket.make(at: directory["kubelet.sock"])
    #expect(missed.look() == MissedEvents.Finding(kubeletHasStarted: true))
    #expect(missed.look() == MissedEvents.Finding())
    try FileManager.default.removeItem(atPath: directory["kubelet.sock"])
    #expect(missed.look() == MissedEvents.Finding())
    _ = try SpecialFile.socket.make(at: directory["kubelet.sock"])
    let isNew = missed.noteKubelet()
    #expect(isNew, "by an event")
    #expect(missed.look() == MissedEvents.Finding())
  }

  @Test func aLinkThatLeadsElsewhereIsAReplacedDirectory() throws {
    let directory = try TemporaryDirectory()
    let files = FileManager.default
    for name in ["a", "b"] { try files.createDirectory(atPath: directory[name], withIntermediateDirectories: false) }
    try files.createSymbolicLink(atPath: directory["link"], withDestinationPath: directory["a"])
    var missed = MissedEvents(directories: [directory["link"]], kubeletSocket: directory["link/kubelet.sock"])
    #expect(missed.look() == MissedEvents.Finding())
    try files.removeItem(atPath: directory["link"])
    try files.createSymbolicLink(atPath: directory["link"], withDestinationPath: directory["b"])
    #expect(missed.look() == MissedEvents.Finding(directoryWasReplaced: true))
    #expect(missed.look() == MissedEvents.Finding())
  }
}
