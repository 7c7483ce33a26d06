import Foundation
import Observability
import TestSupport
import Testing

/// What README and manual refer to exists.
@Suite("Documents") struct DocumentTests {
  private static let manual = "Sources/devicepool/devicepool.docc"
  private static let documents = [
    "README.md", "CONTRIBUTING.md", "Sources/ARCHITECTURE.md", "deployments/README.md",
    "deployments/helm/devicepool/README.md", ".github/SECURITY.md",
  ]

  static var pages: [MarkdownPage] {
    get throws {
      let suites = try Repository.files(below: "Tests/Suites", endings: ["README.md"])
      return try (documents + Repository.files(below: manual, endings: [".md"]) + suites).map(MarkdownPage.init)
    }
  }

  /// A reader decides within a minute, on a code host, in a window of ordinary width.
  @Test func readmeIsShort() throws {
    let readme = try MarkdownPage("README.md")
    #expect(readme.lines.count <= 151)
    #expect(readme.tables.allSatisfy { $0 <= 6 }, "rows: \(readme.tables)")
    for line in readme.lines { #expect(line.count <= 130, "\(line)") }
  }

  @Test func architectureIsShort() throws {
    #expect(try MarkdownPage("Sources/ARCHITECTURE.md").lines.count <= 151)
  }

  @Test func relativeLinksLeadSomewhere() throws {
    var seen = 0
    for page in try Self.pages {
      let folder = Repository.root.appending(path: page.path).deletingLastPathComponent()
      for link in page.links where !link.contains("://") && !link.hasPrefix("mailto:") {
        seen += 1
        let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let target = parts[0].isEmpty ? page.path : Self.path(String(parts[0]), in: folder)
        guard FileManager.default.fileExists(atPath: Repository.root.appending(path: target).path) else {
          Issue.record("\(page.path): there is no file \(link)")
          continue
        }
        guard parts.count == 2 else { continue }
        #expect(try MarkdownPage(target).anchors.contains(String(parts[1])), "\(page.path): no heading \(link)")
      }
    }
    #expect(seen > 30)
  }

  private static func path(_ link: String, in folder: URL) -> String {
    let path = folder.appending(path: link).standardizedFileURL.path
    return String(path.dropFirst(Repository.root.standardizedFileURL.path.count + 1))
  }

  @Test func manualPagesReferToEachOther() throws {
    let pages = try Self.pages.filter { $0.path.hasPrefix(Self.manual) }
    let names = Set(pages.map { URL(filePath: $0.path).deletingPathExtension().lastPathComponent })
    for page in pages {
      for name in page.references { #expect(names.contains(name), "\(page.path): there is no page \(name)") }
    }
    let contents = try #require(pages.first { $0.path.hasSuffix("/devicepool.md") })
    #expect(Set(contents.references) == names.subtracting(["devicepool"]), "the contents name every page")
  }

  /// Files of other projects that pages compare with ours.
  private static let foreign = [
    "deployments/rebel/", "deployments/k8s-v1.16/", "deployments/configMap.yaml", "deployments/sriovdp-daemonset.yaml",
    "deployments/sriov-crd.yaml", "deployments/pod-tc1.yaml", "images/Dockerfile.ppc64le",
  ]

  /// Paths in commands and in prose; a name with `Foo` stands for one that a recipe makes.
  @Test func pathsExist() throws {
    let pattern = #/(?:^|[\s`=(,])((?:Sources|Tests|deployments|config-examples|images|\.github|\.ci)/[\w.+/-]*\w)/#
    var seen = 0
    for page in try Self.pages {
      for line in page.lines {
        for match in line.matches(of: pattern) {
          let path = String(match.output.1)
          if path.contains("Foo") || Self.foreign.contains(where: path.hasPrefix) { continue }
          seen += 1
          let exists = FileManager.default.fileExists(atPath: Repository.root.appending(path: path).path)
          #expect(exists, "\(page.path): there is no \(path)")
        }
      }
    }
    #expect(seen > 60)
  }

  @Test func makeTargetsExist() throws {
    let makefiles =
      try ["Makefile"] + Repository.files(below: "Tests/Suites", endings: [".mk"])
      + Repository.files(below: "images", endings: [".mk"])
    let targets = try makefiles.reduce(into: Set<Substring>()) { targets, path in
      for match in try Repository.text(path).matches(of: #/(?m)^([a-z0-9-]+):/#) { targets.insert(match.output.1) }
    }
    for page in try Self.pages {
      let commands = page.code.joined(separator: "\n") + page.prose.joined(separator: "\n")
      for match in commands.matches(of: #/(?m)(?:^|`|\$ )make ([a-z0-9-]+)/#) {
        #expect(targets.contains(match.output.1), "\(page.path): there is no make \(match.output.1)")
      }
    }
  }

  /// Transcripts are run by ManualTests. Here are the commands that need a cluster or a host.
  @Test func subcommandsAndFlagsExist() throws {
    var help: [String: String] = [:]
    for page in try Self.pages {
      for line in page.code {
        guard let match = line.firstMatch(of: #/(?:^|-- |\| |\$ )devicepool ([a-z]+)( [^|>#]*)?/#) else { continue }
        let name = String(match.output.1)
        let text = try help[name] ?? Program.run(["help", name]).output
        help[name] = text
        #expect(text.hasPrefix("devicepool "), "\(page.path): there is no subcommand \(name)")
        for word in (match.output.2 ?? "").split(separator: " ") where word.hasPrefix("-") && word.count > 1 {
          let flag = word.drop { $0 == "-" }.prefix { $0 != "=" }
          #expect(text.contains("  -\(flag) "), "\(page.path): devicepool \(name) has no flag -\(flag)")
        }
      }
    }
    #expect(help.count >= 6)
  }

  private static let docc = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/docc" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  @Test(.enabled(if: docc != nil, "needs docc, which toolchains bring along"))
  func catalogueBuildsWithoutWarnings() throws {
    let directory = try TemporaryDirectory()
    let (code, output) = try Program.run(
      URL(filePath: try #require(Self.docc)),
      [
        "convert", Self.manual, "--fallback-display-name", "devicepool", "--fallback-bundle-identifier", "devicepool",
        "--warnings-as-errors", "--output-path", directory["archive"],
      ], in: Repository.root)
    #expect(code == 0, "\(output)")
  }

  /// A command that leaves the image's name as it is deploys pods that find no image.
  @Test func commandsNameARegistry() throws {
    var seen = 0
    for page in try Self.pages {
      for line in page.code where line.contains("deployments/manifests/") || line.contains("helm install") {
        seen += 1
        #expect(line.contains("REGISTRY/devicepool"), "\(page.path): \(line)")
      }
    }
    #expect(seen > 6)
  }

  /// The first columns of Troubleshooting and of the answers of `explain` have what the program prints.
  @Test(arguments: ["Troubleshooting", "CommandLine"]) func messagesToSearchForArePrinted(_ name: String) throws {
    let page = try MarkdownPage("\(Self.manual)/\(name).md")
    let sources = try Repository.swiftFiles(below: "Sources").map { try Repository.text($0) }
    var seen = 0
    for symptom in page.prose.compactMap({ $0.hasPrefix("|") ? $0.split(separator: "|").first : nil }) {
      for words in symptom.matches(of: #/`([^`]+)`/#).flatMap({ $0.output.1.split(separator: "…") })
      where !words.contains(":") && words.split(separator: " ").count > 2 {
        seen += 1
        let message = words.trimmingCharacters(in: .whitespaces)
        #expect(sources.contains { $0.contains(message) }, "no message says '\(message)'")
      }
    }
    #expect(seen > 5)
  }

  @Test func versionIsTheProgramsVersion() throws {
    for page in try Self.pages {
      for match in page.lines.joined(separator: "\n").matches(of: #/devicepool[:-](\d+\.\d+\.\d+)/#) {
        #expect(match.output.1 == Version.number, "\(page.path): \(match.output.0)")
      }
    }
  }
}
