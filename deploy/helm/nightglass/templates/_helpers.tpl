{{- define "nightglass.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" }}{{ end -}}
{{- end }}

{{- define "nightglass.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "nightglass.labels" -}}
{{ include "nightglass.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* The configuration as the program gets it. */}}
{{- define "nightglass.config" -}}
{{- $own := dict "data" "/data" "server" (dict "host" (ternary "127.0.0.1" "0.0.0.0" .Values.setup) "port" 8480) -}}
{{- toYaml (mergeOverwrite (deepCopy .Values.config) $own) -}}
{{- end }}

{{/* The path below which it answers, without a slash at its end. */}}
{{- define "nightglass.basePath" -}}
{{- (dig "server" "basePath" "" .Values.config) | trimSuffix "/" -}}
{{- end }}

{{- define "nightglass.scheme" -}}
{{- if dig "server" "tls" "" .Values.config }}https{{ else }}http{{ end -}}
{{- end }}
