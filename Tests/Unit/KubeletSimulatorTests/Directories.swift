import Foundation

func makeDirectories(_ paths: String...) throws {
  for path in paths { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
}
