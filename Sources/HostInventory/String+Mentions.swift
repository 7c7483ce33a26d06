extension String {
  /// Whether `part` is somewhere in it. The standard library's own is in that of regular expressions (see Package.swift).
  func mentions(_ part: String) -> Bool { utf8.indices.contains { utf8[$0...].starts(with: part.utf8) } }
}
