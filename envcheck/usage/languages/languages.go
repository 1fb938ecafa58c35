// Package languages lists the readers of all languages and kinds of configuration
// that are known.
package languages

import (
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/compose"
	"github.com/envtight/envtight/envcheck/usage/dockerfile"
	"github.com/envtight/envtight/envcheck/usage/ecma"
	"github.com/envtight/envtight/envcheck/usage/golang"
	"github.com/envtight/envtight/envcheck/usage/hosting"
	"github.com/envtight/envtight/envcheck/usage/kubernetes"
	"github.com/envtight/envtight/envcheck/usage/prisma"
	"github.com/envtight/envtight/envcheck/usage/python"
	"github.com/envtight/envtight/envcheck/usage/shell"
	"github.com/envtight/envtight/envcheck/usage/turbo"
	"github.com/envtight/envtight/envcheck/usage/workflow"
)

// All returns the readers of everything: [Code] and [Configuration]. The slice is
// the caller's own.
func All() []usage.Reader { return append(Code(), Configuration()...) }

// Code returns the readers of programming languages. The slice is the caller's own.
func Code() []usage.Reader {
	return []usage.Reader{
		ecma.Reader(),
		golang.Reader(),
		python.Reader(),
		shell.Reader(),
	}
}

// Configuration returns the readers of configuration files. The slice is the
// caller's own.
func Configuration() []usage.Reader {
	return []usage.Reader{
		compose.Reader(),
		dockerfile.Reader(),
		hosting.Reader(),
		kubernetes.Reader(),
		prisma.Reader(),
		turbo.Reader(),
		workflow.Reader(),
	}
}
