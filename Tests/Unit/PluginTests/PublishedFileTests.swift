import Foundation
import HostInventory
import Linux
import ResourcePools
import TestSupport
import Testing

@testable import Effects

/// DeviceInfo files and CDI specs as their readers find them.
@Suite("Files that others read") struct PublishedFileTests {
  private let info = DeviceInfo(
    resource: ResourceName(prefix: "intel.com", name: "a"), unit: "0000:3b:02.0", text: #"{"type":"pci"}"#)
  private let name = "intel.com-a-0000:3b:02.0-device.json"

  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  private func inode(_ path: String) throws -> UInt64? {
    try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? UInt64
  }

  private func spec() throws -> CDISpec {
    let (inventory, _) = try MachineTree(named: "h1").read()
    let (config, _) = PluginConfig.decode(
      Array(#"{"resourceList":[{"resourceName":"v","selectors":{"drivers":["vfio-pci"]}}]}"#.utf8), file: "c",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: false, node: .any))
    let pool = PoolPartition(inventory: inventory, pools: try #require(config).pools).pools[0]
    return try #require(pool.cdiSpec(nodes: inventory.nodes))
  }

  @Test func deviceInfoIsWholeAndReadOnly() throws {
    let directory = try TemporaryDirectory()
    let place = directory["k8s.cni.cncf.io/devinfo/dp"]
    _ = try DeviceInfoFile(info, directory: place).write()
    #expect(try mode("\(place)/\(name)") == 0o444)
    #expect(try mode(place) == 0o755)
    #expect(try SmallFile.read("\(place)/\(name)") == info.text)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place) == [name], "no temporary is left")
  }

  /// Whoever has the old file open goes on reading the old text: it is replaced, not written over.
  @Test func aSecondAllocateReplacesTheFile() throws {
    let directory = try TemporaryDirectory()
    _ = try DeviceInfoFile(info, directory: directory.path).write()
    let reader = try #require(FileHandle(forReadingAtPath: directory[name]))
    var next = info
    next.text = #"{"type":"vdpa"}"#
    _ = try DeviceInfoFile(next, directory: directory.path).write()
    #expect(try reader.readToEnd() == Data(info.text.utf8))
    #expect(try SmallFile.read(directory[name]) == next.text)
    #expect(try mode(directory[name]) == 0o444)
  }

  @Test func aDirectoryThatWasTakenAwayIsMadeAnew() throws {
    let directory = try TemporaryDirectory()
    let place = directory["dp"]
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
    let opened = try #require(AtomicFile.open(directory: place))
    try FileManager.default.removeItem(atPath: place)
    #expect(try DeviceInfoFile(info, directory: place, opened: opened).write())
    #expect(try SmallFile.read("\(place)/\(name)") == info.text)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place) == [name])
  }

  @Test func aFileThatHoldsTheSameTextIsLeftAlone() throws {
    let directory = try TemporaryDirectory()
    let place = directory["dp"]
    #expect(try DeviceInfoFile(info, directory: place).write())
    let before = try inode("\(place)/\(name)")
    #expect(try !DeviceInfoFile(info, directory: place).write())
    #expect(try inode("\(place)/\(name)") == before)
    for text in [String(info.text.dropLast()), info.text, info.text + " "] {
      var next = info
      next.text = text
      #expect(try DeviceInfoFile(next, directory: place).write())
      #expect(try SmallFile.read("\(place)/\(name)") == text)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: place) == [name], "no temporary is left")
  }

  @Test func aSpecIsReadableByAllAndWrittenOnlyWhenItChanges() throws {
    let directory = try TemporaryDirectory()
    let spec = try spec()
    let path = directory["cdi/\(spec.fileName)"]
    let file = CDISpecFile(spec, directory: directory["cdi"])
    try file.write()
    #expect(try mode(path) == 0o644)
    let before = try inode(path)
    try file.write()
    #expect(try inode(path) == before, "runtimes that watch the directory are left alone")
    try "damaged".write(toFile: path, atomically: false, encoding: .utf8)
    try file.write()
    #expect(try SmallFile.read(path) == spec.text)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory["cdi"]) == [spec.fileName])
  }

  /// Whatever has the name and is no regular file stays what it is, and the error says so.
  @Test(arguments: SpecialFile.possible) func onlyARegularFileIsReplaced(_ kind: SpecialFile) throws {
    let directory = try TemporaryDirectory()
    let before = try kind.make(at: directory[name])
    let error = #expect(throws: FileError.self) {
      _ = try DeviceInfoFile(info, directory: directory.path).write()
    }
    #expect(error?.description == "write \(directory[name]): it is \(kind.word): remove it")
    #expect(try SpecialFile.identity(of: directory[name]) == before)
    DeviceInfoFile(info, directory: directory.path).remove()
    #expect(try SpecialFile.identity(of: directory[name]) == before)
    #expect(directory.names == [name], "no temporary is left")
  }

  /// A link is not followed either: not even to a file that holds the same.
  @Test(arguments: ["precious", #"{"type":"pci"}"#]) func aLinkIsNotFollowed(_ content: String) throws {
    let directory = try TemporaryDirectory()
    let place = directory["dp"]
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
    try content.write(toFile: directory["target"], atomically: true, encoding: .utf8)
    try FileManager.default.createSymbolicLink(atPath: "\(place)/\(name)", withDestinationPath: directory["target"])
    #expect(throws: FileError.self) { _ = try DeviceInfoFile(info, directory: place).write() }
    #expect(try SmallFile.read(directory["target"]) == content)
    let file = CDISpecFile(try spec(), directory: place)
    try FileManager.default.createSymbolicLink(
      atPath: "\(place)/\(try spec().fileName)", withDestinationPath: directory["target"])
    #expect(throws: FileError.self) { try file.write() }
    #expect(try SmallFile.read(directory["target"]) == content)
  }

  @Test(.enabled(if: geteuid() == 0, "needs root to give a file away")) func aFileOfAnotherUserIsNotReplaced() throws {
    let directory = try TemporaryDirectory()
    try "theirs".write(toFile: directory[name], atomically: true, encoding: .utf8)
    #expect(chown(directory[name], 65534, 65534) == 0)
    let error = #expect(throws: FileError.self) { _ = try DeviceInfoFile(info, directory: directory.path).write() }
    #expect(error?.description == "write \(directory[name]): it belongs to user 65534: remove it")
    #expect(try SmallFile.read(directory[name]) == "theirs")
  }

  @Test func aDirectoryThatOthersCanChangeIsRefused() throws {
    let directory = try TemporaryDirectory()
    #expect(chmod(directory.path, 0o777) == 0)
    let error = #expect(throws: FileError.self) { _ = try DeviceInfoFile(info, directory: directory.path).write() }
    #expect(error?.description.contains("other users can replace files in \(directory.path)") == true)
    #expect(directory.names == [])
    // As /tmp: nobody can replace the files of another user.
    #expect(chmod(directory.path, 0o1777) == 0)
    #expect(try DeviceInfoFile(info, directory: directory.path).write())
  }

  @Test func aDirectoryThatCannotBeMadeIsNamed() throws {
    let directory = try TemporaryDirectory()
    try "".write(toFile: directory["run"], atomically: true, encoding: .utf8)
    let error = #expect(throws: FileError.self) {
      _ = try DeviceInfoFile(info, directory: directory["run/dp"]).write()
    }
    #expect(error?.description.contains(directory["run"]) == true)
  }

  /// Two calls may be answered at once, and a process that was killed leaves its temporary file.
  @Test func aTemporaryOfSomebodyElseIsLeftAlone() throws {
    let directory = try TemporaryDirectory()
    let other = directory[".\(name).\(getpid())"]
    try "half".write(toFile: other, atomically: false, encoding: .utf8)
    _ = try DeviceInfoFile(info, directory: directory.path).write()
    #expect(try SmallFile.read(directory[name]) == info.text)
    #expect(try SmallFile.read(other) == "half")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).count == 2)
  }

  @Test func writersOfOneFileDoNotMixTheirTexts() async throws {
    let directory = try TemporaryDirectory()
    let path = directory["file"]
    let texts = (0..<4).map { String(repeating: "\($0)", count: 5000) }
    try AtomicFile(path: path, mode: 0o644).write(texts[0])
    try await withThrowingTaskGroup { group in
      for text in texts {
        group.addTask { for _ in 0..<100 { try AtomicFile(path: path, mode: 0o644).write(text) } }
      }
      group.addTask {
        for _ in 0..<400 {
          let seen: String? = try SmallFile.read(path)
          #expect(texts.contains { $0 == seen })
        }
      }
      try await group.waitForAll()
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["file"])
  }
}
