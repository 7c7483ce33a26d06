import KubeletAPI

extension Sample {
  /// The values of Fixtures/Wire/generate.py, spelled in Swift.
  static let all: [Sample] = devicePlugin + allocation + registration + podResources + containerRuntime

  /// Read the same, but written shorter by us or not at all.
  static let others: [Sample] = [
    Sample("other-empty-value", ContainerAllocateResponse(environment: ["A": "", "": "b"])),
    Sample(
      "other-pods",
      ListPodResourcesResponse(pods: [
        PodResources(
          name: "web", namespace: "default",
          containers: [
            .init(
              name: "app", devices: [],
              claims: [.init(name: "c", namespace: "d", devices: [.init(driver: "e", pool: "", device: "")])])
          ])
      ])),
    Sample(
      "other-sandbox",
      PodSandboxStatusResponse(status: PodSandboxStatus(id: "5f0c", metadata: nil, state: .ready))),
  ]

  /// What real kubelets sent.
  static let recorded: [Sample] = [
    Sample(
      "kubelet-preferred",
      PreferredAllocationRequest(containers: [.init(available: ["dev1", "dev0"], size: 1)])),
    Sample("kubelet-allocate", AllocateRequest(containers: [["dev1"]])),
    Sample("kubelet-prestart", PreStartContainerRequest(deviceIDs: ["dev1"])),
    Sample("kubelet-notify", RegistrationStatus(isRegistered: true)),
    Sample("kubelet-took-register", RegisterRequest(endpoint: "rec2.sock", resourceName: "lab.example/rec2")),
  ]

  private static let devicePlugin = [
    Sample("empty", Empty()),
    Sample("options-none", DevicePluginOptions()),
    Sample("options-all", DevicePluginOptions(preStartRequired: true, preferredAllocationAvailable: true)),
    Sample(
      "register",
      RegisterRequest(
        endpoint: "intel.com_sriov.sock", resourceName: "intel.com/sriov",
        options: DevicePluginOptions(preStartRequired: true))),
    Sample("register-without-options", RegisterRequest(endpoint: "a.sock", resourceName: "a/b")),
    Sample(
      "devices",
      ListAndWatchResponse(devices: [
        PluginDevice(id: "0000:3b:02.0", isHealthy: true, numaNodes: [0]),
        PluginDevice(id: "0000:3b:02.1", isHealthy: false, numaNodes: [1, 7]),
        PluginDevice(id: "urma_1", isHealthy: true),
        PluginDevice(id: "x", isHealthy: true, numaNodes: []),
        PluginDevice(id: "y", health: "", numaNodes: [-1]),
        PluginDevice(id: "", health: ""),
      ])),
    Sample("devices-none", ListAndWatchResponse(devices: [])),
    Sample("prestart", PreStartContainerRequest(deviceIDs: ["urma_1", "", "urma_2"])),
    Sample("prestart-answer", PreStartContainerResponse()),
  ]

  private static let allocation = [
    Sample(
      "preferred",
      PreferredAllocationRequest(containers: [
        .init(
          available: ["0000:3b:02.0", "0000:3b:02.1", "0000:3b:02.2"], mustInclude: ["0000:3b:02.1"], size: 2),
        .init(available: [], size: -1),
        .init(available: [], size: 0),
      ])),
    Sample("preferred-answer", PreferredAllocationResponse(containers: [["0000:3b:02.1", "0000:3b:02.2"], []])),
    Sample("allocate", AllocateRequest(containers: [["0000:3b:02.1", "0000:3b:02.0"], []])),
    Sample(
      "allocate-answer",
      AllocateResponse(containers: [
        ContainerAllocateResponse(
          environment: [
            "PCI_RESOURCE_INTEL_COM_SRIOV": "0000:3b:02.0,0000:3b:02.1",
            "PCIDEVICE_INTEL_COM_SRIOV_INFO": #"{"0000:3b:02.0":{}}"#,
          ],
          mounts: [
            .init(containerPath: "/usr/bin/rbln-stat", hostPath: "/usr/bin/rbln-stat", isReadOnly: true),
            .init(containerPath: "/c", hostPath: "/h", isReadOnly: false),
          ],
          devices: [
            .init(containerPath: "/dev/vfio/vfio", hostPath: "/dev/vfio/vfio", permissions: "rw"),
            .init(containerPath: "/dev/vfio/19", hostPath: "/dev/vfio/noiommu-19", permissions: "rwm"),
          ],
          annotations: ["cdi.k8s.io/intel.com_net-pci": "intel.com/net-pci=0000:3b:02.0"],
          cdiDevices: ["intel.com/net-pci=0000:3b:02.0", "ü/ß=漢"]),
        ContainerAllocateResponse(),
      ])),
  ]

