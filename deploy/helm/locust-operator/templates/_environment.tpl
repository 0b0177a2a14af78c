{{/* Environment variables of the operator, from locustPods, kafka and their old names. */}}

{{/* A value in the form that the user wrote: 1000000, not 1e+06. */}}
{{- define "locust-operator.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}
{{- int64 . }}
{{- else }}
{{- . }}
{{- end }}
{{- end }}

{{/* One setting. Argument: a list of root, new path, old path (empty: none), default.
     The new value takes precedence, even if it is false or 0. A value that is missing,
     null or "" is not set. The defaults are not in values.yaml, because a default
     there would override an old value. */}}
{{- define "locust-operator.setting" -}}
{{- $root := index . 0 }}
{{- $found := "" }}
{{- range $path := list (index . 1) (index . 2) }}
{{- if and $path (eq $found "") }}
{{- $at := $root.Values }}
{{- range splitList "." $path }}
{{- $at = get (kindIs "map" $at | ternary $at (dict)) . }}
{{- end }}
{{- if not (or (kindIs "invalid" $at) (kindIs "map" $at)) }}
{{- $found = include "locust-operator.text" $at }}
{{- end }}
{{- end }}
{{- end }}
{{- $found | default (index . 3) }}
{{- end }}

{{/* A variable, unless it is empty. Argument: a list of root, name, then as above. */}}
{{- define "locust-operator.variable" -}}
{{- with include "locust-operator.setting" (list (index . 0) (index . 2) (index . 3) (index . 4)) }}
- name: {{ index $ 1 }}
  value: {{ . | quote }}
{{- end }}
{{- end }}

{{/* Variables of resources. Argument: a list of root, prefix of the variables, new
     path, old path, defaults in the order of the rows. */}}
{{- define "locust-operator.resourceVariables" -}}
{{- $root := index . 0 }}
{{- $prefix := index . 1 }}
{{- $new := index . 2 }}
{{- $old := index . 3 }}
{{- $defaults := index . 4 }}
{{- $rows := list
  (list "CPU_REQUEST" "requests.cpu" "cpuRequest")
  (list "MEM_REQUEST" "requests.memory" "memRequest")
  (list "EPHEMERAL_REQUEST" "requests.ephemeralStorage" "ephemeralRequest")
  (list "CPU_LIMIT" "limits.cpu" "cpuLimit")
  (list "MEM_LIMIT" "limits.memory" "memLimit")
  (list "EPHEMERAL_LIMIT" "limits.ephemeralStorage" "ephemeralLimit") }}
{{- range $at, $row := $rows }}
{{- $former := ternary (printf "%s.%s" $old (index $row 2)) "" (ne $old "") }}
{{- $default := "" }}
{{- if $defaults }}
{{- $default = index $defaults $at }}
{{- end }}
{{- include "locust-operator.variable" (list $root (printf "%s_%s" $prefix (index $row 0)) (printf "%s.%s" $new (index $row 1)) $former $default) }}
{{- end }}
{{- end }}

{{- define "locust-operator.environment" -}}
{{- $pods := "config.loadGenerationPods" }}
{{- $exporter := printf "%s.metricsExporter" $pods }}
{{- include "locust-operator.resourceVariables" (list . "POD" "locustPods.resources" (printf "%s.resource" $pods)
    (list "250m" "128Mi" "30M" "1000m" "1024Mi" "50M")) }}
{{- include "locust-operator.resourceVariables" (list . "MASTER_POD" "locustPods.masterResources" "" list) }}
{{- include "locust-operator.resourceVariables" (list . "WORKER_POD" "locustPods.workerResources" "" list) }}
{{- include "locust-operator.variable" (list . "ENABLE_AFFINITY_CR_INJECTION" "locustPods.affinityInjection" (printf "%s.affinity.enableCrInjection" $pods) "true") }}
{{- include "locust-operator.variable" (list . "ENABLE_TAINT_TOLERATIONS_CR_INJECTION" "locustPods.tolerationsInjection" (printf "%s.taintTolerations.enableCrInjection" $pods) "true") }}
{{- include "locust-operator.variable" (list . "DEFAULT_RUNTIME_CLASS_NAME" "locustPods.runtimeClassName" "" "") }}
{{- include "locust-operator.variable" (list . "JOB_TTL_SECONDS_AFTER_FINISHED" "locustPods.ttlSecondsAfterFinished" "config.loadGenerationJobs.ttlSecondsAfterFinished" "") }}
{{- include "locust-operator.variable" (list . "POD_HEALTH_GRACE_SECONDS" "locustPods.healthGraceSeconds" "" "") }}
{{- include "locust-operator.variable" (list . "SERVICE_MODE" "locustPods.serviceMode" "" "") }}
{{- include "locust-operator.variable" (list . "MASTER_ACCESS" "masterAccess" "" "") }}
{{- include "locust-operator.variable" (list . "METRICS_EXPORTER_ENABLED" "locustPods.metricsExporter.enabled" "" "") }}
{{- include "locust-operator.variable" (list . "METRICS_EXPORTER_IMAGE" "locustPods.metricsExporter.image" (printf "%s.image" $exporter) "containersol/locust_exporter:v0.5.0") }}
{{- include "locust-operator.variable" (list . "METRICS_EXPORTER_PORT" "locustPods.metricsExporter.port" (printf "%s.port" $exporter) "9646") }}
{{- include "locust-operator.variable" (list . "METRICS_EXPORTER_IMAGE_PULL_POLICY" "locustPods.metricsExporter.pullPolicy" (printf "%s.pullPolicy" $exporter) "IfNotPresent") }}
{{- include "locust-operator.resourceVariables" (list . "METRICS_EXPORTER" "locustPods.metricsExporter.resources" (printf "%s.resource" $exporter)
    (list "100m" "64Mi" "30M" "250m" "128Mi" "50M")) }}
{{- $oldKafka := dig "loadGenerationPods" "kafka" (dict) (.Values.config | default (dict)) }}
{{- if kindIs "invalid" .Values.kafka.enabled | ternary $oldKafka .Values.kafka.enabled }}
{{- include "locust-operator.kafka" . }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "locust-operator.kafka" -}}
{{- $old := "config.loadGenerationPods.kafka" }}
{{- include "locust-operator.variable" (list . "KAFKA_BOOTSTRAP_SERVERS" "kafka.bootstrapServers" (printf "%s.bootstrapServers" $old) "localhost:9092") }}
{{- include "locust-operator.variable" (list . "KAFKA_SECURITY_ENABLED" "kafka.security.enabled" (printf "%s.acl.enabled" $old) "false") }}
{{- if eq "true" (include "locust-operator.setting" (list . "kafka.security.enabled" (printf "%s.acl.enabled" $old) "")) }}
{{- include "locust-operator.variable" (list . "KAFKA_SECURITY_PROTOCOL_CONFIG" "kafka.security.protocol" (printf "%s.acl.protocol" $old) "SASL_PLAINTEXT") }}
{{- include "locust-operator.variable" (list . "KAFKA_SASL_MECHANISM" "kafka.security.saslMechanism" (printf "%s.sasl.mechanism" $old) "SCRAM-SHA-512") }}
{{- include "locust-operator.variable" (list . "KAFKA_SASL_JAAS_CONFIG" "kafka.security.jaasConfig" (printf "%s.sasl.jaas.config" $old) "") }}
{{- $secret := include "locust-operator.setting" (list . "kafka.credentials.secretName" (printf "%s.locustK8sKafkaUser.userName" $old) "") }}
{{- if $secret }}
- name: KAFKA_USERNAME
  valueFrom:
    secretKeyRef:
      name: {{ $secret }}
      key: {{ include "locust-operator.setting" (list . "kafka.credentials.usernameKey" (printf "%s.acl.secret.userKey" $old) "username") }}
- name: KAFKA_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ $secret }}
      key: {{ include "locust-operator.setting" (list . "kafka.credentials.passwordKey" (printf "%s.acl.secret.passwordKey" $old) "password") }}
{{- end }}
{{- end }}
{{- end }}
