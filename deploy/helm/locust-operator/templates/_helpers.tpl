{{/* Names, labels and conditions that several templates use. */}}

{{- define "locust-operator.name" -}}
{{- .Values.nameOverride | default "locust-k8s-operator" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "locust-operator.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "locust-operator.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "locust-operator.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Old values files may set the image of the Go operator, or a mirror of it, which has
     other flags. Then the image of this operator is used; NOTES.txt says so. */}}
{{- define "locust-operator.namesGoImage" -}}
{{- if regexMatch "(^|/)locust-k8s-operator([:@].*)?$" .Values.image.repository }}true{{ end }}
{{- end }}

{{- define "locust-operator.image" -}}
{{- if include "locust-operator.namesGoImage" . }}
{{- printf "locust-operator:%s" .Chart.AppVersion }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) }}
{{- end }}
{{- end }}

{{/* The selector of a Deployment is immutable. These labels are those of the chart of
     locust-k8s-operator (Go), so that its releases can be upgraded. */}}
{{- define "locust-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "locust-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of an object or a pod. Argument: a dict with root, optionally labels. Labels
     that the chart needs override those of the values. */}}
{{- define "locust-operator.labels" -}}
{{- $fixed := include "locust-operator.selectorLabels" .root | fromYaml }}
{{- $fixed = merge $fixed (dict
      "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_")
      "app.kubernetes.io/version" .root.Chart.AppVersion
      "app.kubernetes.io/managed-by" .root.Release.Service) }}
{{- merge $fixed (.labels | default dict) .root.Values.commonLabels | toYaml }}
{{- end }}

{{/* Metadata of an object. Argument: a dict with root and name, optionally namespace
     (default: that of the release), cluster (no namespace), labels, annotations. */}}
{{- define "locust-operator.metadata" -}}
name: {{ .name }}
{{- if not .cluster }}
namespace: {{ .namespace | default .root.Release.Namespace }}
{{- end }}
labels:
  {{- include "locust-operator.labels" . | nindent 2 }}
{{- with merge (dict) (.annotations | default dict) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "locust-operator.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (ternary (include "locust-operator.fullname" .) "default" .Values.serviceAccount.create) }}
{{- end }}

{{- define "locust-operator.subjects" -}}
subjects:
  - kind: ServiceAccount
    name: {{ include "locust-operator.serviceAccountName" . }}
    namespace: {{ .Release.Namespace }}
{{- end }}

{{/* The watched namespaces, separated by commas; empty: all. */}}
{{- define "locust-operator.watchNamespaces" -}}
{{- if .Values.watchNamespaces }}
{{- join "," .Values.watchNamespaces }}
{{- else if not .Values.k8s.clusterRole.enabled }}
{{- .Release.Namespace }}
{{- end }}
{{- end }}

{{/* "true" or empty. A value of null means true, unless namespaces are restricted. */}}
{{- define "locust-operator.clusterWide" -}}
{{- $value := .value }}
{{- if kindIs "invalid" $value }}
{{- $value = not (include "locust-operator.watchNamespaces" .root) }}
{{- end }}
{{- if $value }}true{{ end }}
{{- end }}

{{- define "locust-operator.webhooks" -}}
{{- include "locust-operator.clusterWide" (dict "root" . "value" .Values.webhook.enabled) }}
{{- end }}

{{/* selfManaged, certManager or secret; empty: no webhooks. */}}
{{- define "locust-operator.certificates" -}}
{{- $old := dict "true" "certManager" "false" "secret" }}
{{- if include "locust-operator.webhooks" . }}
{{- .Values.webhook.certificates | default (get $old (toString .Values.webhook.certManager.enabled)) | default "selfManaged" }}
{{- end }}
{{- end }}

{{/* The self-managed Secret has a separate name, so that a Secret that cert-manager
     created for the chart of the Go operator is never overwritten. */}}
{{- define "locust-operator.webhookSecret" -}}
{{- if eq (include "locust-operator.certificates" .) "selfManaged" }}
{{- include "locust-operator.fullname" . }}-webhook-self-managed
{{- else }}
{{- .Values.webhook.secretName | default (printf "%s-webhook-certs" (include "locust-operator.fullname" .)) }}
{{- end }}
{{- end }}

{{- define "locust-operator.injectCa" -}}
{{- if eq (include "locust-operator.certificates" .) "certManager" -}}
cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/{{ include "locust-operator.fullname" . }}-serving-cert
{{- end }}
{{- end }}

{{/* The clientConfig of a webhook. Argument: a dict with root and path. Without a
     value, caBundle is left out: its owner writes it, and an upgrade keeps it. */}}
{{- define "locust-operator.clientConfig" -}}
clientConfig:
  service:
    name: {{ include "locust-operator.fullname" .root }}-webhook
    namespace: {{ .root.Release.Namespace }}
    path: {{ .path }}
    port: 443
  {{- $bundle := .root.Values.webhook.caBundle }}
  {{- if and $bundle (eq (include "locust-operator.certificates" .root) "secret") }}
  caBundle: {{ contains "-----BEGIN" $bundle | ternary ($bundle | b64enc) ($bundle | trim) }}
  {{- end }}
{{- end }}

{{- define "locust-operator.podSpread" -}}
{{- range .Values.topologySpreadConstraints }}
- {{ merge (dict) . (dict "labelSelector" (dict "matchLabels" (include "locust-operator.selectorLabels" $ | fromYaml))) | toYaml | nindent 2 | trim }}
{{- end }}
{{- end }}
