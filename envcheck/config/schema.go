package config

import (
	"github.com/hashicorp/hcl/v2"
)

// The structs of this file are the schema, and nothing else is. The tags of
// a field say: hcl, its name and whether it is optional, a block or a label;
// validate, what validator checks of its value; names, which known names its
// strings (of a map: its keys) are, with "pattern" when patterns may stand for
// several; default and doc, what [Reference] says of it; form, what to write for
// fields that take more than one form.

type rawConfig struct {
	node         `validate:"-"`
	Version      int              `hcl:"version" validate:"oneof=1" doc:"Version of the form of this file."`
	FailOn       string           `hcl:"fail_on,optional" validate:"oneof=error warning info" default:"\"error\"" doc:"Lowest severity that makes a run exit with 1."`
	Groups       []string         `hcl:"groups,optional" validate:"unique" names:"group" default:"[]" doc:"Groups of rules to turn on, as in \"style\". They are off otherwise."`
	Ignore       []string         `hcl:"ignore,optional" validate:"unique,dive,relpath" default:"[]" doc:"Patterns of paths that nothing looks at; \"**\" stands for any text, \"*\" for any without \"/\"."`
	Environments []rawEnvironment `hcl:"environment,block" doc:"One of your environments, in order: development first. Without any, dev and prod are assumed."`
	Apps         []rawApp         `hcl:"app,block" doc:"An app: a directory that is deployed. Apps that are not written here are discovered."`
	Variables    []rawVariable    `hcl:"variable,block" doc:"What is known about variables whose names match a pattern, beyond what env examples say."`
	Naming       []rawNaming      `hcl:"naming,block" doc:"What names must look like. At most one block."`
	Rules        []rawRule        `hcl:"rule,block" doc:"The severity of a rule, as in \"naming/prefix\", or of a topic, as in \"naming/*\". A rule of a group is turned on by it."`
	Suppressions []rawSuppress    `hcl:"suppress,block" doc:"Findings to set aside: those that match every pattern given. Patterns stand for any text with \"**\", for any without \"/\" with \"*\"."`
}

type rawEnvironment struct {
	node     `validate:"-"`
	Name     string   `hcl:"name,label" validate:"word" doc:"Your own word for it, as in \"dev\"."`
	Branches []string `hcl:"branches,optional" validate:"unique,dive,notblank,max=250" default:"[]" doc:"Patterns of the git branches whose deployments it is, for --env auto."`
}

type rawApp struct {
	node      `validate:"-"`
	Name      string        `hcl:"name,label" validate:"word" doc:"Its name in reports and in this file."`
	Path      string        `hcl:"path,optional" validate:"relpath" doc:"Its directory, relative to this file. Without it, the discovered app of this name is meant."`
	Loaders   []string      `hcl:"loaders,optional" validate:"unique" names:"loader" doc:"The loaders that read its env files, as in \"next\" or \"python-dotenv\". Discovered otherwise."`
	Examples  []string      `hcl:"examples,optional" validate:"unique,dive,relpath" doc:"Its env examples, relative to its directory. Discovered otherwise."`
	Ignore    bool          `hcl:"ignore,optional" default:"false" doc:"The directory is not an app, whatever it looks like."`
	Platforms []rawPlatform `hcl:"platform,block" doc:"What the app is on a hosting platform. One block for each platform."`
}

type rawPlatform struct {
	node         `validate:"-"`
	Name         string         `hcl:"platform,label" names:"platform" validate:"word" doc:"The platform: \"vercel\", \"railway\", \"github\" (secrets and variables of Actions), \"file\" (an env file) or \"command\" (a program, which a flag or the environment names)."`
	Project      string         `hcl:"project" validate:"notblank,max=250" doc:"Name or id of the project; for github, the repository as \"owner/name\"; for file, a word of your own."`
	Team         string         `hcl:"team,optional" validate:"notblank,max=250" doc:"Slug or id of the team or workspace that owns the project."`
	Service      string         `hcl:"service,optional" validate:"notblank,max=250" doc:"Name or id of the service in the project, where projects have services."`
	Environments hcl.Expression `hcl:"environments,optional" validate:"-" form:"map of strings or objects" doc:"Your environments in the platform's words: \"production\", or { target = \"preview\", branch = \"dev\" }, { custom = \"staging\" } (Vercel), { name = \"...\" }; for file, paths relative to this file. \"\" means that the app is not deployed there; an environment left out is not judged, and env/unmapped says so. Without the attribute, convention decides."`
	TokenEnv     hcl.Expression `hcl:"token_env,optional" validate:"-" form:"string or map of strings" doc:"Name of the variable that holds the token, for all environments or for each. Never a token."`
	Values       bool           `hcl:"values,optional" default:"false" doc:"Also read values, to tell empty ones. They stay in memory and are never shown."`
	Sealed       string         `hcl:"sealed,optional" validate:"oneof=required" doc:"Secrets must be stored so that nobody can read them back: sensitive on Vercel, sealed on Railway."`
	Required     bool           `hcl:"required,optional" default:"false" doc:"A run in which this platform was not asked is incomplete."`
}

