package cli

import (
	"errors"
	"io/fs"
)

// reason is an error of the file system without the path, which the message names.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
