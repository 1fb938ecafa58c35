package envcheck

import (
	"context"
	"slices"
	"time"

	"github.com/envtight/envtight"
)

// Source is one hosting platform. Its adapters live in envcheck/platform; the
// conformance suite that every adapter passes is envcheck/sourcetest.
//
// A Source only reads. It is safe for concurrent use. It may have more to offer, as
// [Prober] and the other interfaces below. These are found with [As], never by a type
// assertion: the Source may be wrapped.
type Source interface {
	// Platform returns the name used in configuration, as in "vercel".
	Platform() string
	// Fetch asks for the settings of all targets, at once and bounded, and
	// returns one Answer for each, in the same order. What went wrong for
	// a target is in its Answer; Fetch itself does not fail. It returns soon
	// after ctx is done, and then unfinished answers say so.
	Fetch(ctx context.Context, targets []Target) []Answer
}

// As returns the optional interface T of a source: of the source itself, or else of
// the one that it wraps. A source that wraps another says so by a method
//
//	Unwrap() Source
//
// and need not pass on what it does not change.
func As[T any](source Source) (T, bool) {
	for source != nil {
		if found, ok := source.(T); ok {
			return found, true
		}
		wrapper, ok := source.(interface{ Unwrap() Source })
		if !ok {
			break
		}
		source = wrapper.Unwrap()
	}
	var none T
	return none, false
}

// Grouper is a Source that says which targets it answers together. Those of one
// group that share a token cost no more calls than one of them.
type Grouper interface {
	// Group names the group of a target in names mode; how targets with other
	// tokens or with values are grouped nobody asks. Names of groups are
	// compared and not shown.
	Group(target Target) string
}

// Discoverer is a Source that can find which of its projects belong to
// a repository.
type Discoverer interface {
	Discover(ctx context.Context, q Query) ([]Candidate, []envtight.Incompleteness)
}

// Surveyor is a Source that can list what on its platform is built from
// a repository, whether an app is linked to it or not.
type Surveyor interface {
	// Survey asks with one token in one team, bounded, and returns what it
	// sees there, sorted by place. How many variables that has is not asked:
	// Fetch tells, for those that matter. A token that is for less than the
	// list is no failure: what it does not reach was not asked for.
	Survey(ctx context.Context, q Query) ([]Deployed, []envtight.Incompleteness)
}

// Prober is a Source that can tell what a token reaches, in few calls.
type Prober interface {
	Probe(ctx context.Context, target Target) Reach
}

// Needer is a Source that takes something else than a token and a connection,
// which is what platforms usually take.
type Needer interface {
	Needs(link Link) Needs
}

// Needs are what it takes to ask a source about a link.
type Needs struct {
	// Token is a credential, as [Options].Tokens finds it.
	Token bool
	// Connection is anything beyond the files of the repository: a connection,
	// or a program that may open one. Offline runs do without it.
	Connection bool
	// Lacking says what else it takes and nobody gave, as in "no program is
	// named for it"; empty means nothing. Advice says how to give it.
	Lacking string
	Advice  string
}

// NeedsOf returns what it takes to ask a source about a link. For a source that is
// no [Needer], nil included, that is a token and a connection.
func NeedsOf(source Source, link Link) Needs {
	if needer, ok := As[Needer](source); ok {
		return needer.Needs(link)
	}
	return Needs{Token: true, Connection: true}
}

// SourceOf returns the source that answers for a platform, the first of several;
// nil when there is none.
func SourceOf(sources []Source, platform string) Source {
	if i := slices.IndexFunc(sources, func(s Source) bool { return s.Platform() == platform }); i >= 0 {
		return sources[i]
	}
	return nil
}

// Adviser is a Source that knows how a user sets a variable on its platform: the
// command to paste, or what to do in a few words. Either holds a placeholder in
// place of a value.
type Adviser interface {
	SetCommand(target Target, name string) string
}

// Guide is a Source that knows how a user changes on its platform how a variable is
// stored, or whether it runs: the command to paste, or what to do in a few words.
// An empty text means that it knows no way.
type Guide interface {
	// RedeployCommand makes what runs take up what is set; rebuild tells that
	// the values are built into the code.
	RedeployCommand(target Target, project ProjectFacts, rebuild bool) string
	// ApplyCommand applies the changes that are staged.
	ApplyCommand(target Target) string
	// SealCommand stores a variable so that nobody can read it back, and
	// OpenCommand so that those who may can.
	SealCommand(target Target, setting *Setting) string
	OpenCommand(target Target, setting *Setting) string
}

