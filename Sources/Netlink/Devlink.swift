import CNetlink
import Glibc

/// Requests to devlink, the kernel's interface to a NIC's settings beyond its netdevs.
public struct Devlink {
  /// The facts to ask of a device. Each costs one exchange; `firmwareAppName` asks the firmware, which takes
  /// milliseconds.
  public struct Questions: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// DEVLINK_CMD_ESWITCH_GET: `legacy` or `switchdev`.
    public static let eswitchMode = Questions(rawValue: 1)
    /// DEVLINK_CMD_PARAM_GET of the parameter `enable_rdma`.
    public static let enableRDMA = Questions(rawValue: 2)
    /// DEVLINK_CMD_INFO_GET: the running version named `fw.app.name`, which is the DDP package of Intel's NICs.
    public static let firmwareAppName = Questions(rawValue: 4)
  }

  private let socket: any NetlinkSocket
  private let family: GenericNetlinkFamily
  private let limit: Duration

  /// Looks up the family's number; nil when this kernel has no devlink. `limit` holds for each request.
  init?(_ socket: any NetlinkSocket, limit: Duration) throws(NetlinkError) {
    guard
      let family = try GenericNetlinkFamily.resolve(
        DEVLINK_GENL_NAME, version: UInt8(DEVLINK_GENL_VERSION), on: socket, within: limit)
    else { return nil }
    self.socket = socket
    self.family = family
    self.limit = limit
  }

  /// Opens a netlink socket for devlink. `limit` holds for each request.
  ///
  /// - Returns: nil when this kernel has no devlink.
  public static func open(limit: Duration) throws(NetlinkError) -> Devlink? {
    try Devlink(KernelSocket(.generic), limit: limit)
  }

  /// Lists every device that devlink knows. Corresponds to a dump of DEVLINK_CMD_GET.
  public func devices() throws(NetlinkError) -> [DevlinkDevice] {
    let message = try MessageBuilder("DEVLINK_CMD_GET", .dump, family: family, command: Int(DEVLINK_CMD_GET.rawValue))
    var devices: [DevlinkDevice] = []
    for answer in try socket.exchange(message.request(), within: limit) {
      let attributes = try GenericNetlinkMessage(answer, of: "DEVLINK_CMD_NEW").attributes
      guard let bus = attributes.string(DEVLINK_ATTR_BUS_NAME), let name = attributes.string(DEVLINK_ATTR_DEV_NAME)
      else {
        throw .malformed(message: "DEVLINK_CMD_NEW", reason: "no bus or device name")
      }
      devices.append(DevlinkDevice(bus: bus, name: name))
    }
    return devices
  }

  /// Asks for the facts of several devices; a device without questions is skipped.
  ///
  /// - Returns: The facts of the devices that devlink knows, and the errors of those that did not answer, e.g. because
  ///   their firmware is busy.
  public func facts(
    of devices: [DevlinkDevice], asking questions: (DevlinkDevice) -> Questions
  ) -> (facts: [DevlinkFact], failures: [(device: DevlinkDevice, error: NetlinkError)]) {
    var facts: [DevlinkFact] = []
    var failures: [(device: DevlinkDevice, error: NetlinkError)] = []
    for device in devices {
      let questions = questions(device)
      guard !questions.isEmpty else { continue }
      do throws(NetlinkError) {
        if let fact = try fact(of: device, asking: questions) { facts.append(fact) }
      } catch {
        failures.append((device, error))
      }
    }
    return (facts, failures)
  }

  /// Asks for the facts of one device.
  ///
  /// - Returns: nil when devlink does not know the device.
  public func fact(of device: DevlinkDevice, asking questions: Questions) throws(NetlinkError) -> DevlinkFact? {
    do throws(NetlinkError) {
      return DevlinkFact(
        device: device,
        eswitchMode: questions.contains(.eswitchMode) ? try eswitchMode(of: device) : nil,
        enableRDMA: questions.contains(.enableRDMA) ? try enableRDMA(of: device) : nil,
        firmwareAppName: questions.contains(.firmwareAppName) ? try firmwareAppName(of: device) : nil)
    } catch {
      if error.answer == ENODEV { return nil }
      throw error
    }
  }

  private func eswitchMode(of device: DevlinkDevice) throws(NetlinkError) -> String? {
    let answer = try ask("DEVLINK_CMD_ESWITCH_GET", DEVLINK_CMD_ESWITCH_GET, of: device)
    switch try answer?.integer(DEVLINK_ATTR_ESWITCH_MODE).map(UInt32.init) {
    case DEVLINK_ESWITCH_MODE_LEGACY.rawValue: return "legacy"
    case DEVLINK_ESWITCH_MODE_SWITCHDEV.rawValue: return "switchdev"
    case let mode?: return "unknown\(mode)"
    case nil: return nil
    }
  }

  /// A flag of devlink is true when its value's attribute is there at all.
  private func enableRDMA(of device: DevlinkDevice) throws(NetlinkError) -> Bool? {
    let answer = try ask("DEVLINK_CMD_PARAM_GET", DEVLINK_CMD_PARAM_GET, of: device, parameter: "enable_rdma")
    let values = try answer?.nested(DEVLINK_ATTR_PARAM)?.nested(DEVLINK_ATTR_PARAM_VALUES_LIST)
    guard let value = try values?.nested(DEVLINK_ATTR_PARAM_VALUE) else { return nil }
    return value[Int(DEVLINK_ATTR_PARAM_VALUE_DATA.rawValue)] != nil
  }

  private func firmwareAppName(of device: DevlinkDevice) throws(NetlinkError) -> String? {
    let answer = try ask("DEVLINK_CMD_INFO_GET", DEVLINK_CMD_INFO_GET, of: device)
    let running = try answer?.everyNested(Int(DEVLINK_ATTR_INFO_VERSION_RUNNING.rawValue)) ?? []
    return running.first { $0.string(DEVLINK_ATTR_INFO_VERSION_NAME) == "fw.app.name" }?.string(
      DEVLINK_ATTR_INFO_VERSION_VALUE)
  }

  /// Sends one request about a device.
  ///
  /// - Returns: nil when the device's driver lacks the operation or the parameter.
  /// - Throws: ENODEV, among others, when devlink does not know the device.
  private func ask(
    _ name: String, _ command: devlink_command, of device: DevlinkDevice, parameter: String? = nil
  ) throws(NetlinkError) -> NetlinkAttributes? {
    let message = try MessageBuilder(name, .question, family: family, command: Int(command.rawValue))
    try message.put(Int(DEVLINK_ATTR_BUS_NAME.rawValue), device.bus)
    try message.put(Int(DEVLINK_ATTR_DEV_NAME.rawValue), device.name)
    if let parameter { try message.put(Int(DEVLINK_ATTR_PARAM_NAME.rawValue), parameter) }
    do throws(NetlinkError) {
      let answers = try socket.exchange(message.request(), within: limit)
      guard let answer = answers.first else { return nil }
      return try GenericNetlinkMessage(answer, of: name).attributes
    } catch {
      // EINVAL is the answer to a parameter that the driver does not have.
      if error.answer == EOPNOTSUPP || error.answer == EINVAL { return nil }
      throw error
    }
  }
}

extension NetlinkAttributes {
  fileprivate func integer(_ attribute: devlink_attr) throws(NetlinkError) -> UInt16? {
    try integer(UInt16.self, Int(attribute.rawValue))
  }

  fileprivate func string(_ attribute: devlink_attr) -> String? { string(Int(attribute.rawValue)) }

  fileprivate func nested(_ attribute: devlink_attr) throws(NetlinkError) -> NetlinkAttributes? {
    try nested(Int(attribute.rawValue))
  }
}
