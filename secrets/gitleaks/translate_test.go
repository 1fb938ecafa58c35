package gitleaks_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	_ "unsafe" // for the counter below

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rs/zerolog"
	"github.com/spf13/viper"
	"github.com/zricethezav/gitleaks/v8/config"
	"github.com/zricethezav/gitleaks/v8/logging"

	"github.com/envtight/envtight/secrets"
)

// gitleaks counts for the whole process how many files were extended, and stops
// at two. Tests load many configurations.
//
//go:linkname extendDepth github.com/zricethezav/gitleaks/v8/config.extendDepth
var extendDepth int

// gitleaks and viper keep their state in globals.
var oracleState sync.Mutex

// translate loads a configuration as gitleaks does. What makes it panic is an
// error, too.
func translate(text string) (c config.Config, err error) {
	oracleState.Lock()
	defer oracleState.Unlock()
	logging.Logger = zerolog.Nop()
	extendDepth = 0
	viper.Reset()
	viper.SetConfigType("toml")
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	if err := viper.ReadConfig(strings.NewReader(text)); err != nil {
		return config.Config{}, err
	}
	var vc config.ViperConfig
	if err := viper.Unmarshal(&vc); err != nil {
		return config.Config{}, err
	}
	return vc.Translate()
}

// diffRules compares rule sets. gitleaks keeps commits and stop words in no order.
func diffRules(want, got secrets.RuleSet) string {
	sets := []*secrets.RuleSet{&want, &got}
	for _, set := range sets {
		set.Allow = sortedWords(set.Allow)
		set.Rules = slices.Clone(set.Rules)
		for i := range set.Rules {
			set.Rules[i].Allow = sortedWords(set.Rules[i].Allow)
		}
	}
	return cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateNaNs())
}

func sortedWords(lists []secrets.Allowlist) []secrets.Allowlist {
	lists = slices.Clone(lists)
	for i := range lists {
		lists[i].Commits = slices.Sorted(slices.Values(lists[i].Commits))
		lists[i].StopWords = slices.Sorted(slices.Values(lists[i].StopWords))
	}
	return lists
}

func TestDefaultIsTheirs(t *testing.T) {
	c, err := translate(config.DefaultConfig)
	if err != nil {
		t.Fatal(err)
	}
	if diff := diffRules(ruleSetOf(c), defaultRules(t)); diff != "" {
		t.Error(diff)
	}
}