type rawVariable struct {
	node        `validate:"-"`
	Name        string   `hcl:"name,label" validate:"namepattern" doc:"Name of the variable, or a pattern with \"*\"."`
	Apps        []string `hcl:"apps,optional" validate:"unique,dive,notblank,max=250" names:"app,pattern" default:"[] (all)" doc:"The apps that are meant; patterns may be used."`
	RequiredIn  []string `hcl:"required_in,optional" validate:"unique" names:"environment" default:"[]" doc:"Environments in which it must be set."`
	AbsentIn    []string `hcl:"absent_in,optional" validate:"unique" names:"environment" default:"[]" doc:"Environments in which it must not be set."`
	Optional    bool     `hcl:"optional,optional" default:"false" doc:"Nobody needs it, save in the environments of required_in."`
	Sensitive   *bool    `hcl:"sensitive,optional" validate:"-" doc:"Whether its value is a secret. Told from the name otherwise."`
	Public      *bool    `hcl:"public,optional" validate:"-" doc:"Whether its value may be seen by everyone, as in a browser bundle."`
	Description string   `hcl:"description,optional" validate:"max=2000" doc:"What it is for."`
	OwnedBy     string   `hcl:"owned_by,optional" validate:"notblank,max=250" doc:"The team or person that answers for it, when that is not the app's own. Findings about it say whom to ask, and env/extra leaves it out: an app need not declare what is not its."`
}

type rawNaming struct {
	node           `validate:"-"`
	RequirePrefix  map[string][]string `hcl:"require_prefix,optional" validate:"dive,keys,relpath,endkeys,min=1,unique,dive,affix" doc:"By scope: prefixes, one of which every name there begins with. A scope is an app, a directory or a pattern of either."`
	RequireSuffix  map[string][]string `hcl:"require_suffix,optional" validate:"dive,keys,relpath,endkeys,min=1,unique,dive,affix" doc:"By scope: suffixes, one of which every name there ends with."`
	RequirePattern map[string]string   `hcl:"require_pattern,optional" validate:"dive,keys,relpath,endkeys,regexp" doc:"By scope: a regular expression (RE2) that matches every name there. Anchor it to match the whole name."`
	Forbid         map[string][]string `hcl:"forbid,optional" validate:"dive,keys,relpath,endkeys,min=1,unique,dive,namepattern" doc:"By scope: names or patterns that must not be used there."`
	Allow          []string            `hcl:"allow,optional" validate:"unique,dive,namepattern" default:"[]" doc:"Names or patterns that no rule about names objects to."`
	Rename         map[string]string   `hcl:"rename,optional" validate:"dive,keys,varname,endkeys,varname" doc:"Names of the past and the names that replace them."`
	Words          []string            `hcl:"words,optional" validate:"unique,dive,affix" default:"[]" doc:"Words in good use here, so that names that hold them are not taken for misspelled."`
}

type rawRule struct {
	node     `validate:"-"`
	Rule     string `hcl:"rule,label" names:"rule" validate:"notblank" doc:"ID of the rule, or a topic followed by \"/*\"."`
	Severity string `hcl:"severity" validate:"oneof=off info warning error" doc:"How much it counts."`
}

type rawSuppress struct {
	node        `validate:"-"`
	Rule        string `hcl:"rule" validate:"notblank,max=250" names:"rule,pattern" doc:"ID or pattern of the rules."`
	Reason      string `hcl:"reason" validate:"notblank,max=2000" doc:"Why it is right. Compulsory: without it nothing is suppressed."`
	Path        string `hcl:"path,optional" validate:"relpath" doc:"Pattern of the paths."`
	App         string `hcl:"app,optional" validate:"notblank,max=250" names:"app,pattern" doc:"Name or pattern of the apps."`
	Environment string `hcl:"environment,optional" validate:"notblank,max=250" names:"environment,pattern" doc:"Name or pattern of the environments; \"pr/12\" or \"pr/*\" is that of a pull request."`
	Platform    string `hcl:"platform,optional" validate:"notblank,max=250" names:"platform,pattern" doc:"Name or pattern of the platforms."`
	Name        string `hcl:"name,optional" validate:"namepattern" doc:"Name or pattern of the variables."`
	Owner       string `hcl:"owner,optional" validate:"notblank,max=250" doc:"Who answers for it."`
	Expires     string `hcl:"expires,optional" validate:"datetime=2006-01-02" doc:"Last day on which it holds (UTC), as in \"2027-01-31\"."`
}
