// Package gitstore reads git repositories without git: objects, refs, commits.
// It is made for looking at every object of a history, each byte once.
//
// # Layers
//
// [Find] and [Open] locate a repository and read its outline: the directories,
// the few settings that decide how it is read (object format, ref storage;
// extensions that are not known are an error), alternates, and the indexes of
// packs. Packs themselves are opened when they are first needed. Files are
// mapped where that works and read where it does not; [Store.Close] lets go of
// them.
//
// An index (idx.go) says where in its pack an object is. A pack (pack.go) is a
// row of entries, each an object or a delta against another, compressed
// (inflate.go, delta.go). Loose objects (loose.go) are files.
//
// [Store.Object], [Store.Stat] and [Store.Has] look single objects up, in packs
// first. A chain of deltas is followed down to an object that is whole or in the
// cache, and applied on the way back (object.go).
//
// [Walk] hands out all objects. For each pack it lays out a forest (forest.go):
// the entries, each with its deltas. A worker takes a root, makes its bytes,
// hands them out, and goes on with its deltas, so that each entry is
// decompressed once, and a visitor sees next to each object the base and what
// was done to it ([Op]): what is copied need not be looked at again. The lightest
// delta comes first and the heaviest last, when the base is needed no more, so at
// most log2(n) bases wait at a time; beyond WalkOptions.Memory they are given up
// and made again (worker.go, produce.go, buffers.go). Workers that have nothing
// to do are given subtrees by those that have.
//
// An object that is in several places is handed out from the first pack that has
// it. When that copy is damaged, another one is looked for, and the deltas
// against it go on from there.
//
// Refs (refs.go, reftable.go) are read loose, packed and from reftables.
// Parsers of commits, tags and trees (commit.go, tree.go) need no memory for
// each entry; [Store.Commits] orders a history.
//
// # Hostile input
//
// Whatever a file says is checked against the file's size before memory is
// taken for it, and every object against Options.MaxObject. Only regular files
// are opened, directly or through symbolic links, as git does. Damage is an
// [Error] with a kind, the file and the place; the rest goes on. Nothing
// panics; a file that is cut short while it is mapped is an error, too.
//
// Checksums of compressed data are verified, names of objects on request only
// ([WalkOptions].Verify), as git does.
//
// # Left out
//
// Multi-pack indexes, commit graphs and bitmaps make single look-ups faster, and
// hold nothing that the packs do not have. Replacements and grafts are not heeded: what
// they hide is in the history all the same.
package gitstore
