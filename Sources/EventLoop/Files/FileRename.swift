import CLinux
import Glibc

/// Gives a file that is complete its name, both relative to a directory; 0, or -1 and errno.
enum FileRename {
  case replacing
  /// Fails with EEXIST when there is something of that name, and with EINVAL where the file system can't tell.
  case toNew

  func callAsFunction(_ directory: Int32, _ from: String, _ to: String) -> Int32 {
    switch self {
    case .replacing: renameat(directory, from, directory, to)
    case .toNew: clinux_rename_to_new(directory, from, to)
    }
  }
}
