package snapshot

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// kept compares all that a snapshot keeps of an answer: everything but what
// Cell.Answer says that encoding leaves out.
var kept = cmp.Options{
	cmpopts.EquateEmpty(),
	cmpopts.IgnoreFields(envcheck.Setting{}, "Value", "Readable"),
	cmpopts.IgnoreFields(envcheck.Answer{}, "Unreachable"),
	cmpopts.IgnoreFields(envtight.Incompleteness{}, "Location", "Cells"),
}

// fill sets every field to something that is told from every other, so that a field
// which the format forgets is noticed. A type that it does not know fails the test.
func fill(t *testing.T, v reflect.Value, n *int) {
	t.Helper()
	*n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 1, 1, 0, 0, *n, 1000*(*n), time.UTC)))
		return
	case envtight.Secret:
		v.Set(reflect.ValueOf(envtight.NewSecret(fmt.Sprint("a value ", *n))))
		return
	case envtight.State:
		v.Set(reflect.ValueOf(envtight.Set + envtight.State(*n%5)))
		return
	case envcheck.Storage:
		v.Set(reflect.ValueOf(envcheck.Storage(1 + *n%3)))
		return
	case envcheck.Resolution:
		v.Set(reflect.ValueOf(envcheck.Dangling))
		return
	case envtight.Silence:
		v.Set(reflect.ValueOf(envtight.Undecidable))
		return
	case envcheck.Reference:
		v.Set(reflect.ValueOf(envcheck.Reference{
			Text: fmt.Sprintf("${{Service %d.NAME}}", *n), Resolution: envcheck.Dangling, Why: fmt.Sprint("no ", *n),
		}))
		return
	case envtight.Location, []envtight.Cell:
		return // the question's
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
		for i := range 3 {
			fill(t, v.Index(i), n)
		}
	case reflect.String:
		v.SetString(fmt.Sprintf("TEXT_%03d", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(int64(*n + 1))
	default:
		t.Fatalf("a field of type %s is new: teach the snapshot format and this test about it", v.Type())
	}
}

// filled returns a cell with every field set, and the place as adapters give it.
func filled(t *testing.T) Cell {
	t.Helper()
	c := Cell{}
	n := 0
	fill(t, reflect.ValueOf(&c).Elem(), &n)
	c.Answer.Place.Platform, c.Answer.Place.Name = c.Platform, ""
	return c
}

func taken() time.Time { return time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC) }

// large is the state of a large repository.
func large(apps, environments, variables int) *File {
	f := &File{Tool: "0.1.0", Taken: taken(), Repository: "acme/shop"}
	var provided []string
	for i := range 40 {
		provided = append(provided, fmt.Sprintf("RAILWAY_PROVIDED_%02d", i))
	}
	for a := range apps {
		for e := range environments {
			c := Cell{
				App: fmt.Sprintf("app-%02d", a), Environment: fmt.Sprintf("env-%d", e), Platform: "railway", Project: "shop",
				Service: fmt.Sprintf("app-%02d", a), Ref: envcheck.EnvironmentRef{Name: fmt.Sprintf("env-%d", e)}, Token: "RAILWAY_API_TOKEN",
			}
			c.Answer = envcheck.Answer{
				Place:    envtight.Place{Platform: "railway", Project: "shop", Service: c.Service, Environment: c.Ref.Name},
				Complete: true, Provided: provided, Project: envcheck.ProjectFacts{ID: "7b1c", Name: "shop", EnvironmentID: c.Ref.Name},
			}
			for v := range variables {
				c.Answer.Settings = append(c.Answer.Settings, envcheck.Setting{
					Name: fmt.Sprintf("VARIABLE_NUMBER_%03d", v), State: states[v%len(states)], Type: "sealed", Storage: envcheck.StoredSealed,
					Updated: taken().Add(time.Duration(v) * time.Minute),
				})
			}
			f.Cells = append(f.Cells, c)
		}
	}
	return f
}
