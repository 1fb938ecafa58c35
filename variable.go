package envtight

// Surface is a kind of place at which the name of a variable can stand.
type Surface string

// The surfaces.
const (
	OnExample    Surface = "example"    // .env.example and its like
	OnLocal      Surface = "local"      // a local env file
	OnCode       Surface = "code"       // a read in source code
	OnTurbo      Surface = "turbo.json" // Turborepo's configuration
	OnCompose    Surface = "compose"
	OnDockerfile Surface = "dockerfile"
	OnWorkflow   Surface = "workflow" // a CI workflow
	OnTerraform  Surface = "terraform"
	OnHosting    Surface = "hosting" // a hosting platform's file in the repository, as vercel.json
	OnKubernetes Surface = "kubernetes"
	OnPlatform   Surface = "platform" // what a hosting platform really has
)

// State is what is known of a variable at one place. Whether a variable is set
// is answered "yes" by every state but [Unknown] and [Absent].
type State uint8

// The states.
const (
	// Unknown: nobody could look. Never to be shown as missing.
	Unknown State = iota
	// Absent: looked at, and not there.
	Absent
	// Set: there. Whether its value is empty may not have been asked.
	Set
	// Empty: there, and its value is known to be empty.
	Empty
	// Unreadable: there, and its value cannot be read by anyone (sealed,
	// sensitive, write-only). Never to be shown as empty.
	Unreadable
	// Reference: there, and its value is taken from another variable.
	Reference
	// Staged: changed on the platform, but the change is not applied yet.
	Staged
)

var stateNames = []string{"unknown", "absent", "set", "empty", "unreadable", "reference", "staged"}

func (s State) String() string { return enumName(stateNames, s) }

// MarshalText returns the name of the state.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText accepts the names that MarshalText writes.
func (s *State) UnmarshalText(text []byte) error { return enumParse(stateNames, s, text, "state") }

// IsSet answers "is it set?".
func (s State) IsSet() bool { return s > Absent }

// Class says what kind of value a variable holds.
type Class uint8

// The classes.
const (
	ClassUnknown Class = iota
	ClassPublic        // goes to browsers
	ClassConfig        // not public, but no harm if known
	ClassSecret        // must not be known
)

var classNames = []string{"unknown", "public", "config", "secret"}

func (c Class) String() string { return enumName(classNames, c) }

// MarshalText returns the name of the class.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText accepts the names that MarshalText writes.
func (c *Class) UnmarshalText(text []byte) error { return enumParse(classNames, c, text, "class") }

// Variable is one variable at one place: a name on a surface.
type Variable struct {
	Name string `json:"name"`
	// App is empty for what belongs to no app, as a root example or a package.
	App string `json:"app,omitempty"`
	// Environment is empty where the surface does not tell environments apart.
	Environment string   `json:"environment,omitempty"`
	Surface     Surface  `json:"surface"`
	State       State    `json:"state"`
	Class       Class    `json:"class"`
	Location    Location `json:"location"`
	// Optional tells, on the surfaces that declare, that nobody needs it.
	Optional bool `json:"optional,omitempty"`
	// Managed tells, on platforms, that the platform or an integration owns
	// the name: nobody chose it here.
	Managed bool `json:"managed,omitempty"`
}

// Need says what an app asks of a variable in one environment.
type Need uint8

// The needs.
const (
	NotDeclared Need = iota // nobody says anything
	Optional
	Required
	Forbidden // must not be set there
)

var needNames = []string{"not declared", "optional", "required", "forbidden"}

func (n Need) String() string { return enumName(needNames, n) }

// MarshalText returns the name of the need.
func (n Need) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText accepts the names that MarshalText writes.
func (n *Need) UnmarshalText(text []byte) error { return enumParse(needNames, n, text, "need") }

// Matrix is the answer to the main question: app × variable × environment ×
// surface. It is built once and only read afterwards.
type Matrix struct {
	// Environments are in the user's order, as in dev before prod.
	Environments []string `json:"environments"`
	// Rows are sorted by app and then by name.
	Rows []MatrixRow `json:"rows"`
	// Fetched are the cells that were asked of platforms, in the order of apps,
	// their links and environments; only in complete ones does a missing entry
	// mean that a variable is not set.
	Fetched []MatrixCell `json:"fetched,omitempty"`
}

// MatrixRow is one variable of one app.
type MatrixRow struct {
	App   string `json:"app"`
	Name  string `json:"name"`
	Class Class  `json:"class"`
	// Declared are the places that declare it, in order of weight.
	Declared []Location `json:"declared,omitempty"`
	// Cells are in the order of Matrix.Environments; a surface without
	// environments has a cell whose Environment is empty.
	Cells []MatrixEntry `json:"cells"`
}

// MatrixEntry is what one surface says of a variable in one environment.
type MatrixEntry struct {
	Environment string  `json:"environment,omitempty"`
	Surface     Surface `json:"surface"`
	State       State   `json:"state"`
	Need        Need    `json:"need"`
	// Why says where the need comes from, as in ".env.example:3".
	Why      string   `json:"why,omitempty"`
	Location Location `json:"location,omitzero"`
}

// MatrixCell is one app in one environment on one platform.
type MatrixCell struct {
	Cell
	// Complete tells that the platform showed everything, so that absence is
	// proven.
	Complete bool `json:"complete"`
	// Settings is the number of variables found there.
	Settings int `json:"settings"`
}

// LiveValue is a value that some platform has now, for the checks that look
// for it elsewhere. It exists in memory only, when the user asked for values.
type LiveValue struct {
	Value  Secret
	Places []Place
	Class  Class
}
