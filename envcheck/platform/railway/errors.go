package railway

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/httpclient"
)

// problem is a failure in words: what, and what to do. It is about one place,
// which the words name.
type problem struct {
	cause, advice string
	// noEnvironment tells that the project exists, by the name of project, and
	// the environment does not; environments are those that do.
	noEnvironment bool
	project       string
	environments  []string
	// notThere tells that there was nothing to look at, which is no fault.
	notThere bool
}

func (p *problem) Error() string { return p.cause }

// refusal is a token that was not accepted: dead, or out of reach of what was
// asked for, which Railway does not tell apart.
type refusal struct {
	// unknown tells that the platform said that there is no such project token.
	unknown bool
}

func (r *refusal) Error() string { return "the token was refused" }

// isRefusal reports whether err says that a token was refused, and not that
// something else went wrong.
func isRefusal(err error) bool {
	var r *refusal
	return errors.As(err, &r) || errors.Is(err, httpclient.ErrAuth) || errors.Is(err, httpclient.ErrForbidden)
}

// fromClient keeps an error of the HTTP layer, or the context's.
func fromClient(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil {
		return cause
	}
	return err
}

// fromGraphQL turns errors that came with status 200 into ours. The words of the
// platform are only compared: nobody promises that they hold no value.
func fromGraphQL(errs []graphError) error {
	messages := make([]string, len(errs))
	for i, e := range errs {
		messages[i] = strings.ToLower(e.Message)
	}
	all := strings.Join(messages, "\n")
	switch {
	case strings.Contains(all, "project token not found"):
		return &refusal{unknown: true}
	case strings.Contains(all, "not authorized"), strings.Contains(all, "unauthorized"), strings.Contains(all, "not authenticated"):
		return &refusal{}
	case strings.Contains(all, "two factor authentication required"):
		return &problem{
			cause:  "railway: the workspace asks for two-factor authentication, which the token's owner has not set up",
			advice: "set it up at https://railway.com/account/security, or use a token of somebody who has",
		}
	case strings.Contains(all, "rate limit"):
		return &httpclient.Error{Kind: httpclient.ErrRateLimited, Method: http.MethodPost, Status: http.StatusOK, Detail: "rate limited"}
	case strings.Contains(all, "not found"):
		return errNotFound
	}
	return errUnknownError
}

var (
	errNotFound     = errors.New("the platform does not know it")
	errUnknownError = errors.New("the platform answered with an error that this version does not know")
)

// unknownShape is an answer that does not fit the contract.
func unknownShape(doc document, what string) error {
	return &httpclient.Error{
		Kind: httpclient.ErrContract, Method: http.MethodPost, Path: doc.name, Status: http.StatusOK,
		Detail: "the answer has a shape this version does not know: " + what,
	}
}

// explain turns an error into one line for people. Causes that do not depend on
// the place leave it out, so that a platform that is down is one line for all.
func explain(err error, t envcheck.Target) envtight.Incompleteness {
	inc := envtight.Incompleteness{Silence: envtight.Failed}
	set := func(cause, advice string) envtight.Incompleteness {
		inc.Cause, inc.Advice = "railway: "+cause, advice
		return inc
	}
	var own *problem
	var e *httpclient.Error
	errors.As(err, &e)
	switch {
	case errors.As(err, &own):
		inc.Cause, inc.Advice, inc.Location = own.cause, own.advice, t.Location
		if own.notThere {
			inc.Silence = envtight.NotAsked
		}
		return inc
	case errors.Is(err, context.Canceled):
		return set("stopped before the answer came", "run again and let it finish")
	case errors.Is(err, context.DeadlineExceeded):
		return set("no answer within the time for the whole", "run again later, or look at fewer apps with --app")
	case errors.Is(err, httpclient.ErrOffline):
		return set("offline, so nothing was asked", "run again without --offline")
	case isRefusal(err):
		return set(refusedCause(err, t.Token), refusedAdvice(t.Token))
	case errors.Is(err, httpclient.ErrRateLimited):
		return set(e.Detail, "run again later, or look at fewer apps with --app; Railway's limit depends on the plan")
	case errors.Is(err, httpclient.ErrBlocked), errors.Is(err, httpclient.ErrTooLarge):
		return set(e.Detail, "look at proxies and firewalls between here and Railway, then run again")
	case errors.Is(err, httpclient.ErrUnavailable), errors.Is(err, httpclient.ErrRedirect):
		return set(e.Detail, "check the network and https://status.railway.com, then run again")
	case errors.Is(err, errNotFound):
		inc.Location = t.Location
		return set(where(t)+" was not found", "check the ids of project and environment; envtight init looks them up")
	}
	inc.Location = t.Location
	what := err.Error()
	if e != nil {
		what = e.Error()
	}
	return set(where(t)+" could not be read: "+what, "upgrade envtight: this version knows Railway's API as of "+contractDate)
}

// where names a target in the words of the configuration.
func where(t envcheck.Target) string {
	if t.Project == "" && t.Ref.Name == "" {
		return "what " + tokenWords(t.Token) + " reaches"
	}
	return "environment " + quoted(t.Ref.Name) + " of project " + quoted(t.Project)
}

// quoted shows a name that somebody chose, on one line.
func quoted(name string) string {
	return `"` + strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '"' {
			return -1
		}
		return r
	}, name) + `"`
}

func tokenWords(t envcheck.Token) string {
	if t.From == "" {
		return "the token"
	}
	return "the token in " + t.From
}

func refusedCause(err error, t envcheck.Token) string {
	var r *refusal
	switch {
	case t.Secret.IsEmpty():
		return "there is no token" + inVariable(t)
	case errors.As(err, &r) && r.unknown:
		return tokenWords(t) + " is not a project token that Railway knows: wrong, revoked, or of another kind"
	}
	return tokenWords(t) + " was refused: it is dead, or does not reach what was asked for"
}

func inVariable(t envcheck.Token) string {
	if t.From == "" {
		return ""
	}
	return " in " + t.From
}

func refusedAdvice(t envcheck.Token) string {
	switch kindByName(t.From) {
	case kindProject:
		return "make a project token for this environment in the project's settings and put it into " + t.From +
			"; an account or workspace token belongs in RAILWAY_API_TOKEN"
	case kindBearer:
		return "make an account or workspace token at https://railway.com/account/tokens and put it into " + t.From +
			"; a project token belongs in RAILWAY_TOKEN"
	}
	name := t.From
	if name == "" {
		name = "RAILWAY_TOKEN"
	}
	return "make a project token for this environment in the project's settings and put it into " + name
}
