package maildir

import (
	"context"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/ports"
)

func TestRefusalSaysWhatToDo(t *testing.T) {
	t.Parallel()
	m, err := New("out\nbox", nil)
	require.NoError(t, err)
	for text, err := range map[string]error{
		"disk full":        &fs.PathError{Op: "write", Path: "out\nbox", Err: syscall.ENOSPC},
		"not allowed":      &os.LinkError{Op: "rename", Old: "out\nbox", Err: syscall.EACCES},
		"another folder":   &fs.PathError{Op: "open", Path: "out\nbox", Err: syscall.EROFS},
		"not a folder":     &fs.PathError{Op: "mkdir", Path: "out\nbox", Err: syscall.ENOTDIR},
		"gone":             &fs.PathError{Op: "open", Path: "out\nbox", Err: syscall.ENOENT},
		"input/output":     &fs.PathError{Op: "sync", Path: "out\nbox", Err: syscall.EIO},
		"cross-device":     &os.LinkError{Op: "rename", Old: "out\nbox", Err: syscall.EXDEV},
		"context canceled": context.Canceled,
	} {
		e := m.refusal(err)
		assert.Equal(t, ports.ServerRefusal, e.Outcome)
		assert.True(t, e.Broken)
		assert.Contains(t, e.Error(), text)
		assert.Contains(t, e.Error(), `"out\nbox"`)
		assert.NotContains(t, e.Error(), "\n")
	}
}
