package dockerfile

import (
	"slices"
	"strconv"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/internal/expand"
	"github.com/envtight/envtight/internal/lazyregexp"
)

type parser struct {
	text  []byte
	lines *envtight.Lines
	file  *File
	stage *Stage            // nil before the first FROM
	names map[string]*Stage // in lower case
}

func (p *parser) instruction(in workspace.Instruction) {
	switch {
	case in.Name == "FROM":
		p.from(in)
	case in.Name == "ARG" && p.stage == nil:
		p.file.Global = append(p.file.Global, p.assignments(in, false)...)
	case p.stage == nil:
	case in.Name == "ARG":
		p.stage.Args = append(p.stage.Args, p.assignments(in, false)...)
	case in.Name == "ENV":
		p.stage.Envs = append(p.stage.Envs, p.assignments(in, true)...)
	case in.Name == "COPY" || in.Name == "ADD":
		copies := func(source string) bool { return dotenv.Kind(source) != dotenv.NotEnv }
		p.file.EnvFiles = p.file.EnvFiles || slices.ContainsFunc(in.Sources(), copies)
	case in.Name == "RUN":
		p.run(in)
	case in.Name == "CMD" || in.Name == "ENTRYPOINT":
		p.start(in)
	}
}

func (p *parser) from(in workspace.Instruction) {
	s := &Stage{Name: strconv.Itoa(len(p.file.Stages))}
	if len(in.Words) > 0 {
		s.Parent = p.names[strings.ToLower(in.Words[0])]
	}
	if len(in.Words) >= 3 && strings.EqualFold(in.Words[1], "AS") {
		s.Name = in.Words[2]
		p.names[strings.ToLower(s.Name)] = s
	}
	p.stage = s
	p.file.Stages = append(p.file.Stages, s)
}

// assignments reads "NAME=value NAME=value" and "NAME", and for ENV also the old
// form "NAME value".
func (p *parser) assignments(in workspace.Instruction, env bool) []Variable {
	var out []Variable
	words := split(in.Text)
	for i := 1; i < len(words); i++ {
		w := words[i]
		name, value, given := strings.Cut(in.Text[w.start:w.end], "=")
		if env && !given && i == 1 {
			end := len(in.Text)
			if len(words) > 2 {
				out = append(out, p.variable(in, w.start, name, words[2].start, end, true))
			}
			return out
		}
		if isName(name) {
			out = append(out, p.variable(in, w.start, name, w.end-len(value), w.end, given))
		}
	}
	return out
}

func (p *parser) variable(in workspace.Instruction, start int, name string, valueStart, valueEnd int, given bool) Variable {
	v := Variable{Name: name, Range: p.span(in, start, start+len(name)), Given: given}
	if given {
		value := in.Text[valueStart:valueEnd]
		v.Value = envtight.NewSecret(strings.Trim(value, `"'`))
		for _, use := range expand.Variables(value, expand.Dockerfile) {
			v.Uses = append(v.Uses, p.reference(in, use, valueStart))
		}
	}
	return v
}

func (p *parser) span(in workspace.Instruction, start, end int) envtight.Range {
	return p.lines.Range(envtight.Span{Start: in.Offset(start), End: in.Offset(max(start, end-1)) + min(1, end-start)})
}

// reference places an expansion in a part of the instruction that begins at from.
func (p *parser) reference(in workspace.Instruction, v expand.Variable, from int) Reference {
	return Reference{v, p.span(in, from+v.NameStart, from+v.NameStart+len(v.Name))}
}

type word struct{ start, end int }

// split cuts text at blanks outside of quotes.
func split(text string) []word {
	var out []word
	start, quote := -1, byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		blank := quote == 0 && (c == ' ' || c == '\t')
		switch {
		case blank && start >= 0:
			out = append(out, word{start, i})
			start = -1
		case !blank && start < 0:
			start = i
		}
		switch {
		case c == '\\' && quote != '\'':
			i++
		case quote == c:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		}
	}
	if start >= 0 {
		out = append(out, word{start, len(text)})
	}
	return out
}

