package golang

import (
	"go/ast"
	"strings"

	"github.com/envtight/envtight/envcheck/usage"
)

// libraryCall notes what calls of libraries ask for.
//
// Sources: github.com/spf13/viper (BindEnv, AutomaticEnv, SetEnvPrefix);
// github.com/urfave/cli (EnvVars); github.com/alecthomas/kingpin (Envar).
func (v *finder) libraryCall(c *ast.CallExpr, path, name string) {
	if name == "" {
		if sel, ok := c.Fun.(*ast.SelectorExpr); ok {
			name = sel.Sel.Name // a method
		}
	}
	switch name {
	case "BindEnv":
		if v.importsPart("spf13/viper") {
			v.bindEnv(c)
		}
	case "AutomaticEnv":
		if v.importsPart("spf13/viper") {
			v.add(usage.Read{Name: v.viperPrefix() + "*", Kind: usage.Dynamic, Via: "viper"}, c.Fun)
		}
	case "EnvVars":
		if strings.Contains(path, "urfave/cli") {
			for i := range c.Args {
				v.ask(c, question{position: i, kind: usage.Defaulted, via: "cli"})
			}
		}
	case "Envar":
		if v.importsPart("kingpin") {
			v.ask(c, question{kind: usage.Defaulted, via: "kingpin"})
		}
	}
}

// importsPart reports whether the file imports a package whose path has a part.
func (v *finder) importsPart(part string) bool {
	for _, path := range v.names {
		if strings.Contains(path, part) {
			return true
		}
	}
	return false
}

// bindEnv reads viper.BindEnv("key", "NAME", ...): names are taken as they are, and a
// key alone with the prefix, in capitals.
func (v *finder) bindEnv(c *ast.CallExpr) {
	if len(c.Args) == 1 {
		if key, ok := v.constant(c.Args[0]); ok {
			v.add(usage.Read{Name: v.viperPrefix() + strings.ToUpper(key), Kind: usage.Defaulted, Via: "viper"}, c.Args[0])
		} else {
			v.add(usage.Read{Name: v.viperPrefix() + "*", Kind: usage.Dynamic, Via: "viper"}, c.Args[0])
		}
		return
	}
	for i := 1; i < len(c.Args); i++ {
		v.ask(c, question{position: i, kind: usage.Defaulted, via: "viper"})
	}
}

// viperPrefix is what the package hands to SetEnvPrefix, as viper puts it before names.
func (v *finder) viperPrefix() string {
	if v.pkg.viper != nil {
		return *v.pkg.viper
	}
	prefix := ""
	for _, f := range v.pkg.files {
		if f.tree == nil {
			continue
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || len(c.Args) != 1 {
				return true
			}
			if sel, ok := c.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "SetEnvPrefix" {
				if text, _ := v.pkg.constant(c.Args[0]); text != "" {
					prefix = strings.ToUpper(text) + "_"
				}
			}
			return true
		})
	}
	v.pkg.viper = &prefix
	return prefix
}

// flag notes EnvVars: []string{"X"} and EnvVar: "X" of flags.
func (v *finder) flag(kv *ast.KeyValueExpr) {
	if !isNamed(kv.Key, "EnvVars") && !isNamed(kv.Key, "EnvVar") || !v.importsPart("cli") {
		return
	}
	values := []ast.Expr{kv.Value}
	if list, ok := kv.Value.(*ast.CompositeLit); ok {
		values = list.Elts
	}
	for _, e := range values {
		if name, ok := v.constant(e); ok && isEnvName(name) {
			v.add(usage.Read{Name: name, Kind: usage.Defaulted, Via: "cli"}, e)
		}
	}
}
