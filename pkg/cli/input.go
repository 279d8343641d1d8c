package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// maxLine is the longest line of standard input that is read, in bytes.
const maxLine = maxText

// An input is a stream whose reader does not wait for it beyond the end of a context: nobody
// may ever write there. What was asked for then is lost.
type input struct {
	ctx context.Context // of the command that reads
	r   io.Reader

	coming chan piece // of a read that has begun
	rest   piece
}

type piece struct {
	data []byte
	err  error
}

// Read gives what has come.
func (i *input) Read(p []byte) (int, error) {
	for len(i.rest.data) == 0 {
		if i.rest.err != nil {
			return 0, i.rest.err
		}
		if i.coming == nil {
			i.coming = make(chan piece, 1)
			go func(to chan<- piece) {
				b := make([]byte, 1<<16)
				n, err := i.r.Read(b)
				to <- piece{b[:n], err}
			}(i.coming)
		}
		select {
		case i.rest = <-i.coming:
			i.coming = nil
		case <-i.ctx.Done():
			return 0, i.ctx.Err()
		}
	}
	n := copy(p, i.rest.data)
	i.rest.data = i.rest.data[n:]
	return n, nil
}

// readLine reads up to the end of a line, which may be that of the stream: then it is empty
// with io.EOF, or has no error.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxLine:
			return nil, fmt.Errorf("read standard input: a line is longer than %d MB", maxLine>>20)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) > 0:
			return bytes.TrimRight(line, "\r\n"), nil
		case errors.Is(err, io.EOF), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
			return nil, err
		case err != nil:
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		return bytes.TrimRight(line, "\r\n"), nil
	}
}
