import CLinux
import Glibc

/// Gives a file that is complete its name; 0, or -1 and errno.
enum FileRename {
  case replacing
  /// Fails with EEXIST when there is something of that name, and with EINVAL where the file system can't tell.
  case toNew

  func callAsFunction(_ from: String, _ to: String) -> Int32 {
    switch self {
    case .replacing: rename(from, to)
    case .toNew: clinux_rename_to_new(from, to)
    }
  }
}
