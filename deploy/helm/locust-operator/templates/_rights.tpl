{{/* Permissions of the operator. test/integration/test_rights.py fails if a verb is
     unused or missing. */}}

{{- define "locust-operator.testRules" -}}
- apiGroups: [locust.io]
  resources: [locusttests]
  verbs: [get, list, watch, patch]
- apiGroups: [locust.io]
  resources: [locusttests/status]
  verbs: [patch]
{{- /* Required if OwnerReferencesPermissionEnforcement is enabled. */}}
- apiGroups: [locust.io]
  resources: [locusttests/finalizers]
  verbs: [update]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, watch, create, patch]
- apiGroups: [""]
  resources: [services]
  verbs: [get, list, watch, create]
- apiGroups: [""]
  resources: [pods]
  verbs: [list, watch]
{{- if eq .Values.masterAccess "proxy" }}
- apiGroups: [""]
  resources: [pods/proxy]
  verbs: [get]
{{- end }}
- apiGroups: [""]
  resources: [events]
  verbs: [list, watch, create, patch]
{{- if .Values.reports.enabled }}
- apiGroups: [""]
  resources: [configmaps]
  verbs: [create]
{{- end }}
{{- end }}

{{/* A role with its binding. Argument: a dict with root, kind (Role or ClusterRole),
     name and rules, optionally namespace. */}}
{{- define "locust-operator.grant" -}}
{{- $cluster := eq .kind "ClusterRole" }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ .kind }}
metadata:
  {{- include "locust-operator.metadata" (merge (dict "cluster" $cluster) .) | nindent 2 }}
rules:
  {{- .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ .kind }}Binding
metadata:
  {{- include "locust-operator.metadata" (merge (dict "cluster" $cluster) .) | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ .kind }}
  name: {{ .name }}
{{ include "locust-operator.subjects" .root }}
{{- end }}

{{- define "locust-operator.leaseRules" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [locust-k8s-operator.locust.io]
  verbs: [get, watch, update]
- apiGroups: [""]
  resources: [events]
  verbs: [create]
{{- end }}

{{- define "locust-operator.secretRules" -}}
- apiGroups: [""]
  resources: [secrets]
  verbs: [create]
- apiGroups: [""]
  resources: [secrets]
  resourceNames: [{{ include "locust-operator.webhookSecret" . }}]
  verbs: [get, update]
{{- end }}

{{- define "locust-operator.publishRules" -}}
- apiGroups: [apiextensions.k8s.io]
  resources: [customresourcedefinitions]
  resourceNames: [locusttests.locust.io]
  verbs: [get, patch]
- apiGroups: [admissionregistration.k8s.io]
  resources: [validatingwebhookconfigurations]
  resourceNames: [{{ include "locust-operator.fullname" . }}-validating]
  verbs: [get, patch]
{{- end }}

{{- define "locust-operator.reviewRules" -}}
- apiGroups: [authentication.k8s.io]
  resources: [tokenreviews]
  verbs: [create]
- apiGroups: [authorization.k8s.io]
  resources: [subjectaccessreviews]
  verbs: [create]
{{- end }}
