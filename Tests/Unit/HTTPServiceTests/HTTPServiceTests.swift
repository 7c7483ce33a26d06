import Foundation
import Synchronization
import Testing

@testable import HTTPService

@Suite("Pages over HTTP") struct HTTPServiceTests {
  private func request(_ text: String, port: UInt16) throws -> String {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0)
    _ = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while case let count = read(descriptor, &chunk, chunk.count), count > 0 { answer += chunk[..<count] }
    return String(decoding: answer, as: UTF8.self)
  }

  @Test func answersByPath() throws {
    let service = try HTTPService(address: "127.0.0.1", port: 0) { path in
      path == "/healthz"
        ? HTTPService.Page(status: 200, body: "ok\n") : HTTPService.Page(status: 404, body: "no \(path)\n")
    }
    defer { service.stop() }
    let good = try request("GET /healthz?x=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", port: service.port)
    #expect(good.hasPrefix("HTTP/1.1 200"))
    #expect(good.hasSuffix("\r\n\r\nok\n"))
    let bad = try request("GET /other HTTP/1.0\r\n\r\n", port: service.port)
    #expect(bad.contains(" 404 "))
    #expect(try request("DELETE / HTTP/1.0\r\n\r\n", port: service.port).contains(" 501 "))
    #expect(try request("rubbish\r\n\r\n", port: service.port).contains("200") == false)
  }

  @Test func takenPortIsAnError() throws {
    let service = try HTTPService(address: "127.0.0.1", port: 0) { _ in HTTPService.Page(status: 200, body: "") }
    defer { service.stop() }
    #expect(throws: HTTPService.Failure.self) {
      try HTTPService(address: "127.0.0.1", port: service.port) { _ in HTTPService.Page(status: 200, body: "") }
    }
  }
}
