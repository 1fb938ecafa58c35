package usage

import "github.com/envtight/envtight"

// Settings is a class of which objects take their fields from the environment, as
// those of pydantic-settings do.
type Settings struct {
	Class string
	// Range is where the name of the class stands.
	Range envtight.Range
	// Prefix stands before the names of fields that have no alias.
	Prefix string
	// CaseSensitive tells that names count as they are spelled; otherwise they are
	// given here in capitals.
	CaseSensitive bool
	// Delimiter stands between the names of nested fields; empty when a nested field
	// is read as one JSON text only.
	Delimiter string
	// Extra is what happens with names that no field has: "forbid", "ignore" or
	// "allow"; empty when the class does not say, which the library takes for "forbid".
	Extra string
	// EnvFiles are the env files that the class names, as it names them.
	EnvFiles []string
	// Undecidable tells that names are made at run time, so that Fields are not all.
	Undecidable bool
	// Fields are those of the class and of the classes it inherits from, in order.
	Fields []SettingsField
}

// SettingsField is a field of [Settings].
type SettingsField struct {
	Name string
	// Names are the variables that it is read from: the first that is set counts.
	Names []string
	// Required tells that there is no object without a value.
	Required bool
	// Path and Range are where the field's name stands: a class inherits fields from
	// other files.
	Path  string
	Range envtight.Range
}
