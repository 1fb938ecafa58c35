package gitstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, path, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

// realTempDir has no symbolic link in it, so that paths can be compared.
func realTempDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestFind(t *testing.T) {
	root := realTempDir(t)
	work := filepath.Join(root, "work")
	git(t, root, nil, "init", "-q", "-b", "main", work)
	git(t, work, nil, "commit", "-q", "--allow-empty", "-m", "x")
	git(t, work, nil, "worktree", "add", "-q", "../linked")
	git(t, root, nil, "clone", "-q", "--bare", work, "bare.git")
	git(t, work, nil, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../bare.git", "sub")
	write(t, filepath.Join(work, "a/b/c"), "")
	write(t, filepath.Join(root, "empty/.git/x"), "")
	dot := filepath.Join(work, ".git")
	for dir, want := range map[string]Dirs{
		"work":              {dot, dot, work},
		"work/a/b":          {dot, dot, work},
		"work/.git":         {dot, dot, ""},
		"work/.git/objects": {dot, dot, ""},
		"linked":            {filepath.Join(dot, "worktrees/linked"), dot, filepath.Join(root, "linked")},
		"work/sub":          {filepath.Join(dot, "modules/sub"), filepath.Join(dot, "modules/sub"), filepath.Join(work, "sub")},
		"bare.git":          {filepath.Join(root, "bare.git"), filepath.Join(root, "bare.git"), ""},
		"bare.git/refs":     {filepath.Join(root, "bare.git"), filepath.Join(root, "bare.git"), ""},
	} {
		got, err := Find(filepath.Join(root, dir))
		if err != nil {
			t.Errorf("%s: %v", dir, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", dir, diff)
		}
		if s, err := Open(Dirs{GitDir: got.GitDir}, Options{}); err != nil || s.Dirs().CommonDir != want.CommonDir {
			t.Errorf("%s: Open without a common directory: %v", dir, err)
		} else if s.Close(); s.Bare() != (dir == "bare.git" || dir == "bare.git/refs") {
			t.Errorf("%s: bare: %v", dir, s.Bare())
		}
	}
	for name, line := range map[string]string{"odd": "gitdir: nowhere\n", "broken": "what", "none": "gitdir: \n"} {
		write(t, filepath.Join(root, name, ".git"), line)
		if _, err := Find(filepath.Join(root, name)); !errors.Is(err, ErrNotRepository) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if dirs, err := Find(filepath.Join(root, "empty")); !errors.Is(err, ErrNotRepository) {
		t.Errorf("an empty .git: %v %v", dirs, err)
	}
	if _, err := Open(Dirs{GitDir: filepath.Join(root, "empty")}, Options{}); !errors.Is(err, ErrNotRepository) {
		t.Errorf("opening what is none: %v", err)
	}
}

func TestFormats(t *testing.T) {
	v1 := "[core]\nrepositoryformatversion = 1\n"
	for config, want := range map[string]struct {
		err      error
		format   Format
		promisor bool
	}{
		"":                                                    {},
		"[core]\nrepositoryformatversion = 0":                 {},
		"[core]\nrepositoryformatversion = 2":                 {err: ErrUnsupported},
		"[core]\nrepositoryformatversion = x":                 {err: ErrUnsupported},
		v1 + "[extensions]\nnew = true":                       {err: ErrUnsupported},
		"[extensions]\nnew = true":                            {},
		"[extensions]\nobjectFormat = sha256":                 {err: ErrUnsupported},
		v1 + "[extensions]objectFormat=sha256":                {format: SHA256},
		v1 + "[Extensions]\nOBJECTFORMAT=sha1":                {},
		v1 + "[extensions]\nobjectFormat = md5":               {err: ErrUnsupported},
		v1 + "[extensions]\nrefStorage = \"files\" ; as ever": {},
		v1 + "[extensions]\nrefStorage = etcd":                {err: ErrUnsupported},
		v1 + "[extensions]\npartialClone = origin":            {promisor: true},
		v1 + "[extensions]\npreciousObjects\nworktreeConfig=1\nrelativeWorktrees=true\nnoop": {},
		"[remote \"or]i\\\"gin\"]\npromisor = yes":                                           {promisor: true},
		"[remote \"origin\"]\npromisor = no":                                                 {},
		"[core":                                                                              {err: ErrUnsupported},
		"[core]\n= 1":                                                                        {err: ErrUnsupported},
		"[core]\nx = \"open":                                                                 {err: ErrUnsupported},
		"x = 1":                                                                              {err: ErrUnsupported},
		"# nothing\r\n;\r\n[a.b]\r\nc = d \\\r\n e\r\n":                                      {},
	} {
		dir := initRepo(t)
		write(t, filepath.Join(dir, "config"), config)
		s, err := Open(Dirs{GitDir: dir}, Options{})
		if !errors.Is(err, want.err) {
			t.Errorf("%q: %v", config, err)
		}
		if err != nil {
			continue
		}
		if s.Format() != want.format || s.Promisor() != want.promisor {
			t.Errorf("%q: format %v, promisor %v", config, s.Format(), s.Promisor())
		}
		s.Close()
	}
}

// TestConfigAsGitReadsIt compares values in which everything odd stands.
func TestConfigAsGitReadsIt(t *testing.T) {
	dir := initRepo(t)
	text := "\xef\xbb\xbf[a]\n\tb = c d  \n e=\"f \" # g\n h = i\\\n  j ; k\n l\n m = \"n\\\"\\\\\\t\"o\n[A \"X y\"]\r\nz-9=1\r\n[q.R]s=t\n"
	write(t, filepath.Join(dir, "odd"), text)
	settings, err := parseConfig([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var got string
	for _, s := range settings {
		name := s.section + "."
		if s.subsection != "" {
			name += s.subsection + "."
		}
		got += fmt.Sprintf("%s%s\n%s\x00", name, s.name, s.value)
	}
	// git lists a name without a value without one; for us it is true.
	want := string(git(t, dir, nil, "config", "-f", "odd", "-z", "--list"))
	if diff := cmp.Diff(strings.Replace(want, "a.l\x00", "a.l\ntrue\x00", 1), got); diff != "" {
		t.Errorf("git (-) and we (+) differ:\n%s", diff)
	}
}

func TestAlternates(t *testing.T) {
	root := realTempDir(t)
	git(t, root, nil, "init", "-q", "--bare", "-b", "main", "first")
	first := filepath.Join(root, "first")
	fill(t, first, 20, false)
	git(t, root, nil, "clone", "-q", "--bare", "--shared", "first", "second")
	second := filepath.Join(root, "second")
	git(t, second, []byte("new"), "hash-object", "-w", "--stdin")
	// A third names the second by a relative, quoted path, and the first goes
	// back to it: a circle.
	git(t, root, nil, "init", "-q", "--bare", "-b", "main", "third")
	third := filepath.Join(root, "third")
	write(t, filepath.Join(third, "objects/info/alternates"), "# a comment\n\n\"../../seco\\156d/objects\"\n")
	write(t, filepath.Join(first, "objects/info/alternates"), third+"/objects\n")
	want := oracle(t, second)
	for _, dir := range []string{second, third} {
		s := open(t, dir, Options{})
		got := walkAll(t, s, WalkOptions{Verify: true})
		if diff := cmp.Diff(want, got.objects, cmp.AllowUnexported(ID{})); diff != "" || len(s.Problems()) > 0 {
			t.Errorf("%s: %v %.500s", dir, s.Problems(), diff)
		}
	}
	// As a hook sees a push: new objects apart, the old ones behind.
	quarantine := filepath.Join(root, "quarantine")
	write(t, filepath.Join(quarantine, "info/x"), "")
	git(t, third, []byte("pushed"), "hash-object", "-w", "--stdin")
	id := SHA1.Sum(TypeBlob, []byte("pushed"))
	write(t, loosePath(quarantine, id), string(deflate([]byte("blob 6\x00pushed"))))
	s, err := Open(Dirs{GitDir: first}, Options{Objects: quarantine, Alternates: []string{filepath.Join(first, "objects")}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, data, err := s.Object(id, nil); err != nil || string(data) != "pushed" {
		t.Errorf("pushed: %v", err)
	}
	if !s.Has(SHA1.Sum(TypeBlob, []byte("new"))) {
		t.Error("what was there before is not")
	}
	write(t, filepath.Join(third, "objects/info/alternates"), "/does/not/exist\n")
	if problems := open(t, third, Options{}).Problems(); len(problems) != 1 || problems[0].Kind != ErrUnreadable {
		t.Errorf("an alternate that is not there: %v", problems)
	}
	last := third
	for i := range 8 {
		next := filepath.Join(root, fmt.Sprint("deep", i))
		git(t, root, nil, "init", "-q", "--bare", next)
		write(t, filepath.Join(last, "objects/info/alternates"), next+"/objects\n")
		last = next
	}
	if problems := open(t, third, Options{}).Problems(); len(problems) != 1 || problems[0].Kind != ErrAlternates {
		t.Errorf("alternates without end: %v", problems)
	}
}
