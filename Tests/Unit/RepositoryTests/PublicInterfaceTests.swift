import Foundation
import TestSupport
import Testing

/// The program uses what installed headers and documented options offer, and is the same program in tests and releases.
@Suite("Public interfaces only") struct PublicInterfaceTests {
  private static let endings = [".c", ".cpp", ".h"]
  /// How the names of each module begin that has C code.
  private static let prefixes = [
    "CAPIClient": ["capi_"], "CGRPC": ["cgrpc_"], "CLinux": ["clinux_"], "CPCI": ["pci_scan_", "pci_names_"],
    "CVersion": ["cversion_"],
    // Generated: a message's package comes first.
    "CKubeletAPI": ["cri__", "deviceplugin__", "dra__", "pluginregistration__", "podresources__"],
  ]

  /// The C compiler refuses a function that nothing declares, so each foreign function is declared by an installed header
  /// unless our own C declares it. Our own C declares nothing but what the same module defines.
  @Test func everyForeignFunctionIsDeclaredByAnInstalledHeader() throws {
    var seen = 0
    for (module, _) in Self.prefixes {
      let files = try Repository.files(below: "Sources/\(module)", endings: Self.endings)
      let found = try files.map { CDeclarations(try Repository.text($0)) }
      let defined = found.reduce(into: Set<String>()) { $0.formUnion($1.defined) }
      for (file, declarations) in zip(files, found) {
        for name in declarations.declared.subtracting(defined).sorted() {
          Issue.record("\(file) declares \(name), which \(module) does not define: include the header that declares it")
        }
      }
      seen += defined.count
    }
    #expect(seen > 80)
  }

  /// A definition under a foreign name would take the place of the library's.
  @Test func eachCModuleDefinesItsOwnNamesOnly() throws {
    let sources = try Repository.files(below: "Sources", endings: [".c", ".cpp"])
    let modules = Set(sources.map { $0.split(separator: "/")[1] })
    #expect(modules == Set(Self.prefixes.keys.map { $0[...] }))
    for (module, own) in Self.prefixes {
      for file in try Repository.files(below: "Sources/\(module)", endings: Self.endings) {
        for name in CDeclarations(try Repository.text(file)).defined where !own.contains(where: name.hasPrefix) {
          Issue.record("\(file) defines \(name): a name of \(module) begins with \(own.joined(separator: " or "))")
        }
      }
    }
  }

  private static let forbidden = [
    // Functions that no header declares.
    "@_silgen_name", "@_extern", "@_cdecl", "@_spi", "dlsym", "dlopen", "swift_task_enqueueGlobal", "_hook",
    // Options that compiler and linker may drop.
    "-Xfrontend", "-enable-experimental", ".enableExperimentalFeature", "-function-sections",
    // Which symbols go where, and which take the place of others.
    "symbol-ordering-file", "--wrap", "--defsym", "LD_PRELOAD", "GLIBC_TUNABLES",
    // What runs before main, where threads run, and who comes first.
    "__attribute__((constructor", "sched_setaffinity", "pthread_setaffinity", "setpriority", "MADV_POPULATE", "mlock",
    // Another program in a release.
    "_IN_A_RELEASE", "NDEBUG", "#if DEBUG", "#if !DEBUG",
  ]

  @Test func noPrivateInterfaceIsUsed() throws {
    let files =
      try Repository.files(below: "Sources", endings: [".swift", ".c", ".cpp", ".h", ".modulemap"])
      + Repository.files(below: "images", endings: [""]) + ["Package.swift", "Makefile"]
    #expect(files.count > 200)
    for file in files {
      let text = try Repository.text(file)
      for word in Self.forbidden where text.contains(word) { Issue.record("\(file) uses \(word)") }
    }
  }

  /// Only hardening flags (`_FORTIFY_SOURCE`, relro, now, noexecstack) depend on the configuration.
  @Test func aReleaseHasNoCodeOfItsOwn() throws {
    let lines = try Repository.text("Package.swift").split(separator: "\n").map(String.init)
    for (index, line) in lines.enumerated() where line.contains("configuration: .release") {
      let context = lines[max(0, index - 6)...index].joined(separator: "\n")
      #expect(context.contains("_FORTIFY_SOURCE") || context.contains("relro"), "Package.swift:\(index + 1)")
    }
    let allowed = try Regex(#"#if (os|arch|canImport)\("#)
    for file in try Repository.swiftFiles(below: "Sources") {
      for line in try Repository.text(file).split(separator: "\n") where line.contains("#if ") {
        #expect(line.contains(allowed), "\(file): \(line)")
      }
    }
  }

  @Test func foreignDeclarationsAreSeen() {
    let found = CDeclarations(
      """
      /* void grpc_in_a_comment(void); */
      #define MACRO(x) void x(void)
      struct grpc_arg;
      typedef void (*callback)(void *);
      extern "C" {
      void grpc_timer_manager_set_threading(bool enabled);  // private
      char **own(int *count) { if (count) { call("}"); } return 0; }
      }
      static void private_one(void);
      namespace { void hidden() {} }
      namespace grpc_core { void RegisterNothing(int *) {} }
      static const char *names[] = {"a(b)", "c"};
      __attribute__((format(printf, 1, 2))) int printed(const char *format, ...);
      void (*variable)(int);
      enum kind { kind_a = 1 };
      """)
    #expect(found.declared == ["grpc_timer_manager_set_threading", "printed"])
    #expect(found.defined == ["own", "RegisterNothing"])
  }
}
