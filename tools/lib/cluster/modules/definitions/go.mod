// Nothing is built from these: tests take the definitions of the objects that
// the Helm chart can make besides Kubernetes' own.
module locust-operator/tools/definitions

go 1.26.0

require (
	github.com/cert-manager/cert-manager v1.21.2
	github.com/prometheus-operator/prometheus-operator v0.85.0
)
