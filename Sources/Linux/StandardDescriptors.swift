import Glibc

/// Standard input, output and error of the process.
public enum StandardDescriptors {
  /// Opens those of the descriptors 0, 1 and 2 that are closed on /dev/null.
  ///
  /// Else the next socket or file of the process would get the number 2, and log lines would be written into it. Call it
  /// before anything is opened.
  ///
  /// - Returns: 0, or the error number that says why /dev/null can't be opened.
  public static func open() -> Int32 {
    for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
      // The lowest number that is free is this one: those below are open by now.
      guard Glibc.open("/dev/null", O_RDWR) >= 0 else { return errno }
    }
    return 0
  }
}
