# Failing system calls, rude clients and long churn, against the release binary; see Tests/Suites/Faults/README.md.
#   make faults [CALL=open] · make denied [CALL=accept4] · make zoo [CLIENT=ping_flood] · make pages [CLIENT=idle]
#   make availability [CASE=successor] · make churn [MINUTES=60] [SEED=1] · make soak [MINUTES=30] · make hardening-check
.PHONY: faults denied zoo pages availability churn soak hardening-check
## failing system calls, kills, clock jumps
faults: release
	Tests/Suites/Faults/run.sh faults.py $(RELEASE) $(CALL)

## system calls that a seccomp profile denies
denied: release
	Tests/Suites/Faults/run.sh denied.py $(RELEASE) $(CALL)

## rude clients beside a well-behaved kubelet
zoo: release
	Tests/Suites/Faults/run.sh zoo.py $(RELEASE) $(CLIENT)

pages: release
	Tests/Suites/Faults/run.sh pages.py $(RELEASE) $(CLIENT)

## one fault must not take all pools along
availability: release
	Tests/Suites/Faults/run.sh availability.py $(RELEASE) $(CASE)

## random steps against a model of the correct answer
churn: release
	SEED=$(SEED) Tests/Suites/Faults/run.sh churn.py $(RELEASE) $(or $(MINUTES),60)

## the same without kills: memory, descriptors
soak: release
	SEED=$(SEED) Tests/Suites/Faults/run.sh churn.py $(RELEASE) $(or $(MINUTES),30) one-life

## protections of the release binary
hardening-check: release
	images/hardening-check $(RELEASE)
