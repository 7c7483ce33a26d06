import KubeletAPI
import ResourcePools
import Testing

@testable import Agent
@testable import DevicePluginFrontEnd

@Suite("The command line")
struct OptionsTests {
  private func parse(_ words: String..., persona: Persona = .devicepool) throws -> Options {
    try Options.parse(words, persona: persona, environment: ["NODE_NAME": "worker-1"])
  }

  @Test func defaultsAreTheIncumbents() throws {
    let options = try parse()
    #expect(options.configFiles == ["/etc/pcidp/config.json"])
    #expect(options.resourcePrefix == "intel.com")
    #expect(options.cdi == .off)
    #expect(options.registration == .auto)
    #expect(options.kubelet.path == "/var/lib/kubelet")
    #expect(options.nodeName == "worker-1")
  }

  @Test(arguments: [
    ["-resource-prefix=x.io"], ["--resource-prefix=x.io"], ["-resource-prefix", "x.io"], ["--resource-prefix", "x.io"],
  ])
  func goSpellings(_ words: [String]) throws {
    let options = try Options.parse(words, persona: .devicepool, environment: [:])
    #expect(options.resourcePrefix == "x.io")
  }

  @Test func booleansTakeAValueOnlyWithAnEqualsSign() throws {
    #expect(try parse("-use-cdi").cdi == .both)
    #expect(try parse("-use-cdi=false").cdi == .off)
    #expect(try parse("--use-cdi=T", "-cdi-mode=field").cdi == .field)
    #expect(throws: FlagSet.Failure.unexpected("false")) { try parse("-use-cdi", "false", "-resource-prefix", "x.io") }
    // Under the name of an incumbent, what it ignores is a note.
    let options = try parse("-use-cdi", "false", "-resource-prefix", "x.io", persona: .sriovdp)
    #expect(options.cdi == .both)
    #expect(options.resourcePrefix == "intel.com", "the first word that is no flag ends the flags")
    #expect(options.notes.contains { $0.contains("false -resource-prefix x.io") })
  }

  @Test func configFilesAddUp() throws {
    #expect(try parse("-config-file", "a.json", "--config-file=b.json").configFiles == ["a.json", "b.json"])
  }

  @Test func stockArgumentsAreTaken() throws {
    let options = try parse("--log-dir=sriovdp", "--log-level=10", "-logtostderr", "-stderrthreshold=2", "-vmodule=x=1")
    #expect(options.verbosity == 10)
    #expect(options.notes.count == 1)
  }

  @Test func operandsMayStandAmongTheFlagsOfSubcommands() throws {
    let flags = FlagSet([.init("x", .text, help: ""), .init("y", .boolean, help: "")])
    #expect(try flags.parse(["one", "-x", "1"]).rest == ["one", "-x", "1"])
    let mixed = try flags.parse(["one", "-x", "1", "two", "-y", "--", "-three"], operands: .anywhere)
    #expect(mixed.rest == ["one", "two", "-three"])
    #expect(mixed.text("x") == "1" && mixed.flag("y"))
    #expect(throws: FlagSet.Failure.unknown("z")) { try flags.parse(["one", "-z"], operands: .anywhere) }
  }

  @Test func wrongWordsSayWhatIsWrong() {
    #expect(throws: FlagSet.Failure.unknown("bogus")) { try parse("-bogus") }
    #expect(throws: FlagSet.Failure.missingValue("resource-prefix")) { try parse("-resource-prefix") }
    #expect(throws: FlagSet.Failure.helpAsked) { try parse("-h") }
    #expect(throws: FlagSet.Failure.badValue(flag: "v", value: "x", expected: "a whole number")) { try parse("-v=x") }
    #expect(
      throws: FlagSet.Failure.badValue(
        flag: "registration", value: "both", expected: "one of auto, direct, watcher")
    ) { try parse("-registration", "both") }
    #expect(throws: FlagSet.Failure.badValue(flag: "use-cdi", value: "yes", expected: "true or false")) {
      try parse("-use-cdi=yes")
    }
  }

  @Test func theEnvironmentStandsForFlagsThatAreNotGiven() throws {
    let environment = [
      "DEVICEPOOL_CONFIG_FILE": "a.json,b.json", "DEVICEPOOL_USE_CDI": "true", "DEVICEPOOL_V": "4",
      "DEVICEPOOL_RESOURCE_PREFIX": "env.io", "DEVICEPOOL_KUBELET_DIR": "",
      // Kubernetes makes such ones of a Service called devicepool.
      "DEVICEPOOL_PORT": "tcp://10.0.0.1:9808", "DEVICEPOOL_SERVICE_HOST": "10.0.0.1",
    ]
    let options = try Options.parse(["-resource-prefix", "flag.io"], persona: .devicepool, environment: environment)
    #expect(options.configFiles == ["a.json", "b.json"])
    #expect(options.cdi == .both)
    #expect(options.verbosity == 4)
    #expect(options.resourcePrefix == "flag.io")
    #expect(options.kubelet.path == "/var/lib/kubelet")
    let wrong = FlagSet.Failure.badValue(flag: "DEVICEPOOL_V", value: "x", expected: "a whole number")
    #expect(throws: wrong) { try Options.parse([], persona: .devicepool, environment: ["DEVICEPOOL_V": "x"]) }
    #expect("\(wrong)" == "invalid value 'x' in the environment variable DEVICEPOOL_V: expected a whole number")
  }

  @Test func personasFollowTheProgramsName() throws {
    #expect(Persona(program: "/bin/k8s-rdma-shared-dp") == .rdmaShared)
    #expect(Persona(program: "/usr/bin/sriovdp") == .sriovdp)
    #expect(Persona(program: "/entrypoint.sh") == .entrypoint)
    #expect(Persona(program: "devicepool") == .devicepool)
    #expect(try parse(persona: .rdmaShared).configFiles == ["/k8s-rdma-shared-dev-plugin/config.json"])
    #expect(Persona.rdmaShared.asksForVersion(["-v"]))
    #expect(!Persona.sriovdp.asksForVersion(["-v", "10"]))
  }

  @Test func entrypointTakesAnyValueOfUseCDIForYes() throws {
    #expect(try parse("--use-cdi=false", persona: .entrypoint).cdi == .both)
    #expect(try parse("--log-level=5", "", "--bogus", persona: .entrypoint).verbosity == 5)
    #expect(Persona.entrypoint.usageExitCode == 1)
  }
}
