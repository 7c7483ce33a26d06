import HelperProtocol
import JSONText
import KubeletAPI

@testable import DRAFrontEnd

extension FuzzTarget {
  /// What the API helper tells of a claim: its allocation, and the parameters of each request.
  static let claim = FuzzTarget("claim") { bytes in
    guard let driver = DriverName("devicepool"), let node = try? JSONNode.parse(bytes),
      let allocation = try? ClaimAllocation(node.jsonValue)
    else { return }
    let requests = allocation.requests
    try Finding.unless(!requests.isEmpty && Set(requests).count == requests.count, "requests \(requests)")
    for request in requests {
      try Finding.unless(!request.isEmpty && !request.contains("/"), "request '\(request)'")
      let parameters = try? ClaimParameters(for: request, in: allocation, driver: driver)
      try Finding.unless(parameters != nil || !allocation.settings.isEmpty, "refused without parameters")
    }
  }

  /// The checkpoint of prepared claims. Its names become paths of files that are removed.
  static let claimCheckpoint = FuzzTarget("claim-checkpoint") { bytes in
    guard let ledger = try? ClaimLedger(decoding: bytes) else { return }
    for (uid, record) in ledger.claims {
      try Finding.unless(uid == record.uid && PoolCheck.isFileName(uid), "a claim with the uid '\(uid)'")
      for device in record.devices where !device.deviceInfo.isEmpty {
        try Finding.unless(PoolCheck.isFileName(device.deviceInfo), "a file called '\(device.deviceInfo)'")
      }
    }
    let again = try? ClaimLedger(decoding: Array(ledger.text.utf8))
    try Finding.unless(again == ledger, "the checkpoint is another one after writing")
  }

  /// What either side of the API helper's socket reads, in pieces of a length that the first byte chooses.
  static let helperLines = FuzzTarget("helper-lines") { bytes in
    var input = FuzzInput(bytes)
    let length = 1 + input.choice(of: 64)
    var whole = LineBuffer()
    var pieces = LineBuffer()
    guard let lines = try? whole.take(input.rest) else { return }
    var others: [[UInt8]] = []
    var rest = input.rest
    while !rest.isEmpty {
      others += try pieces.take(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    try Finding.unless(lines == others, "other lines in pieces of \(length) bytes")
    for line in lines {
      if let message = try? DaemonMessage(line: line) {
        let again = try? DaemonMessage(line: Array(message.line.utf8))
        try Finding.unless(again == message, "\(message) is another one after writing")
      }
      if let message = try? HelperMessage(line: line) {
        let again = try? HelperMessage(line: Array(message.line.utf8))
        try Finding.unless(again == message, "\(message) is another one after writing")
      }
    }
  }
}