// Link says which project and service of a platform an app is, and which of its
// environments are meant by the user's. Strings are names or ids, as the user
// wrote them.
type Link struct {
	App      string
	Platform string
	// Team is the account or workspace that owns the project; may be empty.
	Team    string
	Project string
	// Service is the part of a project that the app is, on platforms that
	// have such parts.
	Service string
	// Environments maps the user's environments. In one that is not in it the
	// app is not judged, and unless NotIn names it, env/unmapped says so.
	Environments map[string]EnvironmentRef
	// NotIn are environments of the user's in which the app is not deployed
	// to this platform, on purpose.
	NotIn []string
	// TokenEnv names the variable that holds the token for an environment of
	// the user's; the key "" is for all others.
	TokenEnv map[string]string
	// Values asks for values, where the platform gives them.
	Values bool
	// Required makes not asking this platform a failure.
	Required bool
	// Sealed wants secrets stored so that nobody can read them back.
	Sealed bool
	// Location is where the link is written.
	Location envtight.Location
	// Guessed tells that nobody wrote it: a link file or discovery did.
	Guessed bool
}

// Target returns the target that the link is in one of the user's environments,
// which is among its Environments; only the token is missing.
func (l *Link) Target(environment string) Target {
	return Target{
		App: l.App, Environment: environment,
		Team: l.Team, Project: l.Project, Service: l.Service,
		Ref: l.Environments[environment], Values: l.Values, Location: l.Location,
	}
}

// LocalEnvironment is the name of the environment that is a developer's own
// machine. No platform has to know it.
const LocalEnvironment = "local"

// EnvironmentRef is an environment in a platform's own words.
type EnvironmentRef struct {
	// Name is the name, slug or id; on Vercel a target ("production",
	// "preview", "development") or the slug of a custom environment.
	Name string
	// Branch narrows a preview environment to a git branch.
	Branch string
	// Pull is the pull request whose own environment is meant, on platforms
	// that make one for each; Name is then only what to call it.
	Pull Pull
}

// Pull is a pull request, or a merge request; the zero Pull is none.
type Pull struct {
	Number int
	// Repository is the repository that it is made to, as "owner/name"; empty:
	// not known.
	Repository string
}

// Target is one cell to ask about: an app in one of the user's environments.
type Target struct {
	App         string
	Environment string // the user's word
	Team        string
	Project     string
	Service     string
	Ref         EnvironmentRef
	Token       Token
	// Values asks for values. Without it no value is ever kept.
	Values bool
	// Location is where the link is written.
	Location envtight.Location
}

// Token is a credential and the name of the variable it came from; some
// platforms tell kinds of tokens apart by it.
type Token struct {
	Secret envtight.Secret
	From   string
}

// Answer is what a platform said of one target.
type Answer struct {
	// Place is the cell in the platform's own names (not ids), as far as it
	// is known; its Name is empty.
	Place envtight.Place
	// Settings are the variables that the app is given there, sorted by name,
	// one for each name: overrides and shared variables are already applied.
	Settings []Setting
	// Complete tells that Settings are all there are, so that a name that is
	// not among them is proven absent.
	Complete bool
	// Unreachable tells that Complete is false because no answer came from the
	// platform: it is down, cannot be connected to, or was too slow or too busy
	// to answer within the time. A refused token or an answer that is not
	// understood is none of that.
	Unreachable bool
	// Incomplete says why Complete is false, or what else is not known. The
	// caller fills in its Cells.
	Incomplete []envtight.Incompleteness
	// Provided are the names that the platform itself gives the app, without
	// anybody setting them, sorted. Answers may share the slice.
	Provided []string
	// Project is what the platform knows of the linked project.
	Project ProjectFacts
	// NoSuchEnvironment tells that the project exists and the environment
	// does not. Environments then lists those that do, sorted.
	NoSuchEnvironment bool
	Environments      []string
}

// Provides reports whether the platform itself gives the app a variable of this
// name.
func (a *Answer) Provides(name string) bool {
	_, found := slices.BinarySearch(a.Provided, name)
	return found
}

// ProjectFacts are the platform's own ideas of a project. Fields that are not
// known are empty.
type ProjectFacts struct {
	ID   string
	Name string
	// EnvironmentID identifies the environment, so that two of the user's
	// environments that are the same place are noticed.
	EnvironmentID string
	// Service is the service's id, on platforms that have such parts.
	ServiceID string
	// Repository is the linked repository, as "owner/name".
	Repository string
	// RootDirectory is the directory of the app in it, relative, with "/";
	// RootKnown tells that the platform said so ("" is then the root).
	RootDirectory string
	RootKnown     bool
	// Ephemeral tells that the environment comes and goes with a pull request.
	Ephemeral bool
	// CopyOf is the name of the environment that an ephemeral one was made as
	// a copy of, and NotCopied are the variables that the app has there and
	// that such a copy leaves out (sealed ones), sorted.
	CopyOf    string
	NotCopied []string
	// Copies are the names of the ephemeral environments of the project, sorted,
	// when this environment is the one that they are made as copies of.
	Copies []string
	// Branches are the settings that the project has for single git branches,
	// in whichever of its environments, sorted by branch. They are not among
	// the Settings of another branch's environment, nor of one without branch.
	Branches []BranchSettings
	// Deployed is when the deployment that runs in the environment now was
	// begun: what was set later it has not seen. Zero: not known, or none runs,
	// or a newer one is under way.
	Deployed time.Time
	// Deployment is the id of that deployment, where commands ask for it.
	Deployment string
}

