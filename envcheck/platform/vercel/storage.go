package vercel

import "github.com/envtight/envtight/envcheck"

// storage says what a type means for who can read the value. Plain values come in
// every list; encrypted ones, and secrets of the old kind, are read back by those
// who may decrypt; sensitive ones by nobody.
//
// Since July 2026 rows may have a visibility, too: a "config" can be read back, a
// "secret" cannot (vercel.com/docs/environment-variables). Where the two do not
// agree, or one is a word that is not known, nobody can tell.
func storage(kind string, visibility text) envcheck.Storage {
	stored := envcheck.StorageUnknown
	switch kind {
	case typePlain:
		stored = envcheck.StoredInClear
	case typeEncrypted, typeSecret:
		stored = envcheck.StoredReadable
	case typeSensitive:
		stored = envcheck.StoredSealed
	}
	sealed := stored == envcheck.StoredSealed
	switch {
	case !visibility.given && !visibility.odd,
		visibility.value == "config" && !sealed,
		visibility.value == "secret" && sealed:
		return stored
	}
	return envcheck.StorageUnknown
}
