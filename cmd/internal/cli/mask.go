package cli

import (
	"path"
	"strings"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/ci"
	"github.com/envtight/envtight/envcheck/config"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/gitleaks"
)

// maskers blank what must not be shown of a line: the values of env files,
// credentials in the configuration, what stands in quotes in other manifests,
// what workflows set, and whatever a secret rule matches.
func (p *project) maskers() []envtight.Masker {
	return append(p.fileMaskers(), envtight.MaskerFunc(maskSecrets))
}

// fileMaskers are maskers without the one that knows the rules about secrets.
func (p *project) fileMaskers() []envtight.Masker {
	return []envtight.Masker{
		envtight.MaskerFunc(dotenv.ValueSpans),
		envtight.MaskerFunc(func(name string, text []byte) []envtight.Span {
			if name == p.config.Path {
				name = config.FileName
			}
			return config.Mask(name, text)
		}),
		envtight.MaskerFunc(maskManifest),
		envtight.MaskerFunc(ci.Mask),
		envtight.MaskerFunc(maskIgnoreFile),
	}
}

// maskSecrets blanks what a secret rule matches. In an env file the names of
// variables stay: a rule that reads over the end of a line takes the next name
// for a value.
func maskSecrets(name string, text []byte) []envtight.Span {
	found := secretMasker().Mask(name, text)
	if len(found) == 0 || dotenv.Kind(name) == dotenv.NotEnv {
		return found
	}
	var out []envtight.Span
	for _, entry := range dotenv.Parse(text).Entries() {
		for _, span := range found {
			if !entry.IsAssignment() || entry.Key.Len() == 0 {
				out = append(out, intersect(span, entry.Span)...)
				continue
			}
			out = append(out, intersect(span, envtight.Span{Start: entry.Span.Start, End: entry.Key.Start})...)
			out = append(out, intersect(span, envtight.Span{Start: entry.Key.End, End: entry.Span.End})...)
		}
	}
	return out
}

func intersect(a, b envtight.Span) []envtight.Span {
	both := envtight.Span{Start: max(a.Start, b.Start), End: min(a.End, b.End)}
	if both.Len() <= 0 {
		return nil
	}
	return []envtight.Span{both}
}

// builtInDetector looks for secrets by the rules that are built in. It is made on
// first use, and shared by all that ask for it: it is safe for concurrent use, and
// what it has prepared for one text serves the next.
var builtInDetector = sync.OnceValues(func() (*secrets.Detector, error) {
	rules, err := gitleaks.Default()
	if err != nil {
		return nil, err
	}
	// A mark that sets something aside is to be seen in the report.
	rules.IgnoreMarks = true
	return secrets.NewDetector(rules)
})

func secretMasker() envtight.Masker {
	detector, err := builtInDetector()
	if err != nil {
		return hideAll
	}
	return detector
}

// maskIgnoreFile blanks files of entries to be ignored: a line that is none may be
// anything.
func maskIgnoreFile(name string, text []byte) []envtight.Span {
	if path.Base(name) != gitleaks.IgnoreName {
		return nil
	}
	return []envtight.Span{{Start: 0, End: len(text)}}
}

// hideAll stands in for a masker that cannot be had: a line is better not shown
// than shown with a secret in it.
var hideAll = envtight.MaskerFunc(func(_ string, text []byte) []envtight.Span {
	return []envtight.Span{{Start: 0, End: len(text)}}
})

// maskManifest blanks the values of manifests (JSON, YAML, TOML): what stands in
// quotes and is no key, and in YAML what follows a colon. A finding about
// a manifest is about its form, never about a value.
func maskManifest(name string, text []byte) []envtight.Span {
	switch path.Ext(name) {
	case ".json", ".jsonc", ".toml", ".yaml", ".yml":
	default:
		return nil
	}
	var out []envtight.Span
	start := 0
	for line := range strings.Lines(string(text)) {
		out = append(out, maskQuoted(line, start)...)
		if ext := path.Ext(name); ext == ".yaml" || ext == ".yml" {
			if i := strings.Index(line, ": "); i >= 0 {
				out = append(out, envtight.Span{Start: start + i + 2, End: start + len(strings.TrimRight(line, "\r\n"))})
			}
		}
		start += len(line)
	}
	return out
}

// maskQuoted finds quoted texts of a line that starts at offset. One that is not
// closed reaches to the end of the line.
func maskQuoted(line string, offset int) []envtight.Span {
	var out []envtight.Span
	body := strings.TrimRight(line, "\r\n")
	for i := 0; i < len(body); i++ {
		quote := body[i]
		if quote != '"' && quote != '\'' {
			continue
		}
		end := i + 1
		for end < len(body) && body[end] != quote {
			if body[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end, len(body))
		rest := ""
		if end < len(body) {
			rest = strings.TrimLeft(body[end+1:], " \t")
		}
		if !strings.HasPrefix(rest, ":") && !strings.HasPrefix(rest, "=") {
			out = append(out, envtight.Span{Start: offset + i + 1, End: offset + end})
		}
		i = end
	}
	return out
}