// BranchSettings are the variables that are set for one git branch.
type BranchSettings struct {
	Branch string
	Names  []string // sorted
	// Updated is when one of them last changed; zero: not known of each.
	Updated time.Time
}

// Setting is one variable as a platform has it in one environment.
type Setting struct {
	Name  string
	State envtight.State
	// Value is the value, when values were asked for and the platform gives
	// it; Readable tells so.
	Value    envtight.Secret
	Readable bool
	// Type is the platform's own word for how it is stored, as in "sensitive".
	Type string
	// Storage is what Type means.
	Storage Storage
	// Shared tells that it is shared between apps (team or project level).
	Shared bool
	// Managed names who else owns it: "system", or an integration. Empty:
	// somebody set it by hand.
	Managed string
	// Branch is the branch whose override this is.
	Branch string
	// Updated is when it last changed; zero: not known.
	Updated time.Time
	// References are the variables that its value is made of.
	References []Reference
	// Referenced tells that another variable is known to be made of this one,
	// of the same service or another.
	Referenced bool
}

// Storage says who can read a value back where it is stored.
type Storage uint8

// The ways of storing a value.
const (
	// StorageUnknown: the platform does not tell, or in a word that is not
	// known. Never to be shown as clear.
	StorageUnknown Storage = iota
	// StoredInClear: everybody who sees the list of names sees the value.
	StoredInClear
	// StoredReadable: encrypted at rest; who may, can read it back.
	StoredReadable
	// StoredSealed: nobody can read it back.
	StoredSealed
)

// Reference is a variable named in the value of another.
type Reference struct {
	// Text is the reference as written, as in "${{Postgres.DATABASE_URL}}".
	// It holds names only.
	Text string
	// Resolution says whether it leads somewhere.
	Resolution Resolution
	// Why says in words what is absent, for a dangling one: "no service
	// Postgres in production".
	Why string
}

// Resolution says whether a reference leads somewhere.
type Resolution uint8

// The resolutions.
const (
	Undecided Resolution = iota // nobody can tell
	Resolved
	Dangling
)

// Query is what a repository looks like to a Discoverer or a Surveyor.
type Query struct {
	// Repository is "owner/name" of the remote; it may be empty. Where hosts
	// know groups inside of groups, it is all of them.
	Repository string
	// Host is the host of the remote, as in "gitlab.com"; empty: GitHub.
	Host  string
	Team  string
	Token Token
	// Apps are the names and directories to find projects for.
	Apps []AppDir
	// Linked are the projects, by name or id, that apps are linked to; where
	// a platform has too many to look into all of them, a Surveyor looks into
	// these.
	Linked []string
}

// AppDir is an app to be found.
type AppDir struct {
	Name string
	Dir  string // relative to the repository, with "/"; "" is the root
}

// Candidate is a project that may be an app, with the reason.
type Candidate struct {
	App          string
	Platform     string
	Team         string // as a link has it
	TeamName     string // for people; empty when it is not known
	Project      string // id
	ProjectName  string
	Service      string // id
	ServiceName  string
	Environments []string // names, in the platform's order
	// Why says what speaks for it, as in "linked to this repository, root
	// directory apps/web".
	Why string
	// Sure tells that repository and directory both agree.
	Sure bool
}

// Deployed is something on a platform that is built from the repository: a project
// or, on platforms that have such parts, a service of one.
type Deployed struct {
	// Place has the platform's own names, without an environment.
	Place envtight.Place
	// Facts hold ids and root directory. They are of no environment.
	Facts ProjectFacts
	// Environments are the names of those that the token reaches and that do
	// not come and go with pull requests, in the platform's order.
	Environments []string
}

// Reach is what a token can see of a target.
type Reach struct {
	// Kind is the platform's word for the token, as in "project token".
	Kind string
	// Sees says in words what it reaches, as in "project shop, environment
	// production".
	Sees string
	OK   bool
	// Problem says what is wrong when OK is false, and Advice what to do.
	Problem string
	Advice  string
}
