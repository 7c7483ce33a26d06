import CLinux

/// On which processor a thread begins; once it runs, it may go anywhere.
///
/// Left alone, the kernel may put a thread behind its maker and leave it there until the next tick, milliseconds later, with
/// another processor idle.
public enum ThreadPlace: Sendable {
  case anywhere
  /// On its maker's, who is about to wait for it.
  case here
  /// On any but its maker's, who has something to do meanwhile.
  case elsewhere

  var kernel: clinux_place {
    switch self {
    case .anywhere: clinux_place_any
    case .here: clinux_place_here
    case .elsewhere: clinux_place_elsewhere
    }
  }
}
