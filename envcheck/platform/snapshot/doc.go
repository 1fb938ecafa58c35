// Package snapshot writes down what platforms answered, without any value, and
// reads it again: for runs that have no token, as those of forks, and for days on
// which a platform is down.
//
// # The format
//
// A snapshot is text, one fact a line, sorted, so that it can be committed, and
// read in a diff:
//
//	envtight snapshot 1
//	tool 0.3.0
//	taken 2026-11-25T03:00:00Z
//	repository acme/shop
//	names plain
//	token railway RAILWAY_TOKEN_PROD "project token" "project shop, environment production"
//	provided 1 RAILWAY_ENVIRONMENT RAILWAY_GIT_BRANCH
//	cell api prod railway complete token=RAILWAY_TOKEN_PROD provided=1
//	link project=shop service=api environment=production
//	place project=shop service=api environment=production
//	facts id=7b1c name=shop environment-id=e4d5 service-id=9a11 repository=acme/shop root=apps/api
//	  DATABASE_URL reference resolved=${{Postgres.DATABASE_URL}}
//	  SESSION_SECRET unreadable type=sealed storage=sealed updated=2026-10-01T12:00:00Z
//	end cells=1 variables=2
//
// Words are parted by one space; one that is empty or holds anything but printable
// ASCII, or one of the characters space, quote, backslash and equals sign, is quoted as in
// Go. A field that is not known is left out. Of a cell that was not wholly seen, the first
// line says "incomplete", and lines "gap" say why: a name that it lacks is not known to be
// absent. The last line counts, so that a file which was cut off is noticed.
//
// [Decode] is strict: it accepts exactly what [File.Encode] writes, byte for byte,
// and refuses everything else with the place. Its errors never quote the file.
//
// # The codec alone
//
// [EncodeCells] and [DecodeCells] are the same format without its header, for who keeps
// answers elsewhere and for a shorter time. A cell's key is the link's words; what
// else tells answers apart (host, fingerprint of the token) is the caller's to keep
// beside the bytes:
//
//	cells := []snapshot.Cell{snapshot.NewCell("railway", target, answer)}
//	text := snapshot.EncodeCells(cells)
//	...
//	cells, err := snapshot.DecodeCells(text) // any damage is an error
//	if err == nil && cells[0].Asks("railway", target) {
//		answer = cells[0].AnswerTo(target)
//	}
package snapshot
