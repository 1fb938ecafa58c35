package envtight_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"text/template"

	"github.com/envtight/envtight"
	"github.com/google/go-cmp/cmp"
)

// holder has a secret in every kind of field that a printer may walk.
type holder struct {
	Exported envtight.Secret
	hidden   envtight.Secret
	Pointer  *envtight.Secret
	List     []envtight.Secret
	Map      map[string]envtight.Secret
	Any      any
}

func newHolder(text string) holder {
	s := envtight.NewSecret(text)
	return holder{s, s, &s, []envtight.Secret{s}, map[string]envtight.Secret{"k": s}, s}
}

type xmlHolder struct{ S envtight.Secret }

// TestSecretIsNeverPrinted sends a secret through every verb, encoder and logger
// of the standard library and through go-cmp.
func TestSecretIsNeverPrinted(t *testing.T) {
	text := "canary" + "-4711"
	s, h := envtight.NewSecret(text), newHolder(text)
	outputs := map[string]string{}
	for _, verb := range "vsqxXdbcoOUeEfFgGtTpw" {
		for _, flags := range []string{"%", "%+", "%#", "% ", "%10.3", "%-5"} {
			format := flags + string(verb)
			outputs[format] = fmt.Sprintf(format, s) + fmt.Sprintf(format, &s) + fmt.Sprintf(format, h)
		}
	}
	asJSON, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	outputs["json"] = string(asJSON)
	asXML, err := xml.Marshal(xmlHolder{s})
	if err != nil {
		t.Fatal(err)
	}
	outputs["xml"] = string(asXML)
	var buffer bytes.Buffer
	if err := gob.NewEncoder(&buffer).Encode(struct{ S envtight.Secret }{s}); err != nil {
		t.Fatal(err)
	}
	outputs["gob"] = buffer.String()
	for name, handler := range map[string]slog.Handler{
		"slog text": slog.NewTextHandler(&buffer, nil),
		"slog json": slog.NewJSONHandler(&buffer, nil),
	} {
		buffer.Reset()
		slog.New(handler).Info("x", "secret", s, "holder", h, "pointer", &s)
		outputs[name] = buffer.String()
	}
	buffer.Reset()
	if err := template.Must(template.New("").Parse("{{.Exported}} {{.List}} {{.}}")).Execute(&buffer, h); err != nil {
		t.Fatal(err)
	}
	outputs["template"] = buffer.String()
	outputs["error"] = fmt.Errorf("failed with %v: %w", s, errors.New("x")).Error()
	outputs["cmp"] = cmp.Diff(h, newHolder(text+"!"), cmp.Exporter(func(reflect.Type) bool { return true }))
	outputs["cmp exported"] = cmp.Diff(s, envtight.NewSecret("other"))

	for name, out := range outputs {
		if strings.Contains(out, text) || strings.Contains(out, fmt.Sprintf("%x", text)) {
			t.Errorf("%s shows the secret", name)
		}
	}
	if outputs["cmp"] == "" || outputs["cmp exported"] == "" {
		t.Error("go-cmp does not see that the secrets differ")
	}
}

func TestSecret(t *testing.T) {
	var zero envtight.Secret
	if !zero.IsEmpty() || zero.Reveal() != "" {
		t.Error("the zero Secret is not empty")
	}
	if !zero.Equal(envtight.NewSecret("")) || zero.Equal(envtight.NewSecret("x")) {
		t.Error("Equal does not compare the texts")
	}
	var decoded struct{ Token envtight.Secret }
	if err := json.Unmarshal([]byte(`{"token":"a\u0062c"}`), &decoded); err != nil {
		t.Fatal(err)
	}
	if decoded.Token.Reveal() != "abc" {
		t.Error("a secret decoded from JSON is another one")
	}
}
