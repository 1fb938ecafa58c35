package workspace

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// TestSpecialExample: an example that is a pipe is said, a local file that is one
// is somebody's secret store.
func TestSpecialExample(t *testing.T) {
	fsys := fstest.MapFS{
		"web/package.json": {Data: []byte(`{"dependencies": {"next": "16.0.0"}}`)},
		"web/.env.example": {Mode: fs.ModeNamedPipe},
		"web/.env":         {Mode: fs.ModeNamedPipe},
	}
	ws, err := Load(t.Context(), fsys, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(ws.Incomplete) != 1 || !strings.HasPrefix(ws.Incomplete[0].Cause, "web/.env.example is no regular file") {
		t.Errorf("incomplete: %v", ws.Incomplete)
	}
}
