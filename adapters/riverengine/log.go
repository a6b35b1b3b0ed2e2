package riverengine

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
)

// warnings is a handler for River's own lines. It keeps warnings and errors only; the engine itself logs what goes well.
type warnings struct{ slog.Handler }

// Enabled reports whether lines of level are kept.
func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// WithAttrs returns w with attrs on each line.
func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

// WithGroup returns w with a group around what follows.
func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }

// safely runs do, and turns a panic into an error.
func safely(log *slog.Logger, ctx context.Context, do func(context.Context) error) (err error) {
	defer func() {
		if bug := recover(); bug != nil {
			log.Debug("part of a round failed", "stack", string(debug.Stack()))
			err = fmt.Errorf("internal error: %v", bug)
		}
	}()
	return do(ctx)
}
