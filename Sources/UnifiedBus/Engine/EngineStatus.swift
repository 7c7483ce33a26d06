/// Names of status codes from the UBS engine's client library. Branches differ, so messages always show the number too.
enum EngineStatus {
  static func meaning(of status: UInt32) -> String? {
    switch status {
    case 0: nil
    case 1: "invalid argument"
    case 2, 1000: "out of range"
    case 20...23: "broken connection between engine processes"
    case 30...32: "permission denied: the engine admits uid 0, ubse and roles that hold urma"
    case 40...41: "not supported"
    case 42: "failed"
    case 43, 1004: "timed out in the engine"
    case 50...53: "the engine is not ready"
    case 1001: "resource"
    case 1002: "connection"
    case 1003: "not authorised"
    case 1005: "internal error"
    case 1006: "exists already"
    case 1007: "does not exist"
    case 2000: "allocated already"
    case 10000...: "internal code"
    default: nil
    }
  }
}
