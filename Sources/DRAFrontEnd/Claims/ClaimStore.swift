import Glibc
import Linux

/// The driver's files: its checkpoint, and the CDI spec of each claim.
///
/// The checkpoint is written after a claim's spec, and after the spec is removed. So after a kill at any point, a spec that
/// no claim needs is removed at the next start, and a claim whose spec is missing gets it when kubelet asks again.
struct ClaimStore: Sendable {
  private let driver: DriverName
  /// Kubelet's directory for the driver.
  private let directory: String
  private let cdiDirectory: String
  private let deviceInfoDirectory: String

  private static let checkpointName = "claims.json"
  private var checkpoint: String { "\(directory)/\(Self.checkpointName)" }

  init(driver: DriverName, directory: String, cdiDirectory: String, deviceInfoDirectory: String) {
    self.driver = driver
    self.directory = directory
    self.cdiDirectory = cdiDirectory
    self.deviceInfoDirectory = deviceInfoDirectory
  }

  var hasCheckpoint: Bool { FileKind(path: checkpoint) != nil }

  /// Reads the checkpoint; without one, no claim is prepared.
  ///
  /// - Throws: When there is a checkpoint that can't be used.
  func read() throws(CheckpointError) -> ClaimLedger {
    guard hasCheckpoint else { return ClaimLedger() }
    do {
      return try ClaimLedger(decoding: try SmallFile.bytes(checkpoint))
    } catch {
      throw CheckpointError(path: checkpoint, reason: "\(error)")
    }
  }

  /// Makes kubelet's directory for the driver, which holds its socket too.
  func makeDirectory() throws(FileError) { try DirectoryTree(directory).make(mode: 0o750) }

  func save(_ ledger: ClaimLedger) throws(FileError) {
    _ = try AtomicFile(Self.checkpointName, in: directory, mode: 0o600, outlives: .power).put(ledger.text)
  }

  func hasFile(of uid: String) -> Bool { FileKind(path: path(of: uid)) == .regular }

  /// Mode 0644: runtimes in user namespaces read it as other users than root. It need not outlive the loss of power, after
  /// which kubelet asks for the claim again.
  func write(_ file: ClaimFile) throws(FileError) {
    _ = try AtomicFile(file.fileName, in: cdiDirectory, mode: 0o644).put(file.text)
  }

  /// Removes a file.
  ///
  /// - Throws: When it still exists.
  func removeFile(of uid: String) throws(FileError) { try remove(path(of: uid)) }

  func removeDeviceInfo(_ name: String) throws(FileError) { try remove("\(deviceInfoDirectory)/\(name)") }

  private func remove(_ path: String) throws(FileError) {
    guard unlink(path) != 0, errno != ENOENT else { return }
    throw FileError("remove", path, errno)
  }

  private func path(of uid: String) -> String { "\(cdiDirectory)/\(ClaimFile.fileName(of: uid, driver: driver))" }

  /// Removes specs of claims that are not in the ledger, and files that were never finished.
  func sweep(keeping ledger: ClaimLedger) {
    for name in (try? DirectoryNames.read(cdiDirectory)) ?? [] {
      let isUnfinished = name.hasPrefix(".") && ClaimFile.isOurs(String(name.dropFirst()), driver: driver)
      let uid = ClaimFile.uid(inFileName: name, driver: driver)
      if isUnfinished || uid.map({ ledger.claims[$0] == nil }) == true { unlink("\(cdiDirectory)/\(name)") }
    }
    for name in (try? DirectoryNames.read(directory)) ?? [] where name.hasPrefix(".\(Self.checkpointName).") {
      unlink("\(directory)/\(name)")
    }
  }
}

/// A checkpoint that can't be used. The driver then serves nothing, because it could allocate a device twice.
struct CheckpointError: Error, CustomStringConvertible {
  let path: String
  let reason: String

  var description: String {
    "the checkpoint \(path) can't be used (\(reason)): drain the node of pods with claims, then remove the file"
  }
}
