package cache

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// fill gives every field below v a value of its own, so that one which a codec
// forgets is missed.
func fill(t *testing.T, v reflect.Value, n *int) {
	t.Helper()
	*n++
	switch at := v.Addr().Interface().(type) {
	case *time.Time:
		*at = time.Date(2026, 3, 1, 12, 0, *n%60, *n, time.UTC)
		return
	case *envtight.Secret:
		*at = envtight.NewSecret("sk_canary_0123456789")
		return
	case *envtight.State:
		*at = envtight.Staged
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("text \"<&\u2028 " + string(rune('a'+*n%26)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint8:
		v.SetUint(2)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i), n)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), n)
		}
	default:
		t.Fatalf("the test cannot fill a %s", v.Type())
	}
}

// TestRoundTrip: an answer comes back as it was, all fields of it, but for values.
// What is incomplete is left out: such an answer is not kept.
func TestRoundTrip(t *testing.T) {
	var a envcheck.Answer
	n := 0
	v := reflect.ValueOf(&a).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Name != "Incomplete" {
			fill(t, v.Field(i), &n)
		}
	}
	empty := envcheck.Answer{Settings: []envcheck.Setting{}, Provided: []string{}}
	for _, want := range []envcheck.Answer{a, {}, empty} {
		text, err := encodeAnswer(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeAnswer(text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(envcheck.Setting{}, "Value", "Readable")); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		for _, s := range got.Settings {
			if s.Readable || !s.Value.IsEmpty() {
				t.Error("a value came back")
			}
		}
	}
}

// FuzzPage: whatever a file holds, it is a page or an empty one, and a page that was
// read is written as it was.
func FuzzPage(f *testing.F) {
	at := time.Unix(0, 1772366405000000001)
	text, err := encodeAnswer(envcheck.Answer{Complete: true, Settings: []envcheck.Setting{{Name: "A", State: envtight.Set}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(page{failed: at, entries: map[string]entry{"a": {at, text}, "b": {at, text}}}.encode())
	f.Add([]byte("failed 0\n"))
	f.Add([]byte("failed 0\na 1 {}"))
	f.Add([]byte("failed 1\na 1\n"))
	f.Add([]byte("failed x\n"))
	f.Add([]byte(`failed 0` + "\n" + `a 1 {"Settings":[{"Name":"A","Value":"x"}]}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p := decodePage(text)
		if diff := cmp.Diff(p, decodePage(p.encode()), cmp.AllowUnexported(page{}, entry{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("written and read again:\n%s", diff)
		}
		for _, e := range p.entries {
			a, err := decodeAnswer(e.text)
			if err != nil {
				continue
			}
			for _, s := range a.Settings {
				if s.Readable || !s.Value.IsEmpty() {
					t.Error("a value was read")
				}
			}
		}
	})
}
