package document

import (
	"go.yaml.in/yaml/v3"

	"github.com/envtight/envtight/internal/yamldoc"
)

// maxWeight is how many nodes a document may stand for when each alias counts as
// all that it refers to.
const maxWeight = 1 << 20

// ParseYAML reads all documents of a file.
func ParseYAML(text []byte) (*Document, error) {
	parsed, err := yamldoc.ParseAll(text)
	if err != nil {
		return nil, ErrSyntax // the parser's own may quote the file
	}
	y := &yamlReader{parsed: parsed, nodes: map[*yaml.Node]*Node{}}
	var roots []*Node
	for _, n := range parsed.Roots {
		root, err := y.node(n, 0)
		if err != nil {
			return nil, err
		}
		roots = append(roots, root)
	}
	return newDocument(text, roots), nil
}

type yamlReader struct {
	parsed *yamldoc.Document
	nodes  map[*yaml.Node]*Node
}

func (y *yamlReader) node(n *yaml.Node, depth int) (*Node, error) {
	if depth > maxDepth {
		return nil, ErrNested
	}
	if n.Kind == yaml.AliasNode {
		if target := y.nodes[n.Alias]; target != nil && !target.open {
			return target, nil
		}
		return &Node{Start: y.parsed.Offset(n), weight: 1}, nil // a cycle
	}
	out := &Node{Start: y.parsed.Offset(n), weight: 1, open: true}
	y.nodes[n] = out
	defer func() { out.open = false }()
	switch n.Kind {
	case yaml.ScalarNode:
		y.scalar(n, out)
	case yaml.SequenceNode:
		out.Kind = List
		for _, child := range n.Content {
			item, err := y.node(child, depth+1)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, item)
			out.weight += item.weight
		}
	case yaml.MappingNode:
		if err := y.mapping(n, out, depth); err != nil {
			return nil, err
		}
	}
	if out.weight > maxWeight {
		return nil, ErrAlias
	}
	return out, nil
}

func (y *yamlReader) scalar(n *yaml.Node, out *Node) {
	out.Text = n.Value
	switch n.Tag {
	case "!!null":
		out.Kind = Null
	case "!!bool", "!!int", "!!float":
		out.Kind = Scalar
	default:
		out.Kind = String
	}
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		out.Start = y.parsed.Content(n)
	}
}

func (y *yamlReader) mapping(n *yaml.Node, out *Node, depth int) error {
	out.Kind = Mapping
	known := map[string]bool{}
	var merged []*Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, err := y.node(n.Content[i], depth+1)
		if err != nil {
			return err
		}
		value, err := y.node(n.Content[i+1], depth+1)
		if err != nil {
			return err
		}
		if n.Content[i].Tag == "!!merge" {
			merged = append(merged, value.Each()...)
			continue
		}
		known[key.Text] = true
		out.Members = append(out.Members, Member{key, value})
		out.weight += key.weight + value.weight
	}
	for _, m := range merged {
		out.weight += m.weight
		if out.weight > maxWeight {
			return ErrAlias
		}
		for _, member := range m.Members {
			if !known[member.Key.Text] {
				known[member.Key.Text] = true
				out.Members = append(out.Members, member)
			}
		}
	}
	return nil
}
