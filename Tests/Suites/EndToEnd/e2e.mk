# End-to-end tests in a guest made from Debian packages; see Tests/Suites/EndToEnd/README.md. Included by the Makefile.

.PHONY: e2e e2e-shell e2e-list kubelet kube

# make e2e                  all scenarios, each in a fresh guest
# make e2e SCENARIO=name    one of them
# make e2e SCENARIO=cluster [KUBE_BIN=folder] [CNI_BIN=folder], and so SCENARIO=cluster-migration and SCENARIO=dra
## a QEMU guest with real virtual functions (SCENARIO=name)
e2e: release $(if $(filter cluster% dra,$(SCENARIO)),image deployments-tools) $(if $(filter dra,$(SCENARIO)),image-api)
	KUBE_BIN=$(KUBE_BIN) CNI_BIN=$(CNI_BIN) Tests/Suites/EndToEnd/run.sh $(SCENARIO)

e2e-shell: release
	Tests/Suites/EndToEnd/run.sh -s

e2e-list:
	Tests/Suites/EndToEnd/run.sh -l

# A real kubelet, 1.20.2 from Debian's source package, for the scenarios real-kubelet and kubelet.
kubelet:
	Tests/Suites/EndToEnd/guest/build.sh kubelet

# A whole Kubernetes 1.20.2 from the same package, with etcd, for the scenarios cluster and cluster-migration; dra needs 1.34.
kube:
	Tests/Suites/EndToEnd/guest/build.sh kube
