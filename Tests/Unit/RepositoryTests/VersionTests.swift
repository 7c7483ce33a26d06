import Foundation
import Observability
import TestSupport
import Testing

/// Which program somebody has: version, commit and the commit's day.
@Suite("The version") struct VersionTests {
  @Test(arguments: [["version"], ["--version"], ["-version"]]) func isPrinted(words: [String]) throws {
    let (code, output) = try Program.run(words)
    #expect(code == 0)
    #expect(output == Version.line + "\n")
    #expect(output.hasPrefix("devicepool version:\(Version.number)"))
  }

  @discardableResult private func sh(_ script: String, in directory: URL = Repository.root) throws -> String {
    let (code, output) = try Program.run(URL(fileURLWithPath: "/bin/sh"), ["-c", script], in: directory)
    try #require(code == 0, "\(script): \(output)")
    return output
  }

  /// The C file with the options that Package.swift gives it.
  @Test(arguments: [
    ("", ";"), ("-DDEVICEPOOL_COMMIT=012e5f6a7b8c -DDEVICEPOOL_COMMIT_DATE=2026-11-08", "012e5f6a7b8c;2026-11-08"),
    ("-DDEVICEPOOL_COMMIT=abcdefabcdef-changed -DDEVICEPOOL_COMMIT_DATE=2026-01-30", "abcdefabcdef-changed;2026-01-30"),
  ]) func theCommitIsSpelled(options: String, expected: String) throws {
    let directory = try TemporaryDirectory()
    let main = """
      #include <CVersion.h>
      #include <stdio.h>
      int main(void) { printf("%s;%s", cversion_commit(), cversion_date()); }
      """
    try main.write(toFile: directory["main.c"], atomically: false, encoding: .utf8)
    let program = directory["program"]
    let output = try sh(
      "clang \(options) -I Sources/CVersion/include Sources/CVersion/version.c \(directory["main.c"]) -o \(program) && \(program)"
    )
    #expect(output == expected)
  }

  /// `make release` of a checkout and of an unpacked archive.
  @Test func makeTellsTheCommit() throws {
    let directory = try TemporaryDirectory()
    let files = "Makefile Package.swift Sources/Observability/Version.swift images Tests/Suites"
    try sh("tar -cf - --exclude='.build' \(files) | tar -xf - -C \(directory.path)")
    let sources = URL(fileURLWithPath: directory.path)
    let build = "make -n release | grep -o 'DEVICEPOOL_COMMIT=\"[^\"]*\"'"
    #expect(try sh(build, in: sources) == "DEVICEPOOL_COMMIT=\"\"\n")
    // Not the commit of a repository that the sources merely lie in.
    let git = "git -c init.defaultBranch=main -c user.name=a -c user.email=a@b"
    try sh("mkdir inner && tar -cf - \(files) | tar -xf - -C inner && \(git) init -q && git add Makefile", in: sources)
    try sh("GIT_COMMITTER_DATE=2026-02-03T12:00:00Z \(git) commit -q -m one", in: sources)
    #expect(try sh("cd inner && \(build)", in: sources) == "DEVICEPOOL_COMMIT=\"\"\n")
    let hash = try sh("git rev-parse --short=12 HEAD", in: sources).trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(try sh(build, in: sources) == "DEVICEPOOL_COMMIT=\"\(hash) 2026-02-03\"\n")
    try sh("echo '# changed' >> Makefile", in: sources)
    #expect(try sh(build, in: sources) == "DEVICEPOOL_COMMIT=\"\(hash)-changed 2026-02-03\"\n")
    #expect(try sh("DEVICEPOOL_COMMIT='given 2026-01-01' \(build)", in: sources).contains("given 2026-01-01"))
  }
}