  private static let registration = [
    Sample("info-request", InfoRequest()),
    Sample(
      "info",
      PluginInfo(
        name: "intel.com/sriov", endpoint: "/var/lib/kubelet/plugins_registry/intel.com_sriov.sock",
        supportedVersions: ["v1alpha1", "v1beta1"])),
    Sample("status-registered", RegistrationStatus(isRegistered: true)),
    Sample("status-refused", RegistrationStatus(isRegistered: false, error: #"the ResourceName "x" is invalid"#)),
    Sample("status-answer", RegistrationStatusResponse()),
  ]

  private static let podResources = [
    Sample("pods-request", ListPodResourcesRequest()),
    Sample(
      "pods",
      ListPodResourcesResponse(pods: [
        PodResources(
          name: "web", namespace: "default",
          containers: [
            .init(
              name: "app",
              devices: [
                .init(resourceName: "intel.com/sriov", ids: ["0000:3b:02.0"], numaNodes: [1]),
                .init(resourceName: "rdma/hca", ids: ["3", "4"]),
              ]),
            .init(name: "idle", devices: []),
          ]),
        PodResources(
          name: "claims", namespace: "default",
          containers: [
            .init(
              name: "app", devices: [],
              claims: [
                .init(
                  name: "nic", namespace: "default",
                  devices: [
                    .init(
                      driver: "dra.net", pool: "node1", device: "pci-0000-3b-02-0", cdiNames: ["a.b/c=d", "a.b/c=e"])
                  ])
              ])
          ]),
        PodResources(name: "other", namespace: "kube-system", containers: []),
      ])),
    Sample("pod-request", GetPodResourcesRequest(name: "web", namespace: "default")),
    Sample("pod", GetPodResourcesResponse(pod: PodResources(name: "web", namespace: "default", containers: []))),
    Sample("pod-none", GetPodResourcesResponse(pod: nil)),
  ]

  private static let containerRuntime = [
    Sample(
      "sandboxes-request",
      ListPodSandboxRequest(
        filter: PodSandboxFilter(state: .ready, labels: [PodSandboxFilter.podUIDLabel: "2a5c"]))),
    Sample("sandboxes-request-all", ListPodSandboxRequest(filter: nil)),
    Sample(
      "sandboxes",
      ListPodSandboxResponse(sandboxes: [
        PodSandbox(
          id: "5f0c",
          metadata: PodSandboxMetadata(name: "web", uid: "2a5c", namespace: "default", attempt: 3), state: .ready,
          createdAt: 1_700_000_000_000_000_001, labels: ["io.kubernetes.pod.uid": "2a5c", "app": "web"],
          annotations: ["b": "2", "a": "1"], runtimeHandler: "runc"),
        PodSandbox(id: "5f0b", metadata: nil, state: .notReady),
        PodSandbox(id: "5f0a", metadata: nil, state: PodSandboxState(rawValue: 9), createdAt: -1),
      ])),
    Sample("sandbox-request", PodSandboxStatusRequest(id: "5f0c", isVerbose: true)),
    Sample(
      "sandbox",
      PodSandboxStatusResponse(
        status: PodSandboxStatus(
          id: "5f0c", metadata: PodSandboxMetadata(name: "web", uid: "2a5c", namespace: "default"), state: .ready,
          createdAt: 1_700_000_000_000_000_001,
          namespaces: NamespaceOption(network: .node, pid: .container, ipc: .target, targetID: "c1"),
          labels: ["app": "web"], annotations: ["note": "x"], runtimeHandler: "kata"),
        info: ["info": #"{"pid":4242}"#])),
    Sample("sandbox-none", PodSandboxStatusResponse(status: nil)),
  ]
}
