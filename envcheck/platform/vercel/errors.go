package vercel

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/httpclient"
)

var (
	errNoToken   = errors.New("no token")
	errNoProject = errors.New("no project")
)

const (
	codeInvalidToken = "invalid_token"
	codeSAML         = "saml"
)

// codes are the words of Vercel's that may stand in an error; nothing else of an
// answer does.
var codes = []string{
	"forbidden", "not_found", "bad_request", "not_authorized", "unauthorized", "missing_team",
	"rate_limited", "too_many_requests", "internal_server_error", "team_unauthorized", "payment_required",
	"challenge_required", "challenge_required_email_otp", "user_auth_required",
	codeInvalidToken, codeSAML,
}

func knownCode(code string) string {
	if slices.Contains(codes, code) {
		return code
	}
	return ""
}

// errorCode reads the code out of an answer with an error status.
func errorCode(_ int, body []byte) string {
	var answer wireErrors
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	e, _ := answer.failure()
	return e.code
}

// errorInAnswer is an error that came with status 200.
func errorInAnswer(template string, e wireError) error {
	kind := httpclient.ErrContract
	detail := "an error came in place of the answer, with status 200"
	switch e.code {
	case codeInvalidToken, "unauthorized":
		kind = httpclient.ErrAuth
	case "forbidden", "not_authorized", "team_unauthorized", codeSAML,
		"challenge_required", "challenge_required_email_otp", "user_auth_required":
		kind = httpclient.ErrForbidden
	case "not_found":
		kind = httpclient.ErrNotFound
	case "rate_limited", "too_many_requests":
		kind = httpclient.ErrRateLimited
	case "internal_server_error":
		kind = httpclient.ErrUnavailable
	}
	return &httpclient.Error{Kind: kind, Method: http.MethodGet, Path: template, Status: http.StatusOK, Code: e.code, Detail: detail}
}

// unknownShape is an answer that does not fit the contract.
func unknownShape(template, what string) error {
	return &httpclient.Error{
		Kind: httpclient.ErrContract, Method: http.MethodGet, Path: template, Status: http.StatusOK,
		Detail: "the answer has a shape this version does not know: " + what,
	}
}

// explain turns an error into one line for people. what is the thing that could
// not be read, as in `project "shop"`. Causes that do not depend on the project
// leave it out, so that a platform that is down is one line for all.
func explain(err error, what string, t envcheck.Target) envtight.Incompleteness {
	inc := envtight.Incompleteness{Silence: envtight.Failed}
	token := "the token"
	if t.Token.From != "" {
		token = "the token in " + t.Token.From
	}
	var e *httpclient.Error
	if !errors.As(err, &e) {
		return explainOwn(inc, err, t)
	}
	general := func(advice string) envtight.Incompleteness {
		inc.Cause, inc.Advice = "vercel: "+e.Detail, advice
		return inc
	}
	switch {
	case isInvalidToken(err):
		inc.Cause = "vercel: " + token + " was not accepted: it is wrong, expired or revoked"
		inc.Advice = "make a token at https://vercel.com/account/tokens and put it into " + tokenName(t)
	case errors.Is(err, httpclient.ErrOffline):
		return general("run again without --offline")
	case errors.Is(err, httpclient.ErrRateLimited):
		return general("run again later, or look at fewer apps with --app")
	case errors.Is(err, httpclient.ErrBlocked), errors.Is(err, httpclient.ErrTooLarge):
		return general("look at proxies and firewalls between here and Vercel, then run again")
	case errors.Is(err, httpclient.ErrUnavailable), errors.Is(err, httpclient.ErrRedirect):
		return general("check the network and https://www.vercel-status.com, then run again")
	case errors.Is(err, httpclient.ErrForbidden):
		inc.Cause = "vercel: " + token + " may not read " + what + codeWords(e.Code)
		inc.Advice = forbiddenAdvice(e.Code, t)
		inc.Location = t.Location
	case errors.Is(err, httpclient.ErrNotFound):
		inc.Cause = "vercel: " + what + " was not found " + whose(t.Team)
		inc.Advice = "check its name or id and the team; without a team Vercel looks into the personal account only"
		inc.Location = t.Location
	default:
		inc.Cause = fmt.Sprintf("vercel: %s could not be read: %s", what, e)
		inc.Advice = "upgrade envtight: this version knows Vercel's API as of " + ContractDate
		inc.Location = t.Location
	}
	return inc
}

func explainOwn(inc envtight.Incompleteness, err error, t envcheck.Target) envtight.Incompleteness {
	inc.Location = t.Location
	switch {
	case errors.Is(err, errNoToken):
		inc.Silence = envtight.NotAsked
		inc.Cause = "vercel: there is no token"
		inc.Advice = "make a token at https://vercel.com/account/tokens and put it into " + tokenName(t)
	case errors.Is(err, errNoProject):
		inc.Cause = "vercel: the app is not linked to a project"
		inc.Advice = "name the project in envtight.hcl, or run envtight init"
	default: // a path that cannot be sent
		inc.Cause = "vercel: the link cannot be asked for: " + err.Error()
		inc.Advice = "check the project's name or id in the link"
	}
	return inc
}

func tokenName(t envcheck.Target) string {
	if t.Token.From != "" {
		return t.Token.From
	}
	return "VERCEL_TOKEN"
}

func codeWords(code string) string {
	if code == "" || code == "forbidden" {
		return ""
	}
	return " (" + code + ")"
}

func whose(team string) string {
	if len(teamQuery(team)) == 0 {
		return "in the personal account of the token"
	}
	return "in the team " + team
}

func forbiddenAdvice(code string, t envcheck.Target) string {
	switch code {
	case codeSAML:
		return "log in to the team with its single sign-on, then make a token with that team as its scope"
	case "challenge_required", "challenge_required_email_otp", "user_auth_required":
		return "Vercel wants a second factor, which a token cannot give: use a token whose scope is the team"
	}
	return "use a token whose scope is the project's team, in " + tokenName(t) + "; and check that the link names that team"
}

// isInvalidToken reports whether Vercel refused the token as such. It does so
// with status 403, too, and then says that the token is invalid.
func isInvalidToken(err error) bool {
	var e *httpclient.Error
	return errors.As(err, &e) && (e.Code == codeInvalidToken || errors.Is(e.Kind, httpclient.ErrAuth))
}

func statusOf(err error) int {
	var e *httpclient.Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}
