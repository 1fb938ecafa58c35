package kubernetes

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/usagetest"
)

const sample = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      initContainers:
        - env: [{name: I, value: x}]
      containers:
        - name: web
          envFrom: [{secretRef: {name: s}}]
          env:
            - name: A
              value: "1"
            - name: B
              valueFrom:
                secretKeyRef: {name: s, key: k}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {URL: x, nginx.conf: y}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: j}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{env: [{name: C, valueFrom: {fieldRef: {}}}]}]}}}}}
`

func TestReader(t *testing.T) {
	for _, c := range []struct{ path, text, want string }{
		{"k8s/web.yaml", sample, `8:24-8:25 env sets "Deployment/web" I
13:21-13:22 env sets "Deployment/web" A
15:21-15:22 secretKeyRef passes "Deployment/web" B
22:8-22:11 data sets "ConfigMap/c" URL
27:74-27:75 fieldRef passes "CronJob/j" C
`},
		{"chart/templates/web.yaml", "apiVersion: v1\nkind: {{ .Kind }}\nspec: {containers: [{env: [{name: A}]}]}\n", ""},
		{"other.yml", "env: [A]\n", ""},
		{"broken.yml", "apiVersion: v1\nkind: [", "undecidable: broken.yml could not be parsed, so the variables that it asks for are not known: the syntax is not valid\n"},
	} {
		if diff := cmp.Diff(c.want, usagetest.Scan(t, Reader(), c.path, c.text)); diff != "" {
			t.Errorf("%s: %s", c.path, diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{sample, "apiVersion: v1\nkind: List\nitems: [{kind: Pod, spec: {containers: [{env: [{name: A}]}]}}]", "apiVersion: &a\nkind: *a\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if file, err := parse("x.yaml", []byte(text)); err == nil && file != nil {
			usagetest.Places(t, &usage.File{Mentions: file.Mentions}, text)
		}
	})
}
