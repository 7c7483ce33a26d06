{{- define "devicepool.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "devicepool.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "devicepool.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "devicepool.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- /* Name of one DaemonSet and its ConfigMap: of the release for the main configuration, with a suffix for a named one. */}}
{{- define "devicepool.instance" -}}
{{- $name := include "devicepool.fullname" .root }}
{{- if .configuration }}
{{- printf "%s-%s" $name .configuration | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- $name }}
{{- end }}
{{- end }}

{{- define "devicepool.selectorLabels" -}}
name: {{ include "devicepool.instance" . }}
{{- end }}

{{- /* No version among them: a pod's labels must not change with the chart's version, which would restart it. */}}
{{- define "devicepool.podLabels" -}}
app.kubernetes.io/name: {{ include "devicepool.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "devicepool.labels" -}}
{{ include "devicepool.podLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "devicepool.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- .Values.serviceAccount.name | default (include "devicepool.fullname" .) }}
{{- else }}
{{- .Values.serviceAccount.name | default "default" }}
{{- end }}
{{- end }}

{{- define "devicepool.configMapName" -}}
{{- if .configuration }}
{{- include "devicepool.instance" . }}
{{- else }}
{{- .root.Values.configMap.name | default (include "devicepool.fullname" .root) }}
{{- end }}
{{- end }}

{{- define "devicepool.image" -}}
{{- include "devicepool.imageOf" (dict "image" .Values.image "Chart" .Chart) }}
{{- end }}

{{- define "devicepool.imageOf" -}}
{{- if .image.digest -}}
{{ .image.repository }}@{{ .image.digest }}
{{- else -}}
{{ .image.repository }}:{{ .image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}

{{- define "devicepool.probeTarget" -}}
{{- if and .Values.hostNetwork (not .Values.metrics.expose) -}}
host: 127.0.0.1
{{ end -}}
port: {{ include "devicepool.metricsPort" . }}
{{- end }}

{{- /* The port's name, or its number where no port is declared. */}}
{{- define "devicepool.metricsPort" -}}
{{ if include "devicepool.surges" . }}{{ .Values.metrics.port }}{{ else }}metrics{{ end }}
{{- end }}

{{- define "devicepool.imagePullSecrets" -}}
{{- with concat (dig "imagePullSecrets" list .Values.global) .Values.imagePullSecrets | uniq }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* The main DaemonSet keeps away from nodes whose label selects a named configuration. */}}
{{- define "devicepool.affinity" -}}
{{- $affinity := deepCopy .Values.affinity }}
{{- if .Values.configs }}
{{- $other := dict "key" .Values.configLabel "operator" "NotIn" "values" (keys .Values.configs | sortAlpha) }}
{{- $terms := list }}
{{- range dig "nodeAffinity" "requiredDuringSchedulingIgnoredDuringExecution" "nodeSelectorTerms" (list dict) $affinity }}
{{- $terms = append $terms (merge (dict "matchExpressions" (append (.matchExpressions | default list) $other)) .) }}
{{- end }}
{{- $required := dict "nodeSelectorTerms" $terms }}
{{- $affinity = mergeOverwrite $affinity (dict "nodeAffinity" (dict "requiredDuringSchedulingIgnoredDuringExecution" $required)) }}
{{- end }}
{{- with $affinity }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{- /* Two plugins must not serve one resource on a node: kubelet takes the one that registered last. The release's namespace is
all that an installer can be sure to read. */}}
{{- define "devicepool.refuseBesideAnother" -}}
{{- range .Values.incumbents }}
{{- if and (ne . (include "devicepool.fullname" $)) (lookup "apps/v1" "DaemonSet" $.Release.Namespace .) }}
{{- fail (printf "DaemonSet %s serves the same resources. Delete it first: kubectl -n %s delete daemonset %s. Pods that run keep their devices for as long as they need not restart, and the ConfigMap stays; nodes have no plugin until the chart's pods run." . $.Release.Namespace .) }}
{{- end }}
{{- end }}
{{- end }}

{{- /* Whether an update runs the new pod beside the old one. A declared port of a pod in the host's network would keep the
scheduler from placing both on one node. */}}
{{- define "devicepool.surges" -}}
{{- $surge := dig "rollingUpdate" "maxSurge" 0 .Values.updateStrategy | toString -}}
{{- if not (has $surge (list "0" "0%")) }}yes{{ end -}}
{{- end }}
