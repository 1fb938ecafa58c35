//go:build ignore

// Bench measures envtight against gitleaks, betterleaks and git on real
// repositories, and compares what is found: see README.md.
package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/gitleaks"
	"github.com/envtight/envtight/secrets/history"
)

var (
	pairs       = flag.Int("pairs", 5, "how often each program runs on each repository")
	betterleaks = flag.String("betterleaks", "", "directory of the source of betterleaks, or a program that was built from it")
	only        = flag.String("only", "history,second,dir,staged,findings", "what is measured")
	version     = "github.com/zricethezav/gitleaks/v8"
)

func main() {
	log.SetFlags(0)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, flag.Args()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, repos []string) error {
	if len(repos) == 0 {
		return errors.New("name the clones: see internal/bench/README.md")
	}
	dir, err := os.MkdirTemp("", "envtight-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{ctx: ctx, dir: dir}
	for _, repo := range repos { // before minutes are spent on others
		if _, err := b.git(repo, nil, "rev-parse", "--git-dir"); err != nil {
			return fmt.Errorf("%s: %w", repo, err)
		}
	}
	if err := b.build(); err != nil {
		return err
	}
	var ratios []float64
	var failed []error
	for _, repo := range repos {
		ratio, err := b.repository(repo)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", repo, err))
			continue
		}
		ratios = append(ratios, ratio)
	}
	if len(ratios) > 0 && slices.Min(ratios) > 0 {
		sum := 0.0
		for _, r := range ratios {
			sum += math.Log(r)
		}
		fmt.Printf("\nCPU of gitleaks / envtight, geometric mean over %d histories: %.1f\n", len(ratios), math.Exp(sum/float64(len(ratios))))
	}
	return errors.Join(failed...)
}

func wanted(what string) bool { return slices.Contains(strings.Split(*only, ","), what) }

type bench struct {
	ctx                             context.Context
	dir                             string
	envtight, gitleaks, betterleaks string
}

// build makes the programs.
func (b *bench) build() error {
	b.envtight = filepath.Join(b.dir, "envtight")
	if err := b.goRun("", "build", "-o", b.envtight, "./cmd/envtight"); err != nil {
		return err
	}
	out, err := exec.CommandContext(b.ctx, "go", "list", "-m", "-f", "{{.Version}}", version).Output()
	if err != nil {
		return err
	}
	if err := b.goRun("", "install", version+"@"+strings.TrimSpace(string(out))); err != nil {
		return err
	}
	b.gitleaks = filepath.Join(b.dir, "gitleaks")
	if *betterleaks == "" {
		return nil
	}
	info, err := os.Stat(*betterleaks)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		b.betterleaks = filepath.Join(b.dir, "betterleaks")
		return b.goRun(*betterleaks, "build", "-o", b.betterleaks, ".")
	default:
		b.betterleaks, err = filepath.Abs(*betterleaks)
	}
	return err
}

