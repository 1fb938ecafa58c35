//go:build !windows && (!unix || aix || solaris || illumos)

package gitstore

import (
	"errors"
	"os"
)

const openFlags = 0

func mapFile(*os.File, int) ([]byte, func() error, error) {
	return nil, nil, errors.ErrUnsupported
}
