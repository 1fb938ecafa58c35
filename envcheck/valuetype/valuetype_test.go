package valuetype_test

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/valuetype"
)

func TestCheck(t *testing.T) {
	tests := []struct {
		expression string
		good, bad  []string
	}{
		{"string", []string{"x", " "}, []string{""}},
		{"string(allowEmpty=true)", []string{"", "x"}, nil},
		{"string(allowEmpty=false)", []string{"x"}, []string{""}},
		{"string(minLength=2, maxLength=3)", []string{"ab", "äöü"}, []string{"a", "abcd"}},
		{"string(isLength=3)", []string{"äöü"}, []string{"ab", "abcd"}},
		{"string(startsWith=ab, endsWith=yz)", []string{"ab--yz"}, []string{"ab", "yz"}},
		{`string(matches="^[a,b]+$")`, []string{"a,b"}, []string{"c"}},
		{`string(matches=/^[A-Z]{2,3}$/i)`, []string{"ab"}, []string{"abcd", "1"}},
		{`string(matches="(?=x)y")`, []string{"anything: RE2 has no look-around"}, nil},
		{"number", []string{"1", "-1.5", "1e3", ".5", " 7 "}, []string{"", "x", "0x10", "1,5", "Inf", "NaN", "1_000", "1e999"}},
		{"number(min=1, max=10, isInt=true)", []string{"1", "10", "2.0"}, []string{"0", "11", "1.5"}},
		{"number(isDivisibleBy=0.1)", []string{"0.3", "2"}, []string{"0.25"}},
		{"integer", []string{"1", "-3"}, []string{"1.5", "1.0", ""}},
		{"boolean", []string{"true", "FALSE", "yes", "0"}, []string{"", "maybe", "2"}},
		{"url", []string{
			"https://example.com", "http://localhost:3000/x?y=1#z", "postgres://u:p@db:5432/shop?sslmode=disable",
			"mongodb://a:1,b:2/shop", "redis://:p@cache:6379", "https://a,b", "jdbc:postgresql://db/shop", "file:///tmp/x",
		}, []string{"", "example.com", "//example.com", "https://", "not a url", "http://exa mple.com", "localhost:99999:1"}},
		{"url(prependHttps=true)", []string{"example.com"}, []string{""}},
		{"url(noTrailingSlash=true)", []string{"https://example.com"}, []string{"https://example.com/"}},
		{`url(allowedDomains="a.com,b.com")`, []string{"https://a.com/x", "https://B.com"}, []string{"https://c.com"}},
		{"enum(debug, info)", []string{"debug", "info"}, []string{"", "Debug", "warn"}},
		{`enum("a, b", 'c')`, []string{"a, b", "c"}, []string{"a", "b"}},
		{"email", []string{"a@example.com", "Shop <a@example.com>"}, []string{"", "a", "a@", "@b.com"}},
		{"port", []string{"0", "80", "65535"}, []string{"", "-1", "65536", "http", "8o"}},
		{"port(min=1024)", []string{"1024"}, []string{"80"}},
		{"ip", []string{"10.0.0.1", "::1"}, []string{"", "10.0.0", "10.0.0.256", "example.com"}},
		{"ip(version=4)", []string{"10.0.0.1"}, []string{"::1"}},
		{"ip(version=6)", []string{"::1"}, []string{"10.0.0.1"}},
		{"semver", []string{"1.2.3", "1.2.3-rc.1+5"}, []string{"", "v1.2.3", "1.2"}},
		{"isoDate", []string{"2027-01-31", "2027-01-31T12:00:00Z", "2027-01-31T12:00:00.5+01:00"}, []string{"", "31.01.2027", "2027-02-30", "tomorrow"}},
		{"uuid", []string{"b7c1e1a2-6f0e-4d55-9d7e-0c4b3f0f9a11", "B7C1E1A2-6F0E-4D55-9D7E-0C4B3F0F9A11"}, []string{"", "b7c1e1a2", "b7c1e1a26f0e4d559d7e0c4b3f0f9a11"}},
		{"md5", []string{"d41d8cd98f00b204e980" + "0998ecf8427e", "D41D8CD98F00B204E980" + "0998ECF8427E"}, []string{"", "d41d"}},
		{"duration", []string{"30s", "1h30m", "1.5h", "2 days", "500ms", "PT15M", "P1D", "60"}, []string{"", "soon", "P", "PT", "30 parsecs"}},
		{"json", []string{`{"a":1}`, "[]", "1"}, []string{"", "{", "{a:1}"}},
		{"simple-object", []string{`{"a":1}`}, []string{"", "[]", "1", "{a}"}},
		{"array(url)", []string{"", "a,b", `["a"]`}, []string{"[a", "[a]"}},
		{"record", []string{"a=1,b=2", `{"a":1}`}, []string{"{a"}},
	}
	for _, tt := range tests {
		parsed, err := valuetype.Parse(tt.expression)
		if err != nil {
			t.Errorf("Parse(%q): %v", tt.expression, err)
			continue
		}
		for _, value := range tt.good {
			if err := parsed.Check(envtight.NewSecret(value)); err != nil {
				t.Errorf("%s, %q: %v", tt.expression, value, err)
			}
		}
		for _, value := range tt.bad {
			var problem *valuetype.Error
			err := parsed.Check(envtight.NewSecret(value))
			if !errors.As(err, &problem) || problem.Kind != valuetype.Mismatch {
				t.Errorf("%s accepts %q: %v", tt.expression, value, err)
			}
		}
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct {
		expression string
		kind       valuetype.Kind
		want       string
	}{
		{"emial", valuetype.UnknownType, `unknown type; did you mean "email"?`},
		{"opServiceAccountToken", valuetype.UnknownType, "unknown type"},
		{"", valuetype.UnknownType, "unknown type"},
		{"url(", valuetype.BadArguments, "the arguments of the type make no sense: the closing parenthesis is missing"},
		{`string(startsWith="x)`, valuetype.BadArguments, "the arguments of the type make no sense: a quote or a bracket is not closed"},
		{"enum", valuetype.BadArguments, "the arguments of the type make no sense: it needs the values that are allowed, as in enum(debug, info)"},
		{"number(min=low)", valuetype.BadArguments, "the arguments of the type make no sense: min must be a number"},
		{"uuid(version=4)", valuetype.BadArguments, "the arguments of the type make no sense: it takes none"},
		{"uuid(4)", valuetype.BadArguments, "the arguments of the type make no sense: it takes none"},
		{"port(low=1)", valuetype.BadArguments, "the arguments of the type make no sense: it takes min, max"},
		{"url(" + strings.Repeat("x", 5000) + ")", valuetype.BadArguments, "the arguments of the type make no sense: they are too long"},
	}
	for _, tt := range tests {
		_, err := valuetype.Parse(tt.expression)
		var problem *valuetype.Error
		if !errors.As(err, &problem) || problem.Kind != tt.kind || err.Error() != tt.want {
			t.Errorf("Parse(%.40q) = %v, want %s", tt.expression, err, tt.want)
		}
	}
}

// TestEveryTypeRuns holds the promise that no tag of validator panics on text.
func TestEveryTypeRuns(t *testing.T) {
	if len(valuetype.Types()) == 0 {
		t.Fatal("there are no types")
	}
	for _, info := range valuetype.Types() {
		expression := info.Name
		if info.Name == "enum" {
			expression = "enum(a)"
		}
		if info.Doc == "" {
			t.Errorf("%s has no documentation", info.Name)
		}
		for _, name := range append([]string{expression}, info.Aliases...) {
			for _, value := range []string{"", "x", "\xff", "é", strings.Repeat("9", 400), "{", "-", "\x00"} {
				err := valuetype.Check(name, envtight.NewSecret(value))
				var problem *valuetype.Error
				if errors.As(err, &problem) && problem.Kind != valuetype.Mismatch {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
}

func TestZeroTypeAcceptsEverything(t *testing.T) {
	if err := (valuetype.Type{}).Check(envtight.NewSecret("x")); err != nil {
		t.Error(err)
	}
}

// TestExamples runs the examples that the rules carry.
func TestExamples(t *testing.T) {
	for _, rule := range valuetype.Rules() {
		if len(rule.Examples) == 0 {
			t.Errorf("%s has no example", rule.ID)
		}
		for _, example := range rule.Examples {
			var got []string
			for _, file := range txtar.Parse([]byte(example.Files)).Files {
				declared := valuetype.Declarations(file.Name, dotenv.Parse(file.Data))
				if len(declared) == 0 {
					t.Errorf("%s: the example declares no type", rule.ID)
				}
				report, err := envtight.Run(t.Context(), []envtight.Check{valuetype.NewCheck(declared)}, envtight.Options{})
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range report.Diagnostics {
					if d.Rule != rule.ID {
						t.Errorf("%s: its example gives %s", rule.ID, d.Rule)
					}
					got = append(got, d.Location.String()+": "+d.Text())
				}
			}
			if diff := cmp.Diff(example.Want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("%s: %s", rule.ID, diff)
			}
		}
	}
}

func TestDiagnose(t *testing.T) {
	tests := []struct {
		name, expression, value string
		want                    string // "severity rule", or ""
	}{
		{"right", "url", "https://example.com", ""},
		{"empty", "url", "", ""},
		{"placeholder", "uuid", "your-id-here", ""},
		{"angle brackets", "port", "<the port>", ""},
		{"reference", "port", "${OTHER}", ""},
		{"template", "port", "{{ port }}", ""},
		{"function", "url", "concat(A, B)", ""},
		{"wrong", "port", "http", "warning value/type"},
		{"near", "prot", "80", "warning value/unknown-type"},
		{"of a plugin", "awsAccessKey", "80", "info value/unknown-type"},
		{"arguments", "port(x=1)", "80", "warning value/unknown-type"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			report, err := envtight.Run(t.Context(), []envtight.Check{valuetype.NewCheck([]valuetype.Declaration{{
				Name: "V", Type: tt.expression, Value: envtight.NewSecret(tt.value), Location: envtight.WholeFile(".env.example"),
			}})}, envtight.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range report.Diagnostics {
				got = append(got, d.Severity.String()+" "+d.Rule)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// canary is a value that no type's own words hold.
const canary = "zq7Canary" + "Qx9"

func TestErrorsHoldNoValue(t *testing.T) {
	for _, info := range valuetype.Types() {
		expression := info.Name
		if info.Name == "enum" {
			expression = "enum(a)"
		}
		for _, value := range []string{canary, "https://" + canary + " x", "{" + canary, canary + "@"} {
			d := valuetype.Diagnose([]valuetype.Declaration{{Name: "V", Type: expression, Value: envtight.NewSecret(value)}})
			for _, found := range d {
				if text := found.Message + found.Advice; strings.Contains(text, canary[:6]) {
					t.Errorf("%s: the message shows the value", expression)
				}
			}
			if err := valuetype.Check(expression, envtight.NewSecret(value)); err != nil && strings.Contains(err.Error(), canary[:6]) {
				t.Errorf("%s: the error shows the value", expression)
			}
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, info := range valuetype.Types() {
		f.Add(info.Name, "1")
	}
	f.Add("string(matches=/a,b/i, startsWith='x')", "xa,b")
	f.Add(`enum("a, \" b", [c, d], (e))`, "a")
	f.Add("number(min=1, isDivisibleBy=0)", "1e308")
	f.Add("url", "mongodb://a:1,b:2@,/x")
	f.Fuzz(func(t *testing.T, expression, value string) {
		parsed, err := valuetype.Parse(expression)
		if err != nil {
			var problem *valuetype.Error
			if !errors.As(err, &problem) || problem.Kind == valuetype.Mismatch {
				t.Errorf("Parse(%q) returns %T", expression, err)
			}
			return
		}
		err = parsed.Check(envtight.NewSecret(value))
		if again := parsed.Check(envtight.NewSecret(value)); (err == nil) != (again == nil) {
			t.Errorf("%q judges a value twice in two ways", expression)
		}
		oracle(t, expression, value, err == nil)
	})
}

// oracle compares with the standard library where that knows the type.
func oracle(t *testing.T, expression, value string, accepted bool) {
	var want bool
	switch trimmed := strings.TrimSpace(value); expression {
	case "ip":
		_, err := netip.ParseAddr(trimmed)
		want = err == nil
	case "port":
		n, err := strconv.Atoi(trimmed)
		want = err == nil && n >= 0 && n <= 65535 && !strings.HasPrefix(trimmed, "+") && !strings.HasPrefix(trimmed, "-")
	default:
		return
	}
	if accepted != want {
		t.Errorf("%s: accepted is %t, the oracle says %t", expression, accepted, want)
	}
}
