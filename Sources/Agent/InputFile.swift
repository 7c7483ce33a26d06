import ConfigMapText
import Glibc
import Linux
import ResourcePools

/// A file that a command is given, in any form that people have their configurations in: JSON, a manifest, a pipe, or
/// `-` for standard input. It is read once.
struct InputFile: Sendable {
  /// The name that problems show.
  let name: String
  /// The configurations in it, or why there is none.
  let content: Result<[EmbeddedConfig], ConfigProblem>

  /// Waits for a pipe's end: only for commands, never for the daemon.
  init(reading path: String) {
    name = path == "-" ? "stdin" : path
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try path == "-" ? SmallFile.bytes(of: STDIN_FILENO, name) : SmallFile.bytes(path, .untilItsEnd)
    } catch {
      content = .failure(ConfigProblem(.error, file: name, path: .root, reason: "\(error)"))
      return
    }
    do throws(ConfigMapError) {
      content = .success(try EmbeddedConfig.all(in: bytes))
    } catch {
      content = .failure(Self.problem(error, of: name))
    }
  }

  private static func problem(_ error: ConfigMapError, of name: String) -> ConfigProblem {
    if case .unreadable(let line, let column, let reason) = error {
      return ConfigProblem(
        .error, file: name, path: .root, reason: "neither JSON nor YAML: \(reason)", line: line, column: column)
    }
    return ConfigProblem(.error, file: name, path: .root, reason: "\(error)")
  }
}
