/// Full paths of the methods that kubelet calls on a driver of Dynamic Resource Allocation.
public enum DRAMethod {
  /// Versions of the service, the best first, as a driver lists them in GetInfo.
  public enum Version: String, Sendable, CaseIterable { case v1, v1beta1 }
  /// The method of the health service.
  public enum HealthVersion: String, Sendable, CaseIterable { case v1, v1alpha1 }

  public static func prepare(_ version: Version) -> String { "\(service(version))/NodePrepareResources" }
  public static func unprepare(_ version: Version) -> String { "\(service(version))/NodeUnprepareResources" }
  public static func watchHealth(_ version: HealthVersion) -> String {
    "/\(version.rawValue).DRAResourceHealth/NodeWatchResources"
  }

  private static func service(_ version: Version) -> String {
    "/k8s.io.kubelet.pkg.apis.dra.\(version.rawValue).DRAPlugin"
  }

  /// What GetInfo names: kubelet up to 1.36 takes the first that it knows.
  public static let supportedVersions =
    Version.allCases.map { "\($0.rawValue).DRAPlugin" }
    + HealthVersion.allCases.map { "\($0.rawValue).DRAResourceHealth" }
}
