package dotenv

import "strings"

// evalNode follows Dotenv::ParseContent of Node.js 20, which --env-file,
// process.loadEnvFile and util.parseEnv share.
func evalNode(src string, _ EvalOptions) (Values, error) {
	return parseNode(decodeUTF8(src)).values(), nil
}

// parseNode reads text as src/node_dotenv.cc of Node.js 20.20 does. Only the
// space character is trimmed. Carriage returns vanish wherever they stand, and
// what has no "=" on its line joins the key of the next one.
func parseNode(text string) *jsObject {
	p := nodeParser{text: strings.ReplaceAll(text, "\r", "")}
	p.start, p.end = p.trim(0, len(p.text))
	out := new(jsObject)
	for p.start < p.end {
		if c := p.text[p.start]; c == '\n' || c == '#' {
			if p.skipLine(p.start) {
				continue
			}
		}
		equals := p.index('=', p.start)
		if equals < 0 {
			break
		}
		from, to := p.trim(p.start, equals)
		p.start, p.end = p.trim(equals+1, p.end)
		if from == to {
			break
		}
		key := strings.TrimPrefix(p.text[from:to], "export ")
		if p.start == p.end {
			out.set(key, "")
			break
		}
		p.value(out, key)
	}
	return out
}

// nodeParser stands for the string_view that the original narrows: text[start:end].
type nodeParser struct {
	text       string
	start, end int
}

// trim is trim_spaces on text[from:to]. On spaces alone, the original subtracts
// npos from its pointer and so steps back one byte: what stood before is then
// the result. At the start of the file nothing stands there.
func (p *nodeParser) trim(from, to int) (int, int) {
	if from >= to {
		return to, to
	}
	i := from
	for i < to && p.text[i] == ' ' {
		i++
	}
	if i == to {
		if from == 0 {
			return to, to
		}
		i = from - 1
	}
	for to > i && p.text[to-1] == ' ' {
		to--
	}
	return i, to
}

// index returns the place of c from i on, or -1.
func (p *nodeParser) index(c byte, i int) int {
	if i > p.end {
		return -1
	}
	k := strings.IndexByte(p.text[i:p.end], c)
	if k < 0 {
		return -1
	}
	return i + k
}

// skipLine goes behind the next line end from i on, if there is one.
func (p *nodeParser) skipLine(i int) bool {
	newline := p.index('\n', i)
	if newline < 0 {
		return false
	}
	p.start = newline + 1
	return true
}

// value reads the value at p.start for key.
func (p *nodeParser) value(out *jsObject, key string) {
	quote := p.text[p.start]
	if quote == '"' || quote == '\'' || quote == '`' {
		p.quoted(out, key, quote)
		return
	}
	line := p.end
	if newline := p.index('\n', p.start); newline >= 0 {
		line = newline
	}
	to := line
	if hash := strings.IndexByte(p.text[p.start:line], '#'); hash >= 0 {
		to = p.start + hash
	}
	from, to := p.trim(p.start, to)
	out.set(key, p.text[from:to])
	if !p.skipLine(line) {
		p.start = p.end
	}
}

func (p *nodeParser) quoted(out *jsObject, key string, quote byte) {
	closing := p.index(quote, p.start+1)
	if closing < 0 {
		// Without a line end the quote stays unread, and with it the rest.
		if newline := p.index('\n', p.start); newline >= 0 {
			out.set(key, p.text[p.start:newline])
			p.start = newline + 1
		}
		return
	}
	value := p.text[p.start+1 : closing]
	if quote == '"' {
		value = strings.ReplaceAll(value, `\n`, "\n")
	}
	out.set(key, value)
	if !p.skipLine(closing + 1) {
		p.start = p.end
	}
}
