package github

import (
	"context"
	"fmt"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/shell"
)

// Probe implements [envcheck.Prober].
func (s *Source) Probe(ctx context.Context, t envcheck.Target) envcheck.Reach {
	reach := envcheck.Reach{Kind: kindOf(t.Token.Secret)}
	st := s.load(ctx, &group{repository: repositoryOf(t), token: t.Token})
	if l := st.failed(""); l != nil {
		problem := explain(l, st.repository, t.Token, envtight.Location{})
		reach.Problem, reach.Advice = problem.Cause, problem.Advice
		return reach
	}
	reach.OK = true
	reach.Sees = fmt.Sprintf("repository %s, environments: %s", st.repository, strings.Join(st.environments.names(), ", "))
	if len(st.environments.rows) == 0 {
		reach.Sees = fmt.Sprintf("repository %s, which has no environments", st.repository)
	}
	return reach
}

// kindOf says what a token is by how it begins. Source: docs.github.com, about
// authentication to GitHub, token formats.
func kindOf(token envtight.Secret) string {
	text := token.Reveal()
	for _, kind := range []struct{ prefix, word string }{
		{"github_pat_", "fine-grained token"}, {"ghp_", "classic token"}, {"ghs_", "token of a workflow or an app"},
		{"gho_", "token of an OAuth app"}, {"ghu_", "token of an app for a user"},
	} {
		if strings.HasPrefix(text, kind.prefix) {
			return kind.word
		}
	}
	return "token"
}

// SetCommand returns the command of GitHub's own program that asks for a value and
// stores it as a secret. Source: cli/cli pkg/cmd/secret/set.
func (*Source) SetCommand(t envcheck.Target, name string) string {
	command := "gh secret set " + shell.Quote(name) + " --repo " + shell.Quote(repositoryOf(t))
	if t.Ref.Name != "" {
		command += " --env " + shell.Quote(t.Ref.Name)
	}
	return command
}
