{{/*
An indexed Job of a component, whose pods share the fleet out among themselves and have the store.
Takes (dict "root" $ "component" NAME "settings" VALUES "image" IMAGE).
*/}}
{{- define "prescale.job" -}}
{{- $values := .root.Values -}}
{{- $root := .root -}}
{{- if not $values.store.enabled }}{{ fail (printf "%s.enabled: got true without store.enabled, allowed: both; there is no place for what is made" .component) }}{{ end -}}
{{- range list "service-account" "role" "bind" }}
---
{{ include "prescale.object" (dict "root" $root "file" (printf "components/%s/%s.yaml" $.component .)) }}
{{- end }}
---
{{- $job := $root.Files.Get (printf "components/%s/job.yaml" .component) | fromYaml }}
{{- $pod := $job.spec.template.spec }}
{{- $container := first $pod.containers }}
{{- $shares := int .settings.shares }}
{{- /* A Job's pods cannot be changed: each release has its own, which finds what the one before has made. */}}
{{- $_ := set $job.metadata "name" (printf "%s-%d" $job.metadata.name $root.Release.Revision) }}
{{- $_ := set $job.spec "completions" $shares }}
{{- $_ := set $job.spec "parallelism" (min $shares (int .settings.parallelism)) }}
{{- $_ := set $container "image" .image }}
{{- $_ := set $container "imagePullPolicy" $values.image.pullPolicy }}
{{- $_ := set $container "resources" .settings.resources }}
{{- $args := append (initial $container.args) (printf "--share=$(JOB_COMPLETION_INDEX)/%d" $shares) }}
{{- if $values.namespaced }}
{{- range $root.Files.Get "components/namespaced/watch-own-namespace.yaml" | fromYamlArray }}
{{- if hasSuffix "/args/-" .path }}{{ $args = append $args .value }}{{ else }}{{ $_ := set $container "env" .value }}{{ end }}
{{- end }}
{{- end }}
{{- $_ := set $container "args" $args }}
{{- with $values.store.existingClaim }}{{ $_ := set (last $pod.volumes).persistentVolumeClaim "claimName" . }}{{ end }}
{{- range $name, $value := dict "imagePullSecrets" $values.image.pullSecrets "nodeSelector" $values.nodeSelector "tolerations" $values.tolerations "priorityClassName" $values.priorityClassName }}
{{- with $value }}{{ $_ := set $pod $name . }}{{ end }}
{{- end }}
{{ include "prescale.object" (dict "root" $root "object" $job) }}
{{- end -}}
