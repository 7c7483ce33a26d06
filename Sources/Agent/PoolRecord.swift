import GRPC
import Glibc
import KubeletAPI
import Linux
import Logging
import ResourcePools
import Synchronization

/// The file in which a daemon notes the pools that it serves.
///
/// Neither kubelet's checkpoint nor its pod resources tell whether a resource was ours or another plugin's. The file is
/// in a directory of its own below kubelet's device plugin directory: kubelet removes sockets there when it starts, and
/// leaves directories alone.
///
/// Several daemons of a node have a file each, also when their containers see their configurations at the same path: a
/// daemon takes the file that has a resource of its configuration.
final class PoolRecord: Sendable {
  private let directory: String
  /// The start of the names of files of daemons with these configuration files.
  private let stem: String
  private let parent: String
  private let isRehearsal: Bool
  private let socketDirectories: [String]
  private let log: Logger
  private let state = Mutex(State())

  private struct State {
    var name = ""
    var wanted: RememberedPools?
    var isWriting = false
    var hasReported = false
  }

  /// A rehearsal on a recorded host has no next run.
  init(_ options: Options, isRehearsal: Bool, log: Logger) {
    self.log = log
    let kubelet = options.kubelet
    self.isRehearsal = isRehearsal
    parent = kubelet.devicePlugins
    directory = "\(parent)/devicepool"
    let origin = options.configFiles.joined(separator: ",").map { $0 == "/" ? "-" : $0 }
    stem = "pools\(String(origin.suffix(200)))"
    socketDirectories = [kubelet.pluginsRegistry, kubelet.devicePlugins]
  }

  private typealias Candidate = (file: String, pools: [PoolConfig])

  /// Reads the pools that the last run served, and decides which file is this daemon's: the one that has a resource of
  /// `config`.
  ///
  /// - Returns: No pools when there is no usable file.
  func read(beside config: PluginConfig) -> [PoolConfig] {
    guard !isRehearsal else { return [] }
    let names = Set((config.pools + config.sharedPools).map(\.name))
    let files = ((try? DirectoryNames.read(directory)) ?? []).filter(isName)
    let candidates: [Candidate] = files.map { ($0, pools(of: $0)) }
    let own = candidates.first { !names.isDisjoint(with: $0.pools.map(\.name)) } ?? abandoned(candidates)
    state.withLock { $0.name = own?.file ?? freeName(among: files) }
    return own?.pools ?? []
  }

  /// The only file, if nobody serves its pools: with all of its pools renamed, a daemon knows its own file by that.
  private func abandoned(_ candidates: [Candidate]) -> Candidate? {
    guard candidates.count == 1 else { return nil }
    let sockets = candidates[0].pools.flatMap { pool in
      socketDirectories.map { "\($0)/\(pool.name.socketName)" }
    }
    return sockets.contains(where: ServedSocket.isThere) ? nil : candidates[0]
  }

  /// Whether a daemon with these configuration files may have the file: `STEM.json`, or `STEM.N.json` of a further one.
  private func isName(_ file: String) -> Bool {
    guard file.hasPrefix("\(stem)."), file.hasSuffix(".json") else { return false }
    let number = file.dropFirst(stem.count + 1).dropLast("json".count)
    return number.isEmpty || Int(number.dropLast()) != nil
  }

  private func freeName(among files: [String]) -> String {
    let names = ["\(stem).json"] + (2...files.count + 2).map { "\(stem).\($0).json" }
    return names.first { !files.contains($0) } ?? names[0]
  }

  private func pools(of name: String) -> [PoolConfig] {
    let path = "\(directory)/\(name)"
    do throws(FileError) {
      let file = ConfigFile(name: path, bytes: try SmallFile.bytes(path))
      let (pools, errors) = RememberedPools.read(file, socketDirectories: socketDirectories)
      if let error = errors.first { reportUnreadable(error.text) }
      return pools
    } catch {
      reportUnreadable("\(error)")
      return []
    }
  }

  private func reportUnreadable(_ reason: String) {
    log.warning(
      "the pools of the last run are not known; pods of a removed pool may fail to restart",
      metadata: ["err": "\(reason)"])
  }

  /// Notes that the daemon serves these pools. It returns at once: the file is written by a thread of its own, because
  /// a disk may not answer.
  func keep(_ pools: [PoolConfig]) {
    // Without kubelet's directory there is nothing to remember yet.
    guard !isRehearsal, FileKind(path: parent) == .directory else { return }
    let pools = RememberedPools(pools)
    let starts = state.withLock { state in
      guard state.wanted != pools else { return false }
      state.wanted = pools
      defer { state.isWriting = true }
      return !state.isWriting
    }
    guard starts else { return }
    let error = DedicatedThread.run(name: "pool-record") { [self] in write(pools) }
    guard error != 0 else { return }
    report("cannot create a thread: \(Errno(error))")
    state.withLock { $0.isWriting = false }
  }

  /// Writes until the file has the newest pools.
  private func write(_ pools: RememberedPools) {
    var next: RememberedPools? = pools
    while let current = next {
      do throws(FileError) {
        try put(current)
      } catch {
        report("\(error)")
        // Tried again with the next partition.
        state.withLock { $0.wanted = nil }
      }
      next = state.withLock { state in
        guard let wanted = state.wanted, wanted != current else {
          state.isWriting = false
          return nil
        }
        return wanted
      }
    }
  }

  private func put(_ pools: RememberedPools) throws(FileError) {
    let file = AtomicFile(state.withLock { $0.name }, in: directory, mode: 0o600, outlives: .power)
    guard !pools.isEmpty else { return file.remove() }
    // Not those above: kubelet's directory is not ours to make.
    guard mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw FileError("mkdir", directory, errno) }
    try file.write(pools.text)
  }

  private func report(_ reason: String) {
    let isFirst = state.withLock { state in
      defer { state.hasReported = true }
      return !state.hasReported
    }
    guard isFirst else { return }
    log.warning(
      "the pools are not noted for the next run; after it starts, pods of a pool that was removed may fail to restart",
      metadata: ["err": "\(reason)"])
  }
}
