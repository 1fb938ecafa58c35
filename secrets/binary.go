package secrets

import "bytes"

// binaryHead is how many bytes git looks at to tell whether a file is binary:
// https://git-scm.com/docs/gitattributes#_marking_files_as_binary
const binaryHead = 8000

// IsBinary tells whether a text is none, as git does, which shows no lines of it: by
// a NUL near its begin. UTF-16, which git does not understand, is text.
func IsBinary(text []byte) bool {
	if bytes.IndexByte(text[:min(len(text), binaryHead)], 0) < 0 {
		return false
	}
	_, _, wide := isUTF16(text)
	return !wide
}
