import Glibc

/// Standard input, output and error of the process.
public enum StandardDescriptors {
  /// Makes sure that the descriptors 0, 1 and 2 are those that the process was started with, or lead to /dev/null.
  ///
  /// Without this the next socket or file of the process would get the number 2, and log lines would be written into it. A
  /// library may have taken such a number before `main`; then the program starts anew with the descriptors in place. Call it
  /// before anything is opened. What is written to a standard output that was closed still fails.
  ///
  /// - Returns: 0, or the error number that says why it can't be done.
  public static func open() -> Int32 {
    let taken = (STDIN_FILENO...STDERR_FILENO).filter { !isInherited($0) }
    guard !taken.isEmpty else { return 0 }
    for number in taken {
      // Only a log has a reason to be written into nothing.
      let descriptor = Glibc.open("/dev/null", number == STDERR_FILENO ? O_WRONLY : O_RDONLY)
      guard descriptor >= 0 else { return errno }
      guard descriptor != number else { continue }
      guard dup2(descriptor, number) >= 0, close(descriptor) == 0 else { return errno }
    }
    // The numbers were free, or a library still believes that one of them is its own.
    execv("/proc/self/exe", CommandLine.unsafeArgv)
    return errno
  }

  /// No descriptor that comes through exec closes on exec, and those of libraries do.
  private static func isInherited(_ number: Int32) -> Bool {
    let flags = fcntl(number, F_GETFD)
    return flags >= 0 && flags & FD_CLOEXEC == 0
  }
}
