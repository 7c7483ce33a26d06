import Foundation
import ResourcePools
import TestSupport
import Testing

@testable import Agent

@Suite("The files of the command line")
struct ConfigurationFilesTests {
  private static func config(_ name: String) -> String {
    "{\"resourceList\":[{\"resourceName\":\"\(name)\",\"selectors\":{\"drivers\":[\"vfio-pci\"]}}]}"
  }

  /// What is decoded is what is remembered: a file that is replaced while the daemon starts is a change when it is next
  /// looked at, whatever was heard of it.
  @Test func aFileReplacedAfterItWasReadIsStillAChange() throws {
    let directory = try TemporaryDirectory()
    let path = directory["config.json"]
    try Data(Self.config("before").utf8).write(to: URL(filePath: path))
    var source = FollowedConfiguration(ConfigurationFiles(Options(configFiles: [path])))
    #expect(source.read().config?.pools.map(\.name.name) == ["before"])
    #expect(!source.hasChanged)
    let contents = source.files.contents()
    try Data(Self.config("after").utf8).write(to: URL(filePath: path))
    #expect(source.files.decode(contents).config?.pools.map(\.name.name) == ["before"])
    #expect(source.hasChanged)
    #expect(source.read().config?.pools.map(\.name.name) == ["after"])
    #expect(!source.hasChanged)
  }

  @Test func aFileThatCanNotBeReadIsAProblemThatNamesItAndTheReason() throws {
    let directory = try TemporaryDirectory()
    let path = directory["config.json"]
    let files = ConfigurationFiles(Options(configFiles: [path]))
    let missing = files.contents()
    let (config, problems) = files.decode(missing)
    #expect(config == nil)
    #expect(problems.map(\.text) == ["\(path): open \(path): No such file or directory"])
    #expect(files.contents() == missing)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(files.contents() != missing, "another reason is worth telling")
  }
}
