public import JSONText

/// One call of the API.
public struct APIRequest: Sendable {
  /// The HTTP methods of the API's verbs.
  public enum Method: String, Sendable { case get = "GET", post = "POST", put = "PUT", delete = "DELETE" }

  public var method: Method
  /// With its query, escaped.
  public var path: String
  public var body: JSONValue?

  public init(_ method: Method, _ path: String, body: JSONValue? = nil) {
    self.method = method
    self.path = path
    self.body = body
  }

  /// A part of a path or query: every byte but letters, digits and `-._~` is escaped.
  public static func escaped(_ text: String) -> String {
    text.utf8.reduce(into: "") { result, byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.unicodeScalars.append(.init(byte))
      default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
  }
}

/// What the server answered.
public struct APIResponse: Sendable {
  public let status: Int
  /// Seconds of Retry-After.
  public let retryAfter: Int?
  public let body: [UInt8]

  public var isSuccess: Bool { (200..<300).contains(status) }

  /// The object in the body; nil when it is not JSON.
  public var object: JSONNode? { try? JSONNode.parse(body) }

  /// What the server says of an error: the message of its Status, cut to a readable length.
  public var reason: String {
    let message = object?["message"]?.string ?? "no reason is given"
    return "\(status): \(message.prefix(600))"
  }
}