func isName(s string) bool {
	if s == "" || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	for _, c := range []byte(s) {
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// builds matches commands that build JavaScript, within one command.
var builds = lazyregexp.New(`\b(?:npm|pnpm|yarn|bun|bunx|npx|turbo|nx|next|vite|astro|nuxt|nuxi|remix|react-router|svelte-kit|gatsby)\b[^|;&\n]*\bbuild\b`)

func (p *parser) run(in workspace.Instruction) {
	text := in.Text
	var uses []Reference
	for _, use := range expand.Variables(in.Text, expand.Shell) {
		uses = append(uses, p.reference(in, use, 0))
	}
	for _, h := range in.Heredocs {
		body := string(h.Span.Of(p.text))
		text += "\n" + body
		if script := strings.HasPrefix(in.Words[0], "<<"); h.Literal && !script {
			continue
		}
		for _, use := range expand.Variables(body, expand.Shell) {
			start := h.Span.Start + use.NameStart
			uses = append(uses, Reference{use, p.lines.Range(envtight.Span{Start: start, End: start + len(use.Name)})})
		}
	}
	r := Run{Text: text, Range: p.span(in, 0, len(in.Name)), Builds: builds().MatchString(text)}
	local := assigned(text)
	r.Uses = slices.DeleteFunc(uses, func(u Reference) bool { return local[u.Name] })
	for _, flag := range in.Flags {
		p.mount(in, flag)
	}
	p.stage.Runs = append(p.stage.Runs, r)
}

// mount keeps the variable that a secret is given by.
func (p *parser) mount(in workspace.Instruction, flag string) {
	options, ok := strings.CutPrefix(flag, "--mount=")
	if !ok || !slices.Contains(strings.Split(options, ","), "type=secret") {
		return
	}
	for option := range strings.SplitSeq(options, ",") {
		if name, ok := strings.CutPrefix(option, "env="); ok && isName(name) {
			at := strings.Index(in.Text, flag) + strings.Index(flag, option) + len("env=")
			p.stage.Secrets = append(p.stage.Secrets, Variable{Name: name, Range: p.span(in, at, at+len(name))})
		}
	}
}

// locals match what gives a variable of a shell its value.
var locals = lazyregexp.New(`(?:^|[\s;&|(])(?:([A-Za-z_][A-Za-z0-9_]*)=|for\s+([A-Za-z_][A-Za-z0-9_]*)\s|read\s+(?:-\w+\s+)*([A-Za-z_][A-Za-z0-9_]*))`)

// assigned are the variables that a command gives a value by itself.
func assigned(text string) map[string]bool {
	out := map[string]bool{}
	for _, match := range locals().FindAllStringSubmatch(text, -1) {
		out[match[1]+match[2]+match[3]] = true
	}
	return out
}

// start reads CMD and ENTRYPOINT. Only a shell expands variables: the one of the
// shell form, and one that the list names.
func (p *parser) start(in workspace.Instruction) {
	p.stage.starts = true
	list := strings.HasPrefix(strings.TrimSpace(in.Text[len(in.Name):]), "[")
	if list && (len(in.Words) < 3 || !shell(in.Words[0]) || !strings.HasPrefix(in.Words[1], "-") || !strings.HasSuffix(in.Words[1], "c")) {
		return
	}
	text := in.Text
	if list { // the quotes of JSON are none of the shell's
		text = strings.NewReplacer(`\"`, "  ", `"`, " ").Replace(text)
	}
	local := assigned(text)
	for _, use := range expand.Variables(text, expand.Shell) {
		if !local[use.Name] {
			p.stage.Starts = append(p.stage.Starts, p.reference(in, use, 0))
		}
	}
}

// shell reports whether a program is a shell.
func shell(program string) bool {
	return slices.Contains([]string{"sh", "bash", "ash", "dash", "zsh"}, program[strings.LastIndexByte(program, '/')+1:])
}
