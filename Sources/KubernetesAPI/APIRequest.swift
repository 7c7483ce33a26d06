public import JSONText

/// One call of the API.
public struct APIRequest: Sendable {
  /// The HTTP methods of the API's verbs get, create, update and delete.
  public enum Method: String, Sendable { case get = "GET", post = "POST", put = "PUT", delete = "DELETE" }

  /// The HTTP method.
  public var method: Method
  /// The path with its query, percent-encoded.
  public var path: String
  /// The JSON body; nil for none.
  public var body: JSONValue?

  /// Creates a call; `path` must be percent-encoded.
  public init(_ method: Method, _ path: String, body: JSONValue? = nil) {
    self.method = method
    self.path = path
    self.body = body
  }

  /// Percent-encodes a part of a path or query: every byte but letters, digits and `-._~`.
  public static func escaped(_ text: String) -> String {
    text.utf8.reduce(into: "") { result, byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.unicodeScalars.append(.init(byte))
      default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
  }
}

/// The API server's answer.
public struct APIResponse: Sendable {
  /// The HTTP status code.
  public let status: Int
  /// The seconds of the header Retry-After; nil without it.
  public let retryAfter: Int?
  /// The bytes of the body, usually JSON.
  public let body: [UInt8]

  /// Whether the status code is 2xx.
  public var isSuccess: Bool { (200..<300).contains(status) }

  /// The JSON value of the body; nil when it is not JSON.
  public var object: JSONNode? { try? JSONNode.parse(body) }

  /// The status code and the message of the server's Status object, cut to 600 characters.
  public var reason: String {
    let message = object?["message"]?.string ?? "no reason is given"
    return "\(status): \(message.prefix(600))"
  }
}
