package railway

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/httpclient"
)

// envelope is every answer: errors come with status 200.
type envelope[T any] struct {
	Data   *T           `json:"data"`
	Errors []graphError `json:"errors"`
}

type graphError struct {
	Message string `json:"message"`
}

// ask sends a document. Errors beside data are errors: which part of the data
// they leave out is not told in a way to rely on.
func ask[T any](ctx context.Context, c *httpclient.Client, doc document, variables map[string]any) (*T, error) {
	var answer envelope[T]
	if err := c.Query(ctx, doc.name, doc.text, variables, &answer); err != nil {
		return nil, fromClient(ctx, err)
	}
	if len(answer.Errors) > 0 {
		return nil, fromGraphQL(answer.Errors)
	}
	if answer.Data == nil {
		return nil, unknownShape(doc, "it has neither data nor errors")
	}
	return answer.Data, nil
}

// connection is a page of a list. Pointers tell what is missing from what is
// empty: a list that is not there is a failure, never an empty list.
type connection[T any] struct {
	Edges *[]struct {
		Node *T `json:"node"`
	} `json:"edges"`
	PageInfo *struct {
		HasNextPage *bool   `json:"hasNextPage"`
		EndCursor   *string `json:"endCursor"`
	} `json:"pageInfo"`
}

// nodes returns the nodes of a page and the cursor of the next, which is empty
// after the last.
func (c *connection[T]) nodes(doc document, list string) ([]T, string, error) {
	if c == nil || c.Edges == nil || c.PageInfo == nil || c.PageInfo.HasNextPage == nil {
		return nil, "", unknownShape(doc, "the list of "+list+" is not whole")
	}
	var out []T
	for _, e := range *c.Edges {
		if e.Node == nil {
			return nil, "", unknownShape(doc, "an entry in the list of "+list+" is empty")
		}
		out = append(out, *e.Node)
	}
	if !*c.PageInfo.HasNextPage {
		return out, "", nil
	}
	if c.PageInfo.EndCursor == nil || *c.PageInfo.EndCursor == "" || len(out) == 0 {
		return nil, "", unknownShape(doc, "the list of "+list+" has a next page and does not say where")
	}
	return out, *c.PageInfo.EndCursor, nil
}

type wireVariable struct {
	Name       string   `json:"name"`
	IsSealed   *bool    `json:"isSealed"`
	ServiceID  *string  `json:"serviceId"`
	References []string `json:"references"`
	UpdatedAt  moment   `json:"updatedAt"`
}

// moment is a time that is good to know: one in an unknown form is no time, and
// no reason to fail.
type moment struct{ time.Time }

// UnmarshalJSON never fails.
func (m *moment) UnmarshalJSON(text []byte) error {
	var at time.Time
	if json.Unmarshal(text, &at) == nil {
		m.Time = at
	}
	return nil
}

type wireInstance struct {
	ServiceID     string  `json:"serviceId"`
	ServiceName   string  `json:"serviceName"`
	DeletedAt     *string `json:"deletedAt"`
	RootDirectory *string `json:"rootDirectory"`
	Source        *struct {
		Repo *string `json:"repo"`
	} `json:"source"`
	Active wireDeployments `json:"activeDeployments"`
	Latest *wireDeployment `json:"latestDeployment"`
}

// wireDeployment is good to know, as a moment is: in an unknown form it is a
// deployment of which nothing is known.
type wireDeployment struct {
	id, status string
	created    moment
}

// UnmarshalJSON never fails.
func (d *wireDeployment) UnmarshalJSON(text []byte) error {
	var shape struct {
		ID        string `json:"id"`
		Status    string `json:"status"`
		CreatedAt moment `json:"createdAt"`
	}
	*d = wireDeployment{}
	if json.Unmarshal(text, &shape) == nil {
		*d = wireDeployment{shape.ID, shape.Status, shape.CreatedAt}
	}
	return nil
}

type wireDeployments []wireDeployment

// UnmarshalJSON never fails: a list in an unknown form is none.
func (l *wireDeployments) UnmarshalJSON(text []byte) error {
	var list []wireDeployment
	if json.Unmarshal(text, &list) != nil {
		list = nil
	}
	*l = list
	return nil
}

