package sarif

import (
	"net/url"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/report"
)

// configFile is where a finding is shown that has no place in the repository at
// all: what is asked of platforms is said there.
const configFile = "envtight.hcl"

// locate returns the place of a finding: always in a file, and with the places
// on platforms that it is about.
func locate(d *envtight.Diagnostic) *sarif.Location {
	out := location(report.Anchor(d))
	if out.PhysicalLocation == nil {
		out.PhysicalLocation = physical(envtight.WholeFile(configFile))
	}
	seen := map[string]bool{}
	for _, l := range out.LogicalLocations {
		seen[*l.FullyQualifiedName] = true
	}
	places := make([]envtight.Place, 0, len(d.Cells)+1)
	if d.Location.Kind == envtight.AtPlatform {
		places = append(places, d.Location.Place)
	}
	for _, c := range d.Cells {
		place := c.Place
		if place.Platform != "" && place.Name == "" {
			place.Name = d.Name
		}
		places = append(places, place)
	}
	for _, place := range places {
		if place.Platform == "" || seen[report.Plain(place.String())] {
			continue
		}
		logical := logical(place)
		seen[*logical.FullyQualifiedName] = true
		out.LogicalLocations = append(out.LogicalLocations, logical)
	}
	return out
}

// location turns a place of any kind into SARIF's. It has a physical part when
// there is a file.
func location(at envtight.Location) *sarif.Location {
	out := sarif.NewLocation()
	if at.Path != "" {
		out.PhysicalLocation = physical(at)
	}
	if at.Kind == envtight.AtPlatform && at.Place.Platform != "" {
		out.LogicalLocations = append(out.LogicalLocations, logical(at.Place))
	}
	return out
}

func logical(place envtight.Place) *sarif.LogicalLocation {
	out := sarif.NewLogicalLocation()
	name := place.Name
	if name == "" {
		name = place.String()
	}
	out.Name = pointer(report.Plain(name))
	out.FullyQualifiedName = pointer(report.Plain(place.String()))
	out.Kind = pointer("variable")
	if place.Name == "" {
		out.Kind = pointer("resource")
	}
	return out
}

func physical(at envtight.Location) *sarif.PhysicalLocation {
	out := sarif.NewPhysicalLocation()
	out.ArtifactLocation = artifact(at.Path)
	out.Region = sarif.NewRegion()
	start, end := at.Range.Start, at.Range.End
	out.Region.StartLine = pointer(max(start.Line, 1))
	// Columns of a member of an archive say nothing about the archive.
	if start.Line < 1 || at.Kind == envtight.AtMember {
		return out
	}
	out.Region.StartColumn = pointer(max(start.Column, 1))
	out.Region.EndLine = pointer(max(end.Line, start.Line))
	out.Region.EndColumn = pointer(max(end.Column, 1))
	if end.Line <= start.Line {
		out.Region.EndColumn = pointer(max(end.Column, start.Column, 1))
	}
	return out
}

func artifact(path string) *sarif.ArtifactLocation {
	out := sarif.NewArtifactLocation()
	out.URI = pointer(relativeURI(path))
	out.URIBaseID = pointer(root)
	return out
}

// relativeURI escapes a path, segment by segment, so that no part of it can be
// taken for a scheme, a host, a query or a way out of the repository.
func relativeURI(path string) string {
	var segments []string
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "", ".", "..":
		default:
			segments = append(segments, strings.ReplaceAll(url.PathEscape(segment), ":", "%3A"))
		}
	}
	if len(segments) == 0 {
		return configFile
	}
	return strings.Join(segments, "/")
}
