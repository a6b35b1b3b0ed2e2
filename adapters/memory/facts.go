package memory

import (
	"context"
	"maps"

	"github.com/wiggleverse/rfcdigest/ports"
)

// Facts implements [ports.Marks].
func (s *Store) Facts(ctx context.Context) (all map[string]string, err error) {
	err = s.do(ctx, func() error {
		all = maps.Clone(s.facts)
		return nil
	})
	return all, err
}

// PutFact implements [ports.Marks].
func (s *Store) PutFact(ctx context.Context, name, value string) error {
	return s.do(ctx, func() error {
		s.setFact(name, value)
		return nil
	})
}

// SwapFact implements [ports.Marks].
func (s *Store) SwapFact(ctx context.Context, name, before, value string) error {
	return s.do(ctx, func() error {
		if s.facts[name] != before {
			return ports.ErrConflict
		}
		s.setFact(name, value)
		return nil
	})
}

func (s *Store) setFact(name, value string) {
	if value == "" {
		delete(s.facts, name)
		return
	}
	s.facts[name] = value
}
