import Foundation
import Glibc
import Linux
import Testing

/// What every error message and every written file relies on.
@Suite(.timeLimit(.minutes(1))) struct DescriptorTests {
  @Test func errorsHaveTheTextOfTheCLibrary() {
    for number in Int32(1)...133 { #expect("\(Errno(number))" == String(cString: strerror(number))) }
    #expect("\(Errno(EACCES))" == "Permission denied")
    #expect("\(Errno(99_999))".contains("99999"))
  }

  @Test func moreThanAPipeHoldsIsWrittenWhole() throws {
    let pipe = Pipe()
    let writer = try #require(Descriptor(dup(pipe.fileHandleForWriting.fileDescriptor)))
    try pipe.fileHandleForWriting.close()
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
    let thread = DedicatedThread(name: "writer") { [writer] in try? writer.write(bytes) }
    let found = try #require(try pipe.fileHandleForReading.read(upToCount: bytes.count))
    thread.join()
    #expect(found == Data(bytes))
  }

  @Test func aFailedWriteThrowsTheErrorOfTheCall() throws {
    let file = try #require(Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC)))
    #expect(throws: Errno(EBADF)) { try file.write([1]) }
    let full = try #require(Descriptor(open("/dev/full", O_WRONLY | O_CLOEXEC)))
    #expect(throws: Errno(ENOSPC)) { try full.write("text".utf8) }
  }

  @Test func aFileIsIdentifiedOrTheErrorSaysWhyNot() throws {
    #expect(try FileIdentity(path: "/dev/null") == FileIdentity(following: "/dev/./null"))
    #expect(throws: Errno(ENOENT)) { try FileIdentity(path: "/dev/null-and-void") }
  }
}
