package command

// Dir is the directory in which the programs of a source run.
func Dir(s *Source) string { return s.options.Dir }

// Decode reads an answer about n targets, and says what is wrong with it.
func Decode(text []byte, n int) (names []string, refused, advice string) {
	parts, refusal := decodeAnswer(text, n)
	if refusal != nil {
		return nil, refusal.what, refusal.advice
	}
	for _, part := range parts {
		for _, name := range part.Names {
			names = append(names, name.Name)
		}
	}
	return names, "", ""
}
