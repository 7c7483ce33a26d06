/// Full paths of the methods that kubelet calls on a driver for Dynamic Resource Allocation.
public enum DRAMethod {
  /// Versions of the service `DRAPlugin`, the best first, as a driver lists them in GetInfo.
  public enum Version: String, Sendable, CaseIterable { case v1, v1beta1 }
  /// Versions of the service `DRAResourceHealth`, the best first.
  public enum HealthVersion: String, Sendable, CaseIterable { case v1, v1alpha1 }

  /// The method that prepares claims before the containers of a pod start.
  public static func prepare(_ version: Version) -> String { "\(service(version))/NodePrepareResources" }
  /// The method that undoes `prepare` after the pod has ended.
  public static func unprepare(_ version: Version) -> String { "\(service(version))/NodeUnprepareResources" }
  /// The method that streams the health of the driver's devices.
  public static func watchHealth(_ version: HealthVersion) -> String {
    "/\(version.rawValue).DRAResourceHealth/NodeWatchResources"
  }

  private static func service(_ version: Version) -> String {
    "/k8s.io.kubelet.pkg.apis.dra.\(version.rawValue).DRAPlugin"
  }

  /// The versions that a driver lists in GetInfo. kubelet up to 1.36 takes the first one that it knows.
  public static let supportedVersions =
    Version.allCases.map { "\($0.rawValue).DRAPlugin" }
    + HealthVersion.allCases.map { "\($0.rawValue).DRAResourceHealth" }
}
