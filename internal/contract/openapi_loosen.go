package contract

import "github.com/getkin/kin-openapi/openapi3"

// loosen turns each oneOf without a discriminator into anyOf.
func loosen(document *openapi3.T) {
	l := loosener{}
	if document.Components != nil {
		for _, ref := range document.Components.Schemas {
			l.schema(ref)
		}
	}
	for _, item := range document.Paths.Map() {
		for _, operation := range item.Operations() {
			l.operation(operation)
		}
	}
}

// loosener remembers the schemas it has seen: they refer to one another.
type loosener map[*openapi3.Schema]bool

func (l loosener) operation(o *openapi3.Operation) {
	for _, parameter := range o.Parameters {
		if parameter.Value != nil {
			l.schema(parameter.Value.Schema)
		}
	}
	if o.RequestBody != nil && o.RequestBody.Value != nil {
		l.content(o.RequestBody.Value.Content)
	}
	for _, response := range o.Responses.Map() {
		if response.Value != nil {
			l.content(response.Value.Content)
		}
	}
}

func (l loosener) content(content openapi3.Content) {
	for _, media := range content {
		l.schema(media.Schema)
	}
}

func (l loosener) schema(ref *openapi3.SchemaRef) {
	if ref == nil || ref.Value == nil || l[ref.Value] {
		return
	}
	s := ref.Value
	l[s] = true
	for _, list := range []openapi3.SchemaRefs{s.OneOf, s.AnyOf, s.AllOf} {
		for _, sub := range list {
			l.schema(sub)
		}
	}
	for _, sub := range s.Properties {
		l.schema(sub)
	}
	l.schema(s.Items)
	l.schema(s.Not)
	l.schema(s.AdditionalProperties.Schema)
	if len(s.OneOf) > 0 && s.Discriminator == nil && len(s.AnyOf) == 0 {
		s.AnyOf, s.OneOf = s.OneOf, nil
	}
}