type wireEnvironment struct {
	ID          string                    `json:"id"`
	Name        string                    `json:"name"`
	ProjectID   string                    `json:"projectId"`
	IsEphemeral bool                      `json:"isEphemeral"`
	Meta        *wireMeta                 `json:"meta"`
	Source      *wireNamed                `json:"sourceEnvironment"`
	DeletedAt   *string                   `json:"deletedAt"`
	CanAccess   *bool                     `json:"canAccess"`
	Unmerged    *int                      `json:"unmergedChangesCount"`
	Config      *wireConfig               `json:"config"`
	Instances   *connection[wireInstance] `json:"serviceInstances"`
	Variables   *connection[wireVariable] `json:"variables"`
}

// hasStaged reports whether changes are staged in the environment.
func (e *wireEnvironment) hasStaged() bool { return e.Unmerged != nil && *e.Unmerged > 0 }

type wireProject struct {
	ID           string                       `json:"id"`
	Name         string                       `json:"name"`
	DeletedAt    *string                      `json:"deletedAt"`
	Primary      *string                      `json:"primaryEnvironmentId"`
	Base         *string                      `json:"baseEnvironmentId"`
	Buckets      *connection[wireNamed]       `json:"buckets"`
	Environments *connection[wireEnvironment] `json:"environments"`
}

type wireNamed struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type wireStaged struct {
	Status string      `json:"status"`
	Patch  *wireConfig `json:"patch"`
}

// wireConfig holds the names of variables in a configuration or a change of one;
// everything else in it, values first of all, is dropped while decoding.
type wireConfig struct {
	Services map[string]map[string]wireEntry
	Shared   map[string]wireEntry
	// known tells that the shape was understood.
	known bool
}

// UnmarshalJSON never fails for JSON of another shape: the scalar is not part of
// the published contract.
func (c *wireConfig) UnmarshalJSON(text []byte) error {
	var shape struct {
		Services map[string]struct {
			Variables map[string]wireEntry `json:"variables"`
		} `json:"services"`
		Shared map[string]wireEntry `json:"sharedVariables"`
	}
	if !strings.HasPrefix(string(text), "{") || json.Unmarshal(text, &shape) != nil {
		return nil
	}
	c.known, c.Shared = true, shape.Shared
	c.Services = map[string]map[string]wireEntry{}
	for id, s := range shape.Services {
		c.Services[id] = s.Variables
	}
	return nil
}

// wireEntry is a variable in a configuration: there, or in a change null, which
// means deletion. A template's optional variable stands there whether somebody
// set it or not.
type wireEntry struct {
	there, sealed, optional bool
	told                    bool // whether it is sealed
}

// UnmarshalJSON looks at no value.
func (e *wireEntry) UnmarshalJSON(text []byte) error {
	var shape *struct {
		IsSealed   *bool `json:"isSealed"`
		IsOptional *bool `json:"isOptional"`
	}
	if err := json.Unmarshal(text, &shape); err != nil {
		return err
	}
	if shape != nil {
		e.there = true
		e.told = shape.IsSealed != nil
		e.sealed = e.told && *shape.IsSealed
		e.optional = shape.IsOptional != nil && *shape.IsOptional
	}
	return nil
}

// wireValue is a value in a map: null where the platform does not give it.
type wireValue struct {
	secret envtight.Secret
	given  bool
}

// UnmarshalJSON hides a string.
func (v *wireValue) UnmarshalJSON(text []byte) error {
	var s *string
	if json.Unmarshal(text, &s) != nil {
		return shapeError("a value that is not text")
	}
	if s != nil {
		v.secret, v.given = envtight.NewSecret(*s), true
	}
	return nil
}

// shapeError is what the HTTP layer shows of a decoder's complaint.
type shapeError string

func (e shapeError) Error() string { return string(e) }

// UnknownShape names the place.
func (e shapeError) UnknownShape() string { return string(e) }

// masked reports whether a value is a placeholder that stands for a hidden one.
func (v wireValue) masked() bool {
	text := v.secret.Reveal()
	switch text {
	case "«hidden»", "<hidden>", "[hidden]", "[redacted]":
		return true
	}
	return len(text) >= 3 && strings.Trim(text, "*") == "" || len(text) >= 3 && strings.Trim(text, "•") == ""
}
