package dotenv

type keyKind uint8

const (
	keyForeign keyKind = iota // no common loader takes it for a key
	keyOdd                    // some loaders do
	keyPlain                  // [A-Za-z_][A-Za-z0-9_]*
)

// keyBytes classes the bytes of keys: 1 for plain ones, 2 for plain ones that
// cannot come first, 3 for odd ones, 0 for others.
var keyBytes = func() (t [256]uint8) {
	for c := range t {
		switch b := byte(c); {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', b == '_':
			t[c] = 1
		case '0' <= b && b <= '9':
			t[c] = 2
		case b == '.', b == '-':
			t[c] = 3
		}
	}
	return t
}()

func keyClass(key []byte) keyKind {
	if len(key) == 0 {
		return keyForeign
	}
	class := keyPlain
	for i, b := range key {
		switch kind := keyBytes[b]; {
		case b >= 0x80:
			class = keyOdd
		case kind == 0:
			return keyForeign
		case kind == 3, kind == 2 && i == 0:
			class = keyOdd
		}
	}
	return class
}

// IsPlainName reports whether every loader takes name for a key: it is
// [A-Za-z_][A-Za-z0-9_]*.
func IsPlainName(name string) bool { return keyClass([]byte(name)) == keyPlain }

// isCapitalName tells names such as NEXT_PUBLIC_appId, which begin in capitals
// and can hardly be a word of prose, or of base64, from others.
func isCapitalName(key []byte) bool {
	if len(key) < 2 || keyClass(key) != keyPlain {
		return false
	}
	isLower := func(b byte) bool { return 'a' <= b && b <= 'z' }
	if isLower(key[0]) || isLower(key[1]) {
		return false
	}
	prefixed := false // a part in capitals came before
	for _, b := range key {
		if b == '_' {
			prefixed = true
		}
		if isLower(b) && !prefixed {
			return false
		}
	}
	return true
}
