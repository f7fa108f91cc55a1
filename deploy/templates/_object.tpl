{{/*
The objects of one file that the kustomizations use too, with the release's namespace and labels.
Takes (dict "root" $ "file" PATH), or (dict "root" $ "object" OBJECT) where a template has changed the object before.
In a namespaced release the roles and bindings of the cluster become those of the namespace.
*/}}
{{- define "prescale.object" -}}
{{- $root := .root -}}
{{- $object := .object | default (.file | default "" | $root.Files.Get | fromYaml) -}}
{{- if and $root.Values.namespaced (has $object.kind (list "ClusterRole" "ClusterRoleBinding")) -}}
{{- $_ := set $object "kind" (trimPrefix "Cluster" $object.kind) -}}
{{- with $object.roleRef -}}
{{- $_ := set . "kind" "Role" -}}
{{- end -}}
{{- end -}}
{{- if not (has $object.kind (list "ClusterRole" "ClusterRoleBinding" "CustomResourceDefinition")) -}}
{{- $_ := set $object.metadata "namespace" $root.Release.Namespace -}}
{{- end -}}
{{- range $object.subjects -}}
{{- $_ := set . "namespace" $root.Release.Namespace -}}
{{- end -}}
{{- $_ := set $object.metadata "labels" (merge (include "prescale.labels" $root | fromYaml) ($object.metadata.labels | default dict)) -}}
{{ toYaml $object }}
{{- end -}}

{{- define "prescale.labels" -}}
app.kubernetes.io/name: prescale
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- define "prescale.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