func (b *bench) goRun(dir string, args ...string) error {
	cmd := exec.CommandContext(b.ctx, "go", args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOBIN="+b.dir)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return nil
}

func (b *bench) git(dir string, stdin io.Reader, args ...string) (string, error) {
	cmd := exec.CommandContext(b.ctx, "git", append([]string{"-C", dir}, args...)...)
	cmd.Stdin = stdin
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// share makes a bare repository with the refs and objects of another, in which
// absent blobs are replaced by an empty one: git log -p, which the others call,
// ends at the first blob that is not there. It returns how many are absent.
func (b *bench) share(repo, name string) (dir string, absent int, err error) {
	common, err := b.git(repo, nil, "rev-parse", "--path-format=absolute", "--git-common-dir")
	if err != nil {
		return "", 0, err
	}
	dir = filepath.Join(b.dir, name)
	if _, err := b.git(b.dir, nil, "init", "-q", "--bare", dir); err != nil {
		return "", 0, err
	}
	alternates := filepath.Join(dir, "objects", "info", "alternates")
	if err := os.WriteFile(alternates, []byte(filepath.Join(common, "objects")+"\n"), 0o644); err != nil {
		return "", 0, err
	}
	refs, err := b.git(repo, nil, "for-each-ref", "--format=%(objectname) %(refname)")
	if err != nil {
		return "", 0, err
	}
	if err := os.WriteFile(filepath.Join(dir, "packed-refs"), []byte("# pack-refs with: sorted\n"+refs+"\n"), 0o644); err != nil {
		return "", 0, err
	}
	head, err := b.git(repo, nil, "rev-parse", "HEAD")
	if err != nil {
		return "", 0, err
	}
	if err := os.WriteFile(filepath.Join(dir, "HEAD"), []byte(head+"\n"), 0o644); err != nil {
		return "", 0, err
	}
	list, err := b.git(dir, nil, "rev-list", "--objects", "--all", "--missing=print")
	if err != nil {
		return "", 0, err
	}
	empty, err := b.git(dir, strings.NewReader(""), "hash-object", "-w", "--stdin")
	if err != nil {
		return "", 0, err
	}
	for line := range strings.Lines(list) {
		if id, ok := strings.CutPrefix(strings.TrimSpace(line), "?"); ok {
			absent++
			if _, err := b.git(dir, nil, "update-ref", "refs/replace/"+id, empty); err != nil {
				return "", 0, err
			}
		}
	}
	return dir, absent, nil
}

// A program is what is measured.
type program struct {
	name string
	dir  string
	args []string
}

// A cost is what one run took.
type cost struct {
	wall, cpu time.Duration
	rss       int64 // KiB
}

// measure runs programs in turn, and returns the median of each figure of each.
func (b *bench) measure(programs []program) ([]cost, error) {
	all := make([][]cost, len(programs))
	for range *pairs {
		for i, p := range programs {
			c, err := b.once(p)
			if err != nil {
				return nil, err
			}
			all[i] = append(all[i], c)
		}
	}
	out := make([]cost, len(programs))
	for i, costs := range all {
		out[i] = cost{
			wall: median(costs, func(c cost) time.Duration { return c.wall }),
			cpu:  median(costs, func(c cost) time.Duration { return c.cpu }),
			rss:  median(costs, func(c cost) int64 { return c.rss }),
		}
	}
	return out, nil
}

func median[T int64 | time.Duration](costs []cost, of func(cost) T) T {
	var all []T
	for _, c := range costs {
		all = append(all, of(c))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// once runs a program whose output nobody reads. The children that it waits for
// count, as the git of gitleaks.
func (b *bench) once(p program) (cost, error) {
	cmd := exec.CommandContext(b.ctx, p.args[0], p.args[1:]...)
	cmd.Dir = p.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.Exited() && exit.ExitCode() != 2 {
		err = nil // findings, or something that is not there
	}
	if err != nil {
		return cost{}, fmt.Errorf("%s: %w: %s", p.name, err, stderr.String())
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return cost{wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), int64(usage.Maxrss)}, nil
}

// table measures programs and shows them beside the first.
func (b *bench) table(title string, programs []program) ([]cost, error) {
	costs, err := b.measure(programs)
	if err != nil {
		return nil, err
	}
	fmt.Printf("\n%s, medians of %d runs in turn\n", title, *pairs)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tCPU s\twall s\tmax RSS MB\tCPU / first\twall / first\t")
	for i, c := range costs {
		fmt.Fprintf(w, "%s\t%.3f\t%.3f\t%d\t%.2f\t%.2f\t\n", programs[i].name, c.cpu.Seconds(), c.wall.Seconds(), c.rss>>10,
			c.cpu.Seconds()/costs[0].cpu.Seconds(), c.wall.Seconds()/costs[0].wall.Seconds())
	}
	return costs, w.Flush()
}

// repository measures all there is to measure on one, and returns the CPU of
// gitleaks over that of envtight; 0 when it was not measured.
func (b *bench) repository(repo string) (ratio float64, err error) {
	repo, err = filepath.Abs(repo)
	if err != nil {
		return 0, err
	}
	name := strings.Trim(strings.ReplaceAll(repo, string(filepath.Separator), "-"), "-")
	shared, absent, err := b.share(repo, name)
	if err != nil {
		return 0, err
	}
	fmt.Printf("\n== %s\n%d blobs are absent and empty for those who ask git\n", repo, absent)
	if wanted("history") {
		if ratio, err = b.history(shared); err != nil {
			return 0, err
		}
	}
	if wanted("second") {
		if err := b.second(shared); err != nil {
			return 0, err
		}
	}
	tree := filepath.Join(b.dir, name+"-tree")
	if wanted("dir") || wanted("staged") {
		if _, err := b.git(shared, nil, "worktree", "add", "-q", "--detach", tree, "HEAD"); err != nil {
			return 0, err
		}
	}
	if wanted("dir") {
		if _, err := b.table("working tree", b.with([]program{
			{"envtight", tree, []string{b.envtight, "secrets", "dir"}},
			{"gitleaks", tree, []string{b.gitleaks, "dir", "--no-banner", "."}},
		}, tree, "dir", "--no-banner", ".")); err != nil {
			return 0, err
		}
	}
	if wanted("staged") {
		if err := b.staged(tree); err != nil {
			return 0, err
		}
	}
	if wanted("findings") {
		return ratio, b.findings(shared)
	}
	return ratio, nil
}

// with adds betterleaks, where there is one.
func (b *bench) with(programs []program, dir string, args ...string) []program {
	if b.betterleaks == "" {
		return programs
	}
	return append(programs, program{"betterleaks", dir, append([]string{b.betterleaks}, args...)})
}

func (b *bench) history(repo string) (ratio float64, err error) {
	costs, err := b.table("whole history", b.with([]program{
		{"envtight", repo, []string{b.envtight, "secrets", "git", "--no-cache"}},
		{"gitleaks", repo, []string{b.gitleaks, "git", "--no-banner", "."}},
		{"git cat-file", repo, []string{"git", "cat-file", "--batch-all-objects", "--unordered", "--batch", "--buffer"}},
	}, repo, "git", "--no-banner", "."))
	if err != nil {
		return 0, err
	}
	return costs[1].cpu.Seconds() / costs[0].cpu.Seconds(), nil
}

func (b *bench) second(repo string) error {
	p := program{"envtight", repo, []string{b.envtight, "secrets", "git"}}
	if _, err := b.once(p); err != nil {
		return err
	}
	costs, err := b.table("second run, nothing new", []program{p, {"git for-each-ref", repo, []string{"git", "for-each-ref"}}})
	if err == nil {
		fmt.Printf("allowed: %.3f s wall\n", 0.050+1.5*costs[1].wall.Seconds())
	}
	return err
}

func (b *bench) staged(tree string) error {
	file := filepath.Join(tree, "README.md")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, append(text, "one more line\n"...), 0o644); err != nil {
		return err
	}
	if _, err := b.git(tree, nil, "add", "README.md"); err != nil {
		return err
	}
	_, err = b.table("one line staged", b.with([]program{
		{"envtight", tree, []string{b.envtight, "secrets", "staged"}},
		{"gitleaks", tree, []string{b.gitleaks, "git", "--staged", "--no-banner", "."}},
		{"envtight version", tree, []string{b.envtight, "version"}},
	}, tree, "git", "--staged", "--no-banner", "."))
	return err
}

// A key says which findings are the same: secrets are compared by a keyed hash.
type key struct {
	rule   string
	secret [sha256.Size]byte
	path   string
}

// findings compares what gitleaks' rules find in a history, by both programs.
func (b *bench) findings(repo string) error {
	var seed [sha256.Size]byte
	_, _ = rand.Read(seed[:])
	hash := func(secret string) (out [sha256.Size]byte) {
		mac := hmac.New(sha256.New, seed[:])
		_, _ = io.WriteString(mac, secret)
		mac.Sum(out[:0])
		return out
	}
	theirs, err := b.theirs(repo, hash)
	if err != nil {
		return err
	}
	ours, merges, err := b.ours(repo, hash)
	if err != nil {
		return err
	}
	lost, gained := missing(theirs, ours), missing(ours, theirs)
	fmt.Printf("\nfindings by rule, secret and path: gitleaks %d, envtight %d, lost %d, gained %d\n", len(theirs), len(ours), len(lost), len(gained))
	known := map[key]bool{} // whatever the path
	for k := range theirs {
		k.path = ""
		known[k] = true
	}
	classes := map[string]int{}
	for _, k := range gained {
		anywhere := k
		anywhere.path = ""
		switch {
		case known[anywhere]:
			classes["a further path of a secret that gitleaks reports: the file was moved or copied"]++
		case merges[k]:
			classes["brought by a merge, of which git log shows no lines"]++
		default:
			classes["further secrets, listed below"]++
		}
	}
	for class, n := range classes {
		fmt.Printf("  gained: %d: %s\n", n, class)
	}
	for _, k := range gained {
		anywhere := k
		anywhere.path = ""
		if !known[anywhere] && !merges[k] {
			fmt.Printf("  gained: %s in %s by %s\n", k.rule, k.path, ours[k])
		}
	}
	for _, k := range lost {
		fmt.Printf("  LOST: %s in %s by %s\n", k.rule, k.path, theirs[k])
	}
	return nil
}

func missing(from, in map[key]string) []key {
	var out []key
	for k := range from {
		if _, ok := in[k]; !ok {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b key) int { return strings.Compare(a.path+"\x00"+a.rule, b.path+"\x00"+b.rule) })
	return out
}

// theirs are the findings of gitleaks, which writes them to a pipe.
func (b *bench) theirs(repo string, hash func(string) [sha256.Size]byte) (map[key]string, error) {
	cmd := exec.CommandContext(b.ctx, b.gitleaks, "git", "--no-banner", "--log-level", "error", "--exit-code", "0", "--report-format", "json", "--report-path", "-", ".")
	cmd.Dir = repo
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("gitleaks: %w: %s", err, stderr.String())
	}
	var all []struct{ RuleID, Secret, File, Commit string }
	if err := json.Unmarshal(out, &all); err != nil {
		return nil, errors.New("gitleaks: its report cannot be read")
	}
	found := map[key]string{}
	for _, f := range all {
		found[key{f.RuleID, hash(f.Secret), f.File}] = f.Commit
	}
	return found, nil
}

// ours are the findings of this module, with those that a merge brought.
func (b *bench) ours(repo string, hash func(string) [sha256.Size]byte) (found map[key]string, merges map[key]bool, err error) {
	set, err := gitleaks.Default()
	if err != nil {
		return nil, nil, err
	}
	d, err := secrets.NewDetector(set)
	if err != nil {
		return nil, nil, err
	}
	src, err := history.Open(repo, history.Options{NoRecord: true})
	if err != nil {
		return nil, nil, err
	}
	defer src.Close()
	found, merges = map[key]string{}, map[key]bool{}
	for f, err := range secrets.Scan(b.ctx, src, d, secrets.Options{}) {
		if err != nil {
			return nil, nil, err
		}
		k := key{f.Rule.ID, hash(f.Secret.Reveal()), f.Location.Path}
		found[k] = f.Location.Object.Commit
		parents, err := b.git(repo, nil, "rev-list", "--parents", "-1", found[k])
		if err != nil {
			return nil, nil, err
		}
		merges[k] = strings.Count(parents, " ") > 1
	}
	return found, merges, nil
}
