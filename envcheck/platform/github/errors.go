package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/httpclient"
)

var (
	errNoToken      = errors.New("no token")
	errNoRepository = errors.New("no repository")
)

// The words that stand for what GitHub says in its messages.
const (
	codeIntegration = "integration" // the token of an app, or of a workflow
	codePersonal    = "personal"    // a token without the permission
	codeSAML        = "saml"
	codeRate        = "rate"
)

// errorCode reads the reason out of an answer with an error status: GitHub gives it
// as a sentence.
func errorCode(_ int, body []byte) string {
	var answer struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	for _, reason := range []struct{ words, code string }{
		{"accessible by integration", codeIntegration}, {"accessible by personal access token", codePersonal},
		{"SAML", codeSAML}, {"rate limit", codeRate},
	} {
		if strings.Contains(answer.Message, reason.words) {
			return reason.code
		}
	}
	return ""
}

// Permissions are what a token has to be allowed. Source: docs.github.com/rest, the
// permission sets of the routes.
const Permissions = "Secrets, Variables, Environments and Actions: read"

// explain turns an error into one line for people. Causes that do not depend on the
// repository leave it out, so that a platform that is down is one line for all.
func explain(l *listing, repository string, token envcheck.Token, at envtight.Location) envtight.Incompleteness {
	inc := envtight.Incompleteness{Silence: envtight.Failed}
	from := token.From
	if from == "" {
		from = "ENVTIGHT_GITHUB_TOKEN"
	}
	what := fmt.Sprintf("%s of %q", l.what, repository)
	var e *httpclient.Error
	if !errors.As(l.err, &e) {
		return explainOwn(inc, l.err, from, at)
	}
	say := func(cause, advice string, at envtight.Location) envtight.Incompleteness {
		inc.Cause, inc.Advice, inc.Location = "github: "+cause, advice, at
		return inc
	}
	nowhere := envtight.Location{}
	switch {
	case errors.Is(l.err, httpclient.ErrAuth):
		return say("the token in "+from+" was not accepted: it is wrong, expired or revoked", advice(from), nowhere)
	case errors.Is(l.err, httpclient.ErrOffline):
		return say(e.Detail, "run again without --offline", nowhere)
	case errors.Is(l.err, httpclient.ErrRateLimited), e.Code == codeRate:
		return say("rate limited", "run again later", nowhere)
	case errors.Is(l.err, httpclient.ErrBlocked), errors.Is(l.err, httpclient.ErrTooLarge):
		return say(e.Detail, "look at proxies and firewalls between here and GitHub, and at ENVTIGHT_GITHUB_URL, then run again", nowhere)
	case errors.Is(l.err, httpclient.ErrUnavailable), errors.Is(l.err, httpclient.ErrRedirect):
		return say(e.Detail, "check the network and https://www.githubstatus.com, then run again", nowhere)
	case e.Code == codeIntegration:
		return say("the token in "+from+" may not read "+what+": it is that of a workflow or an app",
			"the GITHUB_TOKEN of a workflow can list no secrets, whatever its permissions; "+advice(from), at)
	case e.Code == codeSAML:
		return say("the token in "+from+" may not read "+what+": the organization wants its single sign-on", "authorize the token for the organization, in the list of your tokens", at)
	case errors.Is(l.err, httpclient.ErrForbidden):
		return say("the token in "+from+" may not read "+what, advice(from), at)
	case errors.Is(l.err, httpclient.ErrNotFound):
		return say(fmt.Sprintf("there is no %q, or the token in %s may not read %s", repository, from, l.what),
			"check the name of the repository; "+advice(from), at)
	}
	return say(what+" could not be read: "+e.Error(), "upgrade envtight: this version knows GitHub's API of "+ContractDate, at)
}

func explainOwn(inc envtight.Incompleteness, err error, from string, at envtight.Location) envtight.Incompleteness {
	inc.Location = at
	switch {
	case errors.Is(err, errNoToken):
		inc.Silence = envtight.NotAsked
		inc.Cause, inc.Advice = "github: there is no token", advice(from)
	case errors.Is(err, errNoRepository):
		inc.Cause, inc.Advice = "github: no repository is named", `write it as project = "owner/name"`
	default: // a path that cannot be sent
		inc.Cause = "github: the repository cannot be asked for: " + err.Error()
		inc.Advice = "check its name and that of the environment"
	}
	return inc
}

// advice says which token is needed.
func advice(from string) string {
	return "make a fine-grained token for the repository (" + Permissions + ") at https://github.com/settings/personal-access-tokens and put it into " + from
}
