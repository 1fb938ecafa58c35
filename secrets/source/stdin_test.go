package source_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/source"
)

func TestStdin(t *testing.T) {
	text := "a\nb " + token + "\n" + token
	broken := errors.New("broken")
	for name, test := range map[string]struct {
		stream  io.Reader
		options source.StdinOptions
		want    []string
		causes  []string
	}{
		"all":        {strings.NewReader(text), source.StdinOptions{}, []string{"stdin:2:3", "stdin:3:1"}, nil},
		"path":       {iotest.OneByteReader(strings.NewReader(text)), source.StdinOptions{Path: "a/b", Max: int64(len(text))}, []string{"a/b:2:3", "a/b:3:1"}, nil},
		"too much":   {strings.NewReader(text), source.StdinOptions{Max: int64(len(text)) - 1}, []string{"stdin:2:3"}, []string{"failed: only the first 44 bytes of the standard input were looked at"}},
		"breaks off": {io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), source.StdinOptions{}, []string{"stdin:2:3", "stdin:3:1"}, []string{"failed: the standard input broke off: broken"}},
		"empty":      {strings.NewReader(""), source.StdinOptions{}, nil, nil},
	} {
		got := run(t, source.NewStdin(test.stream, test.options), secrets.Options{})
		if diff := cmp.Diff(test.want, got.found); diff != "" || got.err != nil {
			t.Errorf("%s: %v %s", name, got.err, diff)
		}
		if diff := cmp.Diff(test.causes, got.causes()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestStdinPassedOver: nobody says of what the rules pass over that it was looked at.
func TestStdinPassedOver(t *testing.T) {
	d, err := secrets.NewDetector(secrets.RuleSet{Allow: []secrets.Allowlist{{Paths: []string{`\.lock$`}}}})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	o := secrets.Options{
		Incomplete: func(i envtight.Incompleteness) { said = append(said, string(i.Silence)+": "+i.Cause) },
		Looked:     func(what string, n int) { said = append(said, fmt.Sprint(n, " ", what)) },
	}
	for f, err := range secrets.Scan(t.Context(), source.NewStdin(strings.NewReader(token), source.StdinOptions{Path: "a.lock"}), d, o) {
		t.Errorf("%v, a finding of %s", err, f.Rule.ID)
	}
	want := []string{"0 bytes of standard input", "not asked: the standard input was not looked at: the rules pass over files of this path"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}
}

// TestStdinThatNeverEnds stops waiting when it is told to.
func TestStdinThatNeverEnds(t *testing.T) {
	stream, writer := io.Pipe()
	defer func() { _ = writer.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range secrets.Scan(ctx, source.NewStdin(stream, source.StdinOptions{}), detector(t), secrets.Options{}) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}
